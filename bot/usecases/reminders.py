"""Looking for reminders that are due, checking them once more when they are sent, and switching the early ones off."""

from collections.abc import Collection, Mapping

from bot.domain.assessment import Stage
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Bloc
from bot.domain.calendar import DischargedBy, Milestone, opens_at
from bot.domain.people import Member
from bot.domain.reminders import (
    LEADER_FROM,
    MAY_BE_QUIET,
    Draft,
    NoLonger,
    Prompt,
    Reminder,
    Rung,
    days_left,
    days_of,
    is_chased,
    last_accepted_day,
    plan,
    reminder_for,
    rung_at,
)
from bot.usecases.ports.work import Work

MOVABLE = frozenset({DischargedBy.ASSESSMENT})  # milestones of which a unit may have been granted another day


class LookForReminders:
    """What is due now, from the tables alone. Looking again, or after any downtime, queues nothing twice."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self) -> int:
        """Returns how many reminders were queued."""
        work, bloc = self._work, self._work.bloc
        extensions = {m.key: work.extensions.of(m.key) for m in bloc.milestones if m.discharged_by in MOVABLE}
        days = [day for m in bloc.milestones for day, _ in days_of(m, bloc, extensions.get(m.key, {}))]
        due = [(m, rung) for m in days if (rung := rung_at(m, bloc, work.now)) is not None]
        if not due:
            return 0
        discharged = {milestone.key: set(work.discharges.of(milestone.key)) for milestone, _ in due}
        waiting: dict[str, set[str]] = {}
        for m, rung in due:
            waiting.setdefault(m.key, set()).update(_waiting(work, m, rung))
        reminders = plan(bloc, work.people.members(), discharged, work.now, waiting, extensions)
        known = work.deliveries.used([reminder.once(bloc.id) for reminder in reminders])
        return sum(work.deliveries.remind(r) for r in reminders if r.once(bloc.id) not in known)


def _waiting(work: Work, milestone: Milestone, rung: Rung) -> Collection[str]:
    """Units whose form lies with the leader; asked only for the rungs at which that makes a difference."""
    if milestone.discharged_by is not DischargedBy.ASSESSMENT or milestone.period is None:
        return ()
    if rung.overdue or rung.id in LEADER_FROM:
        return ()
    forms = work.assessments.of_period(milestone.period, work.catalogue.at)
    return {unit for unit, form in forms.items() if form.stage is Stage.PROPOSED}


class CheckReminder:
    """Whether a queued reminder still holds, and what it says now. One instance serves one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._members: Mapping[int, Member] | None = None
        self._drafts: dict[tuple[str, str], Draft | None] = {}

    def __call__(self, reminder: Reminder, bloc_id: int) -> Prompt | NoLonger:
        work, bloc = self._work, self._work.bloc
        found = [m for m in bloc.milestones if m.key == reminder.milestone and is_chased(m)]
        days = [day for m in found for day in days_of(m, bloc, work.extensions.of(m.key))]
        milestone, units = next(((m, u) for m, u in days if m.due_on == reminder.due_on), (None, frozenset[str]()))
        if bloc.id != bloc_id or milestone is None:
            return NoLonger.MOVED
        rung = rung_at(milestone, bloc, work.now)
        if rung is None:
            return NoLonger.OVER
        if rung.id != reminder.rung:
            return NoLonger.SUPERSEDED
        member = self._member(reminder.person_id)
        if member is None:
            return NoLonger.LEFT
        settled = set(work.discharges.of(milestone.key))
        owing = units - settled
        drafts = {unit: draft for unit in member.units if unit in owing and (draft := self._draft(milestone, unit))}
        waiting = {unit for unit, draft in drafts.items() if draft.waiting}
        still = reminder_for(member, milestone, rung, owing, waiting)
        if isinstance(still, NoLonger):
            return NoLonger.DISCHARGED if still is NoLonger.LEFT and settled & set(member.units) else still
        return self._prompt(bloc, member, milestone, rung, still, drafts)

    def _prompt(
        self, bloc: Bloc, member: Member, milestone: Milestone, rung: Rung, still: Reminder, drafts: Mapping[str, Draft]
    ) -> Prompt:
        now, opens = self._work.now, opens_at(milestone)
        return Prompt(
            milestone=milestone,
            rung=rung,
            left=days_left(milestone, now, bloc.holidays),
            units=tuple(bloc.unit(code).name for code in still.units),
            approving=tuple(bloc.unit(code).name for code in still.approving),
            drafts=tuple(drafts[code] for code in still.units if code in drafts),
            last_day=last_accepted_day(milestone, bloc),
            is_open=opens is None or opens <= now,
            several=len(member.units) > 1,
            fills=bool(set(still.units) & set(member.fills)),
        )

    def _member(self, person_id: int) -> Member | None:
        if self._members is None:
            self._members = {member.person.id: member for member in self._work.people.members()}
        return self._members.get(person_id)

    def _draft(self, milestone: Milestone, unit: str) -> Draft | None:
        if milestone.discharged_by is not DischargedBy.ASSESSMENT or milestone.period is None:
            return None
        key = (milestone.key, unit)
        if key not in self._drafts:
            self._drafts[key] = self._read_draft(milestone, unit)
        return self._drafts[key]

    def _read_draft(self, milestone: Milestone, unit: str) -> Draft | None:
        assert milestone.period is not None
        held = self._work.assessments.find(unit, milestone.period)
        form = self._work.assessments.get(held, self._work.catalogue.at) if held is not None else None
        if form is None:
            return None
        standing = Standing(form)
        return Draft(self._work.bloc.unit(unit).name, standing.done, standing.of, form.stage is Stage.PROPOSED)


class SetEarlyReminders:
    """Switch the 14 and 7 day reminders of every milestone off or on, for oneself. The later ones stay."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, *, on: bool) -> None:
        before = actor.person.quiet
        after = before - MAY_BE_QUIET if on else before | MAY_BE_QUIET
        if after == before:
            return
        self._work.people.set_quiet(actor.person.id, after)
        self._work.trail.note(
            "quiet", f"person:{actor.person.id}", by=actor.person.id, old=sorted(before), new=sorted(after)
        )


def early_reminders_on(member: Member) -> bool:
    return not member.person.quiet >= MAY_BE_QUIET
