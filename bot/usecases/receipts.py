"""What a secretary records: paper receipts, and who attended a conference. And what a secretary sees of a milestone."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.buttons.status import ShowStatus
from bot.domain.assessment import Stage
from bot.domain.assessment_receipt import initials
from bot.domain.bloc import Unit
from bot.domain.calendar import DischargedBy, Milestone, closes_at, local, working_days_late
from bot.domain.delivery import Button, Notice
from bot.domain.discharge import AlreadyDischarged, Discharge, How
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.handin import (
    BeforeTheYear,
    CannotBeHandedIn,
    HandIn,
    InTheFuture,
    Mark,
    MarkMissing,
    NotHeldYet,
    RollCall,
    may_settle,
    owing_units,
)
from bot.domain.people import Member, Role
from bot.usecases.deadline import for_unit
from bot.usecases.handin import clean_reason, find_milestone, find_unit, tell_unit
from bot.usecases.ports.work import Work

PAPER_FOR: Final = frozenset({DischargedBy.ASSESSMENT, DischargedBy.HAND_IN})
EVERYBODY: Final = frozenset({Role.LIAISON, Role.DEPUTY, Role.LEADER})
NEXT: Final = {None: Mark.RIGHT, Mark.RIGHT: Mark.WRONG, Mark.WRONG: Mark.ABSENT, Mark.ABSENT: Mark.RIGHT}


@dataclass(frozen=True, slots=True)
class Owing:
    """A milestone with every unit that owes it or has settled it, in the bloc's order."""

    milestone: Milestone
    lines: tuple[tuple[Unit, Discharge | None], ...]

    @property
    def settled(self) -> int:
        return sum(discharge is not None for _, discharge in self.lines)

    @property
    def missing(self) -> tuple[Unit, ...]:
        return tuple(unit for unit, discharge in self.lines if discharge is None)


@dataclass(frozen=True, slots=True)
class Settled:
    """One unit and milestone as a secretary sees it; `versions` of a hand-in, oldest first."""

    milestone: Milestone
    unit: Unit
    discharge: Discharge | None
    versions: tuple[HandIn, ...]
    late_if_now: int  # working days
    form: int | None = None  # a submitted self-assessment, to be appraised
    movable: bool = False  # the unit can be granted another day
    extended: bool = False


def _secretary(actor: Member) -> None:
    if not actor.is_secretary:
        raise NotAllowed()


class ListOwing:
    """Who owes and who has settled."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, key: str) -> Owing:
        """Raises NotAllowed or StaleButton."""
        _secretary(actor)
        return self.of(find_milestone(self._work.bloc, key))

    def of(self, milestone: Milestone) -> Owing:
        discharges = self._work.discharges.of(milestone.key)
        owing = set(owing_units(self._work.bloc, milestone)) | set(discharges)
        lines = tuple((unit, discharges.get(unit.code)) for unit in self._work.bloc.units if unit.code in owing)
        return Owing(milestone, lines)

    def all(self, actor: Member) -> list[Owing]:
        """Every milestone that units settle, by deadline. Raises NotAllowed."""
        _secretary(actor)
        settled = [m for m in self._work.bloc.milestones if m.discharged_by is not DischargedBy.NOTHING]
        return [self.of(milestone) for milestone in sorted(settled, key=closes_at)]


class LookAtUnit:
    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, key: str, unit: str) -> Settled:
        """Raises NotAllowed or StaleButton."""
        _secretary(actor)
        found = find_unit(self._work.bloc, unit)
        milestone = for_unit(self._work, find_milestone(self._work.bloc, key), unit)
        return Settled(
            milestone,
            found,
            self._work.discharges.find(key, unit),
            tuple(self._work.handins.handed(key, unit)),
            working_days_late(milestone, self._work.now, self._work.bloc.holidays),
            self._submitted(milestone, unit),
            milestone.discharged_by is DischargedBy.ASSESSMENT and may_settle(self._work.bloc, milestone, unit),
            milestone.due_on != self._work.bloc.milestone(key).due_on,
        )

    def _submitted(self, milestone: Milestone, unit: str) -> int | None:
        """The unit's form of that period, once it is submitted."""
        if milestone.discharged_by is not DischargedBy.ASSESSMENT or milestone.period is None:
            return None
        found = self._work.assessments.find(unit, milestone.period)
        form = self._work.assessments.get(found, self._work.catalogue.at) if found else None
        return found if form is not None and form.stage is Stage.SUBMITTED else None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper receipt before it is confirmed. `at` aware UTC; `late_days` in working days."""

    milestone: Milestone
    unit: Unit
    at: datetime
    late_days: int
    reason: str = ""


class RecordPaper:
    """A unit handed in on paper or by another channel: the secretary says when, and why it is recorded by hand."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def begin(self, actor: Member, key: str, unit: str) -> Settled:
        """Raises NotAllowed, StaleButton, CannotBeHandedIn or AlreadyDischarged."""
        settled = LookAtUnit(self._work)(actor, key, unit)
        milestone = settled.milestone
        if milestone.discharged_by not in PAPER_FOR or not may_settle(self._work.bloc, milestone, unit):
            raise CannotBeHandedIn(name=milestone.name)
        if settled.discharge is not None:
            raise AlreadyDischarged(milestone=key, unit=unit)
        return settled

    def draft(self, actor: Member, key: str, unit: str, at: datetime, reason: str) -> Paper:
        """What would be recorded. Raises InTheFuture, BeforeTheYear, ReasonNeeded, or what `begin` raises."""
        settled = self.begin(actor, key, unit)
        self.check_moment(at)
        bloc = self._work.bloc
        late = working_days_late(settled.milestone, at, bloc.holidays)
        return Paper(settled.milestone, settled.unit, at, late, clean_reason(reason))

    def check_moment(self, at: datetime) -> None:
        if at > self._work.now:
            raise InTheFuture(at=at)
        if local(at).year < self._work.bloc.year:
            raise BeforeTheYear(year=str(self._work.bloc.year))

    def __call__(self, actor: Member, key: str, unit: str, at: datetime, reason: str) -> Discharge:
        paper = self.draft(actor, key, unit, at, reason)
        work = self._work
        discharge = work.discharges.add(
            key,
            unit,
            at=paper.at,
            how=How.PAPER,
            receipt=_code(work, "GIAY", paper.milestone, unit, paper.at.isoformat(), paper.reason),
            by=actor.person.id,
            reason=paper.reason,
            late_days=paper.late_days,
        )
        work.trail.note(
            "paper receipt",
            f"discharge:{discharge.id}",
            by=actor.person.id,
            new={"milestone": key, "unit": unit, "at": paper.at.isoformat(), "reason": paper.reason},
        )
        notice = Notice(
            "handin.notice-paper-late" if paper.late_days else "handin.notice-paper",
            {
                "name": paper.milestone.name,
                "moment_at": paper.at.isoformat(),
                "reason": paper.reason,
                "receipt": discharge.receipt,
                "n": paper.late_days,
            },
            ((Button("handin.status", ShowStatus().pack()),),),
        )
        tell_unit(work, unit, notice, f"paper:{discharge.id}", EVERYBODY)
        return discharge


class WithdrawPaper:
    """A paper receipt that was recorded by mistake: the unit owes again."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def find(self, actor: Member, key: str, unit: str) -> Discharge:
        """Raises NotAllowed, or StaleButton where no paper receipt is in force."""
        settled = LookAtUnit(self._work)(actor, key, unit)
        if settled.discharge is None or settled.discharge.how is not How.PAPER:
            raise StaleButton()
        return settled.discharge

    def __call__(self, actor: Member, key: str, unit: str, discharge_id: int, reason: str) -> Discharge:
        held = self.find(actor, key, unit)
        if held.id != discharge_id:
            raise StaleButton()
        reason = clean_reason(reason)
        if not self._work.discharges.withdraw(held.id):
            raise StaleButton()
        self._work.trail.note(
            "paper receipt withdrawn",
            f"discharge:{held.id}",
            by=actor.person.id,
            old={"receipt": held.receipt},
            new={"reason": reason},
        )
        milestone = find_milestone(self._work.bloc, key)
        notice = Notice(
            "handin.notice-paper-withdrawn",
            {"name": milestone.name, "reason": reason},
            ((Button("handin.status", ShowStatus().pack()),),),
        )
        tell_unit(self._work, unit, notice, f"paper-withdrawn:{held.id}", EVERYBODY)
        return held


class CallRoll:
    """Who attended a conference: marks are toggled one by one, then the roll-call is closed."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def look(self, actor: Member, key: str) -> tuple[Milestone, RollCall]:
        """Raises NotAllowed, StaleButton, or NotHeldYet before the day of the conference."""
        _secretary(actor)
        milestone = find_milestone(self._work.bloc, key)
        if milestone.discharged_by is not DischargedBy.ROLL_CALL:
            raise StaleButton()
        if local(self._work.now).date() < (milestone.starts_on or milestone.due_on):
            raise NotHeldYet(due=milestone.starts_on or milestone.due_on)
        return milestone, self._work.handins.roll_call(key)

    def mark(self, actor: Member, key: str, unit: str, revision: int) -> RollCall:
        """The unit's mark turned to the next: right, wrong, absent, right. Raises StaleButton for an old button."""
        milestone, roll = self.look(actor, key)
        if roll.closed_at is not None or unit not in owing_units(self._work.bloc, milestone):
            raise StaleButton()
        marks = {**roll.marks, unit: NEXT[roll.marks.get(unit)]}
        if not self._work.handins.mark(key, marks, revision, actor.person.id):
            raise StaleButton()
        old = roll.marks.get(unit)
        self._work.trail.note(
            "roll-call mark",
            f"roll-call:{key}",
            by=actor.person.id,
            old={unit: old.value if old else None},
            new={unit: marks[unit].value},
        )
        return self._work.handins.roll_call(key)

    def close(self, actor: Member, key: str, revision: int) -> RollCall:
        """Settle the milestone for every unit that came. Raises StaleButton or MarkMissing."""
        milestone, roll = self.look(actor, key)
        missing = [unit for unit in owing_units(self._work.bloc, milestone) if unit not in roll.marks]
        if missing:
            raise MarkMissing(units=", ".join(missing))
        if not self._work.handins.close_roll_call(key, revision, actor.person.id):
            raise StaleButton()
        for unit in owing_units(self._work.bloc, milestone):
            self._settle(actor, milestone, unit, roll.marks[unit])
        self._work.trail.note(
            "roll-call closed",
            f"roll-call:{key}",
            by=actor.person.id,
            new={unit: mark.value for unit, mark in roll.marks.items()},
        )
        return self._work.handins.roll_call(key)

    def correct(self, actor: Member, key: str, revision: int) -> RollCall:
        """Open a closed roll-call again. Raises StaleButton."""
        self.look(actor, key)
        if not self._work.handins.close_roll_call(key, revision, None):
            raise StaleButton()
        self._work.trail.note("roll-call opened again", f"roll-call:{key}", by=actor.person.id)
        return self._work.handins.roll_call(key)

    def _settle(self, actor: Member, milestone: Milestone, unit: str, mark: Mark) -> None:
        held = self._work.discharges.find(milestone.key, unit)
        if held is not None and (mark is Mark.ABSENT or held.reason != mark.value):
            self._work.discharges.withdraw(held.id)
            held = None
        if held is not None or mark is Mark.ABSENT:
            return
        self._work.discharges.add(
            milestone.key,
            unit,
            at=min(closes_at(milestone), self._work.now),
            how=How.ROLL_CALL,
            receipt=_code(self._work, "DD", milestone, unit, self._work.now.isoformat(), mark.value),
            by=actor.person.id,
            reason=mark.value,
        )


def _code(work: Work, sort: str, milestone: Milestone, unit: str, *content: str) -> str:
    """ "KNC-2026-BC6T-STP-GIAY-7F3A21": every recording gets a code of its own."""
    stamp = work.now.astimezone(UTC).isoformat()
    hashed = hashlib.sha256("\n".join((sort, milestone.key, unit, stamp, *content)).encode()).hexdigest()[:6].upper()
    short = milestone.key.removeprefix("MS-")[:10]
    return "-".join((initials(work.bloc.short_name), str(work.bloc.year), short, unit[:8], sort, hashed))
