"""More time for one unit: another day for its self-assessment, and what was counted as late counts by that day."""

from dataclasses import replace
from datetime import date

from bot.domain.appraisal import AlreadyFinal, Phase
from bot.domain.assessment import Stage
from bot.domain.assessment_standing import Standing
from bot.domain.calendar import DischargedBy, Milestone, closes_at, local, working_days_after, working_days_late
from bot.domain.delivery import Notice
from bot.domain.errors import NotAllowed
from bot.domain.extension import Extension, NoExtension, NotLater, TooFar, extended
from bot.domain.handin import may_settle
from bot.domain.people import FILLING, Member, Role
from bot.usecases.assessment import load, subject
from bot.usecases.deadline import for_unit
from bot.usecases.handin import clean_reason, find_milestone, find_unit, tell_unit
from bot.usecases.ports.work import Work


class GrantExtension:
    """The secretariat gives a unit another day, with a reason. The last one granted counts."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def find(self, actor: Member, key: str, unit: str) -> Milestone:
        """The milestone as it stands for the unit. Raises NotAllowed, NoExtension or a StaleButton."""
        if not actor.is_secretary:
            raise NotAllowed()
        milestone, found = find_milestone(self._work.bloc, key), find_unit(self._work.bloc, unit)
        if milestone.discharged_by is not DischargedBy.ASSESSMENT or not may_settle(
            self._work.bloc, milestone, found.code
        ):
            raise NoExtension(name=milestone.name)
        form_id = self._work.assessments.find(unit, milestone.period) if milestone.period else None
        appraisal = self._work.appraisals.find(form_id) if form_id else None
        if appraisal and appraisal.phase is Phase.FINAL:
            raise AlreadyFinal()  # its total would move
        return for_unit(self._work, milestone, unit)

    def beside(self, moved: Milestone, unit: str) -> tuple[int, Extension | None]:
        """How many working days `moved` is after the bloc's own day, and what the unit was granted before."""
        work = self._work
        days = working_days_after(work.bloc.milestone(moved.key).due_on, moved.due_on, work.bloc.holidays)
        return days, work.extensions.find(moved.key, unit)

    def check(self, actor: Member, key: str, unit: str, due_on: date) -> Milestone:
        """The milestone on its new day. Raises NotLater or TooFar as well."""
        now = self.find(actor, key, unit)
        held = self._work.discharges.find(key, unit)
        moved = replace(now, due_on=due_on)
        if due_on <= now.due_on or (held is None and closes_at(moved) < self._work.now):
            raise NotLater(due=max(now.due_on, now.due_on if held else local(self._work.now).date()))
        latest = date(self._work.bloc.year + 1, 6, 30)
        if due_on > latest:
            raise TooFar(latest=latest)
        return moved

    def __call__(self, actor: Member, key: str, unit: str, due_on: date, reason: str) -> Extension:
        reason, work = clean_reason(reason), self._work
        before = work.extensions.find(key, unit)
        if before and (before.due_on, before.reason) == (due_on, reason) and actor.is_secretary:
            return before
        old = self.find(actor, key, unit)
        self.check(actor, key, unit, due_on)
        granted = work.extensions.grant(key, unit, due_on, reason, actor.person.id)
        work.trail.note(
            "extension granted",
            f"extension:{key}:{unit}",
            by=actor.person.id,
            old=old.due_on.isoformat(),
            new={"due_on": due_on.isoformat(), "reason": reason},
        )
        milestone = extended(work.bloc.milestone(key), granted)
        self._restate(actor, milestone, unit)
        params = {"name": milestone.name, "due_at": closes_at(milestone).isoformat(), "reason": reason}
        notice = Notice("extension.notice-granted", params)
        tell_unit(work, unit, notice, f"extension:{granted.id}", FILLING | {Role.LEADER})
        return granted

    def _restate(self, actor: Member, milestone: Milestone, unit: str) -> None:
        """What was received counts by the new day: its moment stays, its lateness is computed again."""
        work = self._work
        held = work.discharges.find(milestone.key, unit)
        if held is None:
            return
        late = working_days_late(milestone, held.at, work.bloc.holidays)
        if late != held.late_days:
            work.discharges.restate(held.id, late)
            what = f"discharge:{held.id}"
            work.trail.note("lateness restated", what, by=actor.person.id, old=held.late_days, new=late)
        form_id = work.assessments.find(unit, milestone.period) if milestone.period else None
        form = load(work, form_id, for_change=True) if form_id else None
        if form is None or form.stage is not Stage.SUBMITTED or form.receipt is None:
            return
        if late == form.receipt.late_days:
            return
        standing = Standing(form, late)
        restated = replace(form.receipt, late_days=late, penalty=standing.penalty, total=standing.totals.total)
        work.assessments.restate(form.id, restated)
        work.trail.note(
            "receipt restated",
            subject(form),
            by=actor.person.id,
            old={"late_days": form.receipt.late_days, "total": str(form.receipt.total)},
            new={"late_days": late, "total": str(restated.total)},
        )
