"""Where things stand: for a unit, for those who approve, for the secretariat. Everything is read, nothing kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.domain.assessment import Assessment, Stage
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Unit
from bot.domain.calendar import DischargedBy, Milestone, Period, closes_at, opens_at
from bot.domain.delivery import DeliveryState
from bot.domain.discharge import Discharge
from bot.domain.errors import NotAllowed
from bot.domain.handin import HandIn, owing_units
from bot.domain.people import FILLING, Member
from bot.domain.reminders import DaysLeft, days_left
from bot.usecases.assessment_form import ProgressOfUnits
from bot.usecases.contact import known_units
from bot.usecases.deadline import for_unit
from bot.usecases.ports.work import Work
from bot.usecases.receipts import ListOwing, Owing

AHEAD: Final = timedelta(days=30)
BACK: Final = timedelta(days=30)


class Stands(StrEnum):
    RECEIVED = "received"
    WAITING = "waiting"  # with the leader
    ASKED_AGAIN = "asked-again"  # returned by the leader, or opened again by the secretary
    DRAFT = "draft"
    NOT_YET = "not-yet"  # open, nothing begun
    NOT_OPEN = "not-open"
    CONFERENCE = "conference"  # attended, nothing to send
    ABSENT = "absent"  # not there when the roll was called
    OVER = "over"  # not received, and no longer taken


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One milestone of one unit. `done` of `of`: criteria of a form, or pieces in a bag where `of` is 0."""

    milestone: Milestone
    stands: Stands
    left: DaysLeft
    discharge: Discharge | None = None
    done: int = 0
    of: int = 0
    gaps: int = 0  # what still keeps a form from being proposed
    because: str = ""

    @property
    def owed(self) -> bool:
        return self.stands in (Stands.WAITING, Stands.ASKED_AGAIN, Stands.DRAFT, Stands.NOT_YET)


@dataclass(frozen=True, slots=True)
class UnitStatus:
    unit: Unit
    lines: tuple[StatusLine, ...]

    @property
    def next_owed(self) -> StatusLine | None:
        """What the unit should do next: the nearest deadline that is not settled."""
        return next((line for line in self.lines if line.owed), None)


class StatusOfUnit:
    """Every milestone of the coming 30 days, every one that is overdue, and what was received of the last 30 days."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, unit: str) -> UnitStatus:
        """Raises NotAllowed for a unit that is not the person's own."""
        if unit not in known_units(self._work, actor):
            raise NotAllowed()
        return self.of(unit)

    def of(self, unit: str) -> UnitStatus:
        bloc, now = self._work.bloc, self._work.now
        settled = self._work.discharges.of_unit(unit)
        bags = self._work.handins.drafts_of(unit)
        lines = []
        for milestone in sorted(bloc.milestones, key=closes_at):
            if unit not in owing_units(bloc, milestone) or milestone.discharged_by is DischargedBy.NOTHING:
                continue
            due, discharge = closes_at(for_unit(self._work, milestone, unit)), settled.get(milestone.key)
            if due > now + AHEAD or (discharge is not None and due < now - BACK):
                continue
            line = self._line(milestone, unit, discharge, bags.get(milestone.key))
            if line is not None:
                lines.append(line)
        return UnitStatus(bloc.unit(unit), tuple(lines))

    def about(self, milestone: Milestone, unit: str) -> StatusLine | None:
        """One milestone, however far away; None where the unit has nothing to settle, or may not be meant."""
        if milestone.discharged_by is DischargedBy.NOTHING:
            return None
        discharge = self._work.discharges.find(milestone.key, unit)
        bag = self._work.handins.draft(milestone.key, unit)
        if unit not in owing_units(self._work.bloc, milestone) and discharge is None and bag is None:
            return None
        return self._line(milestone, unit, discharge, bag)

    def _line(
        self, milestone: Milestone, unit: str, discharge: Discharge | None, bag: HandIn | None
    ) -> StatusLine | None:
        milestone = for_unit(self._work, milestone, unit)
        left = days_left(milestone, self._work.now, self._work.bloc.holidays)
        match milestone.discharged_by:
            case DischargedBy.ASSESSMENT if milestone.period:
                return self._form(milestone, milestone.period, unit, discharge, left)
            case DischargedBy.HAND_IN:
                return self._bag(milestone, unit, discharge, bag, left)
        stands = self._conference(milestone, discharge)
        return StatusLine(milestone, stands, left, discharge) if stands else None

    def _conference(self, milestone: Milestone, discharge: Discharge | None) -> Stands | None:
        """None for one that is over and at which no roll was called: there is nothing to say or do."""
        if discharge is not None:
            return Stands.RECEIVED
        if self._work.now <= closes_at(milestone):
            return Stands.CONFERENCE
        recent = closes_at(milestone) >= self._work.now - BACK
        return Stands.ABSENT if recent and self._work.handins.roll_call(milestone.key).closed_at else None

    def _form(
        self, milestone: Milestone, period: Period, unit: str, discharge: Discharge | None, left: DaysLeft
    ) -> StatusLine:
        if discharge is not None:
            return StatusLine(milestone, Stands.RECEIVED, left, discharge)
        if not self._is_open(milestone):
            return StatusLine(milestone, self._shut(milestone), left)
        assessment_id = self._work.assessments.find(unit, period)
        form = self._work.assessments.get(assessment_id, self._work.catalogue.at) if assessment_id else None
        if form is None:
            return StatusLine(milestone, Stands.NOT_YET, left, of=len(self._work.bloc.criteria))
        standing = Standing(form)
        return StatusLine(
            milestone,
            _stage(form),
            left,
            done=standing.done,
            of=standing.of,
            gaps=len(standing.gaps),
            because=form.returned_because,
        )

    def _bag(
        self, milestone: Milestone, unit: str, discharge: Discharge | None, bag: HandIn | None, left: DaysLeft
    ) -> StatusLine:
        pieces = len(bag.pieces) if bag else 0
        if discharge is not None:
            latest = self._work.handins.latest(milestone.key, unit)
            asked = latest is not None and latest.reopened_at is not None
            return StatusLine(milestone, Stands.ASKED_AGAIN if asked else Stands.RECEIVED, left, discharge, done=pieces)
        if not self._is_open(milestone):
            return StatusLine(milestone, self._shut(milestone), left)
        return StatusLine(milestone, Stands.DRAFT if bag else Stands.NOT_YET, left, done=pieces)

    def _is_open(self, milestone: Milestone) -> bool:
        opens = opens_at(milestone)
        begun = opens is None or opens <= self._work.now
        return begun and not self._work.bloc.too_late(milestone, self._work.now)

    def _shut(self, milestone: Milestone) -> Stands:
        return Stands.OVER if self._work.bloc.too_late(milestone, self._work.now) else Stands.NOT_OPEN


def _stage(form: Assessment) -> Stands:
    match form.stage:
        case Stage.PROPOSED:
            return Stands.WAITING
        case Stage.SUBMITTED:
            return Stands.RECEIVED
        case Stage.DRAFT:
            return Stands.ASKED_AGAIN if form.returned_because else Stands.DRAFT


@dataclass(frozen=True, slots=True)
class ToApprove:
    unit: Unit
    period: Period
    milestone: Milestone


class WaitingForMe:
    """Forms that wait for this person's approval, the nearest deadline first."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> list[ToApprove]:
        known = set(known_units(self._work, actor))
        mine = [code for code in actor.approves if code in known]
        found = []
        for period in Period:
            milestone = self._work.bloc.assessment_milestone(period)
            for code in mine if milestone else ():
                assessment_id = self._work.assessments.find(code, period)
                form = self._work.assessments.get(assessment_id, self._work.catalogue.at) if assessment_id else None
                if milestone and form is not None and form.stage is Stage.PROPOSED:
                    due = for_unit(self._work, milestone, code)
                    found.append(ToApprove(self._work.bloc.unit(code), period, due))
        return sorted(found, key=lambda each: closes_at(each.milestone))


@dataclass(frozen=True, slots=True)
class BlocStatus:
    """`proposed`: unit codes whose form lies with their leader, by milestone key."""

    milestones: tuple[tuple[Owing, DaysLeft], ...]
    proposed: Mapping[str, tuple[str, ...]]
    unlinked: tuple[Unit, ...]  # units with nobody who could fill anything in
    unsure: int  # messages whose arrival is not known
    letters: int  # messages from members that wait for an answer


class StatusOfBloc:
    """Who owes what, for a secretary."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> BlocStatus:
        """Milestones due within 30 days either way, and later-accepted ones. Raises NotAllowed."""
        work, now = self._work, self._work.now
        near = [
            (owing, days_left(owing.milestone, now, work.bloc.holidays))
            for owing in ListOwing(work).all(actor)
            if owing.lines and now - BACK <= closes_at(owing.milestone) <= now + AHEAD
        ]
        linked = {m.unit for member in work.people.members(roles=FILLING) for m in member.memberships}
        return BlocStatus(
            tuple(near),
            {owing.milestone.key: self._proposed(owing.milestone) for owing, _ in near},
            tuple(unit for unit in work.bloc.units if unit.code not in linked),
            work.deliveries.counts().get(DeliveryState.UNSURE, 0),
            len(work.letters.open()),
        )

    def _proposed(self, milestone: Milestone) -> tuple[str, ...]:
        if milestone.discharged_by is not DischargedBy.ASSESSMENT or milestone.period is None:
            return ()
        units = ProgressOfUnits(self._work).of(milestone.period)
        return tuple(code for code, progress in units.items() if progress.stage is Stage.PROPOSED)
