"""The two clocks. The calendar can be moved (by the sandbox, on loopback only); real time is moved by nothing."""

from datetime import UTC, datetime, timedelta


def real_now() -> datetime:
    """Real time, aware UTC: leases, pauses, back-off and expiry of links."""
    return datetime.now(UTC)


class Calendar:
    """Calendar time: milestones, rungs, "days left", the time stamp on everything that people gave.

    `offset` is how far a training ground has moved it; zero everywhere else.
    """

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Aware UTC."""
        return real_now() + self.offset


class FixedCalendar(Calendar):
    """A calendar that stands still until it is moved: for tests and for `thidua ask --at`."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> datetime:
        return self.moment
