"""The ladder of a milestone's reminders. What is due is computed from the moment that comes in as `now`."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.bloc import Bloc
from bot.domain.calendar import (
    DischargedBy,
    Milestone,
    Owes,
    add_working_days,
    at,
    closes_at,
    local,
    working_days_after,
    working_days_late,
)
from bot.domain.extension import Extension, variants
from bot.domain.people import FILLING, Member, Membership, Role

RungId = str

MORNING = time(8, 0)
DAYS_BEFORE: tuple[tuple[RungId, int], ...] = (("d14", 14), ("d7", 7), ("d3", 3), ("d1", 1), ("d0", 0))
MAY_BE_QUIET = frozenset({"d14", "d7"})
LEADER_FROM = frozenset({"d1", "d0"})  # and every rung after the deadline
LATE_DAYS = 10  # working days of reminding after a deadline where the bloc sets no limit
CHASED = frozenset({DischargedBy.ASSESSMENT, DischargedBy.HAND_IN, DischargedBy.ROLL_CALL})


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder; `moment` is when it falls due, UTC."""

    id: RungId
    moment: datetime

    @property
    def overdue(self) -> bool:
        return self.id.startswith("o")


class NoLonger(StrEnum):
    """Why a queued reminder is not sent."""

    DISCHARGED = "discharged"
    MOVED = "moved"  # the milestone's day was changed, or the milestone dropped
    SUPERSEDED = "superseded"  # a later rung has come
    OVER = "over"  # nothing is taken any more
    QUIET = "quiet"
    LEFT = "left"  # the person no longer answers for a unit that owes


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message to one person: at most one per person, milestone, due date and rung (see `once`)."""

    person_id: int
    milestone: str
    due_on: date
    rung: RungId
    units: tuple[str, ...]  # codes of the person's units that still owe
    approving: tuple[str, ...] = ()  # codes whose form waits for this person's approval

    def once(self, bloc_id: int) -> str:
        return f"reminder:{bloc_id}:{self.person_id}:{self.milestone}:{self.due_on.isoformat()}:{self.rung}"


def is_chased(milestone: Milestone) -> bool:
    """Only what every unit owes and somebody can settle is worth a reminder."""
    return milestone.owes is Owes.EVERY_UNIT and milestone.discharged_by in CHASED


def _is_of_its_days(milestone: Milestone) -> bool:
    """Whether nothing can be done once it is over: a meeting, or a stage of the appraisal that opens and closes."""
    return milestone.discharged_by is DischargedBy.ROLL_CALL or milestone.stage is not None


def ladder(milestone: Milestone, *, late_days: int | None, holidays: Collection[date] = ()) -> tuple[Rung, ...]:
    """The rungs of a milestone, the earliest first. `late_days`: working days that a late hand-in is taken for."""
    if not is_chased(milestone):
        return ()
    before = [Rung(name, at(milestone.due_on - timedelta(days), MORNING)) for name, days in DAYS_BEFORE]
    rungs = [rung for rung in before if rung.moment < closes_at(milestone)]
    if not _is_of_its_days(milestone):
        for number in range(1, (LATE_DAYS if late_days is None else late_days) + 1):
            day = add_working_days(milestone.due_on, number, holidays)
            rungs.append(Rung(f"o{number}", at(day, MORNING)))
    return tuple(rungs)


def rung_at(milestone: Milestone, bloc: Bloc, now: datetime) -> Rung | None:
    """The latest rung that has come; None before the first one and once the ladder is over."""
    if is_over(milestone, bloc, now):
        return None
    rungs = ladder(milestone, late_days=bloc.late_days_accepted, holidays=bloc.holidays)
    return next((rung for rung in reversed(rungs) if rung.moment <= now), None)


def is_over(milestone: Milestone, bloc: Bloc, now: datetime) -> bool:
    """Whether it is too late to settle the milestone, so that reminding would only annoy."""
    if _is_of_its_days(milestone):
        return now > closes_at(milestone)
    limit = LATE_DAYS if bloc.late_days_accepted is None else bloc.late_days_accepted
    return working_days_late(milestone, now, bloc.holidays) > limit


def owed_by(member: Member, rung: Rung, owing: Collection[str], waiting: Collection[str] = ()) -> list[Membership]:
    """The memberships by which a person is reminded: of units in `owing`, and for a leader of those in `waiting`."""
    leader_too = rung.overdue or rung.id in LEADER_FROM
    return [
        held
        for held in member.memberships
        if held.unit in owing
        and (held.role in FILLING or (held.role is Role.LEADER and (leader_too or held.unit in waiting)))
    ]


def reminder_for(
    member: Member, milestone: Milestone, rung: Rung, owing: Collection[str], waiting: Collection[str] = ()
) -> Reminder | NoLonger:
    """The reminder that `member` gets at this rung, or why there is none."""
    held = owed_by(member, rung, owing, waiting)
    # Whoever joined after the rung's moment gets only later ones.
    held = [one for one in held if one.since <= rung.moment]
    if not held:
        return NoLonger.LEFT
    if rung.id in MAY_BE_QUIET and rung.id in member.person.quiet:
        return NoLonger.QUIET
    units = tuple(dict.fromkeys(one.unit for one in held if one.unit))
    approving = tuple(dict.fromkeys(o.unit for o in held if o.role is Role.LEADER and o.unit in waiting if o.unit))
    return Reminder(member.person.id, milestone.key, milestone.due_on, rung.id, units, approving)


def days_of(
    milestone: Milestone, bloc: Bloc, by_unit: Mapping[str, Extension]
) -> list[tuple[Milestone, frozenset[str]]]:
    """The milestone on each day on which it is due for somebody, with the codes of those units."""
    every = frozenset(unit.code for unit in bloc.units)
    days = variants(milestone, by_unit)
    moved = frozenset(unit for _, units in days for unit in units or ())
    return [(each, every - moved if units is None else units & every) for each, units in days]


def plan(
    bloc: Bloc,
    members: Iterable[Member],
    discharged: Mapping[str, Collection[str]],
    now: datetime,
    waiting: Mapping[str, Collection[str]] | None = None,
    extensions: Mapping[str, Mapping[str, Extension]] | None = None,
) -> list[Reminder]:
    """Every reminder that is right at `now`, whether sent already or not: only the latest rung of each milestone.

    `discharged` and `waiting` (for a leader's approval) hold unit codes by milestone key, `extensions` what units were
    granted. The half-year's and the year's assessment come first, then the nearest deadline.
    """
    members, waiting, extensions = list(members), waiting or {}, extensions or {}
    found: list[Reminder] = []
    days = [day for each in bloc.milestones for day in days_of(each, bloc, extensions.get(each.key, {}))]
    for milestone, units in sorted(days, key=lambda day: (day[0].period is None, closes_at(day[0]))):
        rung = rung_at(milestone, bloc, now)
        if rung is None:
            continue
        owing = units - set(discharged.get(milestone.key, ()))
        for member in members:
            reminder = reminder_for(member, milestone, rung, owing, waiting.get(milestone.key, ()))
            if isinstance(reminder, Reminder):
                found.append(reminder)
    return found


@dataclass(frozen=True, slots=True)
class DaysLeft:
    """How far a deadline is, in whole days of Việt Nam's calendar. `late`: working days past it, 0 when on time."""

    days: int
    working_days: int
    late: int


def days_left(milestone: Milestone, now: datetime, holidays: Collection[date] = ()) -> DaysLeft:
    today = local(now).date()
    return DaysLeft(
        (milestone.due_on - today).days,
        working_days_after(today, milestone.due_on, holidays),
        working_days_late(milestone, now, holidays),
    )


def last_accepted_day(milestone: Milestone, bloc: Bloc) -> date | None:
    """The last day on which the bloc still takes a late hand-in; None where it sets no limit."""
    limit = bloc.late_days_accepted
    return None if limit is None else add_working_days(milestone.due_on, limit, bloc.holidays)


@dataclass(frozen=True, slots=True)
class Draft:
    """How far one unit's form is: criteria answered, of how many; `waiting`: it lies with the leader."""

    unit: str
    done: int
    of: int
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything a reminder says, as of the moment it is sent. Units by their names."""

    milestone: Milestone
    rung: Rung
    left: DaysLeft
    units: tuple[str, ...]
    approving: tuple[str, ...]
    drafts: tuple[Draft, ...]
    last_day: date | None  # the last day on which it is still taken; None: no limit
    is_open: bool  # it can be handed in already
    several: bool  # the person answers for more than one unit, so units are named
    fills: bool = True  # the person hands in for one of the units; a leader only looks or approves
