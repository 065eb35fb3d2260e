"""The asker's own state: how their units stand with a line of the bloc. Read for an answer in private, kept nowhere."""

from dataclasses import dataclass

from bot.domain.assessment import Stage
from bot.domain.assessment_standing import Standing, State
from bot.domain.bloc import Unit
from bot.domain.calendar import Period
from bot.domain.discharge import Discharge, How
from bot.domain.people import Member
from bot.usecases.assessment import load, stand
from bot.usecases.contact import known_units
from bot.usecases.deadline import open_periods
from bot.usecases.ports.work import Work
from bot.usecases.status import StatusLine, StatusOfUnit


@dataclass(frozen=True, slots=True)
class OwnItem:
    """One scored item in the form of one unit and period. `standing` is None where nobody has begun the form."""

    code: str
    unit: Unit
    period: Period
    membership_id: int
    fills: bool
    approves: bool
    standing: Standing | None = None
    paper: Discharge | None = None  # settles the period, although the form was not submitted

    @property
    def stage(self) -> Stage:
        return self.standing.assessment.stage if self.standing else Stage.DRAFT

    @property
    def state(self) -> State:
        return self.standing.state(self.code) if self.standing else State.UNTOUCHED


@dataclass(frozen=True, slots=True)
class OwnMilestone:
    """One milestone as it stands for one unit."""

    unit: Unit
    line: StatusLine
    fills: bool
    approves: bool


class OwnItems:
    """How far the person's units are with one item, for every period that is open now."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, code: str) -> tuple[OwnItem, ...]:
        """Empty for whoever has no unit, while no period is open, and where the form's own table lacks the item."""
        memberships = {m.unit: m.id for m in actor.memberships if m.unit in (*actor.fills, *actor.approves)}
        units = [unit for unit in known_units(self._work, actor) if unit in memberships]
        open_now = [(unit, period) for unit in units for period, _ in open_periods(self._work, unit)]
        found = (self._one(actor, code, unit, memberships[unit], period) for unit, period in open_now)
        return tuple(own for own in found if own is not None)

    def _one(self, actor: Member, code: str, unit: str, membership_id: int, period: Period) -> OwnItem | None:
        started = self._work.assessments.find(unit, period)
        standing = stand(self._work, load(self._work, started)) if started else None
        if standing is not None and code not in standing.scores:
            return None
        return OwnItem(
            code,
            self._work.bloc.unit(unit),
            period,
            membership_id,
            unit in actor.fills,
            unit in actor.approves,
            standing,
            self._paper(unit, period, standing),
        )

    def _paper(self, unit: str, period: Period, standing: Standing | None) -> Discharge | None:
        milestone = self._work.bloc.assessment_milestone(period)
        if milestone is None or (standing is not None and standing.assessment.stage is Stage.SUBMITTED):
            return None
        held = self._work.discharges.find(milestone.key, unit)
        return held if held and held.how is How.PAPER else None


class OwnMilestones:
    """Whether the person's units have settled one milestone."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, key: str) -> tuple[OwnMilestone, ...]:
        """One for each unit that has something to settle there. Raises KeyError for a milestone that is none."""
        milestone, status = self._work.bloc.milestone(key), StatusOfUnit(self._work)
        found = ((unit, status.about(milestone, unit)) for unit in known_units(self._work, actor))
        return tuple(
            OwnMilestone(self._work.bloc.unit(unit), line, unit in actor.fills, unit in actor.approves)
            for unit, line in found
            if line is not None
        )
