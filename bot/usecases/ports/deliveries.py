"""Due work as rows: what the bot says first, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.broadcast import Line, Tally
from bot.domain.delivery import Delivery, DeliveryState, Notice
from bot.domain.reminders import Reminder


@dataclass(frozen=True, slots=True)
class Claim:
    """One row taken for sending. `attempt` tells this taking from any other of the same row.

    `reminder` is the row's own promise; whether it still holds is for the taker to check. `belongs`: whether the
    person has any membership in force.
    """

    delivery: Delivery
    attempt: int
    language: str
    bloc_id: int
    reminder: Reminder | None = None
    belongs: bool = True


class Deliveries(Protocol):
    # -- asking for something to be said -----------------------------------------------------------------

    def notice(self, person_id: int, notice: Notice, *, once: str | None = None) -> bool:
        """Queue a message to one person. False when `once` (at most 160 characters) has been used before."""
        ...

    def remind(self, reminder: Reminder) -> bool:
        """Queue a reminder; False when this rung was queued before. Older ones still waiting are superseded."""
        ...

    def broadcast(self, broadcast_id: int, person_ids: Collection[int]) -> int:
        """One row a person; who has one already keeps it. Returns how many are new."""
        ...

    def used(self, once: Collection[str]) -> frozenset[str]:
        """Which of these keys have a row already."""
        ...

    # -- the worker --------------------------------------------------------------------------------------

    def take(self, limit: int, *, now: datetime, lease_until: datetime) -> list[Claim]:
        """Mark up to `limit` due rows as being sent: one UPDATE that checks the old state. Real time.

        At most one row a person, the oldest; broadcasts after everything else, and none that is paused.
        """
        ...

    def finish(
        self, delivery_id: int, attempt: int, state: DeliveryState, *, reason: str, message_id: int | None
    ) -> bool:
        """Record how an attempt ended; False when the row has been taken anew since."""
        ...

    def put_back(self, delivery_id: int, attempt: int, *, not_before: datetime | None, reason: str) -> bool:
        """It certainly did not go out: due again, from `not_before` (real time) on."""
        ...

    def move(self, delivery_id: int, chat_id: int) -> None:
        """The chat has another id now, for every row that is still to be sent there."""
        ...

    def renew(self, delivery_ids: Collection[int], lease_until: datetime) -> None:
        """The taker is alive and still at it."""
        ...

    def expire(self, now: datetime) -> int:
        """Rows whose taker vanished become unsure, never due again. Returns how many."""
        ...

    def wakes_at(self, now: datetime) -> datetime | None:
        """When the next row that has to wait may be tried; None when none waits. Real time."""
        ...

    # -- accounting --------------------------------------------------------------------------------------

    def lines(self, broadcast_id: int) -> list[Line]:
        """Every recipient of a broadcast, with what became of the message."""
        ...

    def tally(self, broadcast_id: int) -> Tally: ...

    def cancel_unsent(self, broadcast_id: int, reason: str) -> int:
        """What has not been taken yet is called back. Returns how many."""
        ...

    def resend_unsure(self, broadcast_id: int) -> int:
        """Unsure becomes due again, by a person's hand. Returns how many."""
        ...

    def acknowledge(self, broadcast_id: int, person_id: int) -> bool:
        """False when the person had said so already, or never received it."""
        ...

    def of_person(self, broadcast_id: int, person_id: int) -> Delivery | None:
        """A person's own row of a broadcast."""
        ...

    def received(self, person_id: int, limit: int) -> list[tuple[int, datetime | None]]:
        """(broadcast id, acknowledged at) of what reached a person, the newest first."""
        ...

    def unsure(self, limit: int) -> list[tuple[Delivery, str]]:
        """Reminders and notices whose answer was lost, with the person's name, the newest first."""
        ...

    def counts(self) -> dict[DeliveryState, int]:
        """Rows in each state: for `thidua status`."""
        ...
