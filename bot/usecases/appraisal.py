"""The secretariat appraises what units submitted: line by line, all that is left at once, or the whole form back.

Nothing here sorts or compares units by points: forms stand in the order in which they came.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.buttons.appraisal import OpenExchange, OpenResult
from bot.buttons.assessment import ShowOverview
from bot.domain.appraisal import Appraisal, Exchange, Phase, Verdict, check_points, in_words
from bot.domain.appraisal_outcome import Outcome, changed_lines
from bot.domain.assessment import Assessment, Receipt, Revision, Stage
from bot.domain.bloc import Unit
from bot.domain.calendar import AppraisalStage, Milestone, Period, closes_at, opens_at
from bot.domain.delivery import Button, Notice, Param
from bot.domain.errors import DomainError, NotAllowed, StaleButton
from bot.domain.people import FILLING, Member, Role
from bot.usecases.assessment import held_bloc, load, stand, subject
from bot.usecases.assessment_renewal import RenewForm
from bot.usecases.deadline import deadline_of
from bot.usecases.ports.work import JSON, Work

UNIT_PEOPLE = FILLING | {Role.LEADER}


class NotSubmitted(StaleButton):
    """The form lies with the unit again: it was reopened or returned."""

    key = "appraisal.not-submitted"


class ObjectionsStillOpen(DomainError):
    """Units may still ask for a second look. Params: `closes`."""

    key = "appraisal.objections-still-open"


class Progress(StrEnum):
    """How far the secretariat is with one form, in the order in which forms are listed."""

    NEW = "new"
    UNDER_WAY = "under-way"
    PROVISIONAL = "provisional"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Submitted:
    """One line of the list. `waiting`: replies and objections that the secretariat has not looked at."""

    assessment: int
    unit: Unit
    period: Period
    receipt: Receipt
    progress: Progress
    waiting: int = 0


def submitted(work: Work, assessment_id: int, *, for_change: bool = False) -> Assessment:
    """Raises NotAllowed for an id of nothing, NotSubmitted for a form that lies with its unit."""
    assessment = load(work, assessment_id, for_change=for_change)
    if assessment.stage is not Stage.SUBMITTED or assessment.receipt is None:
        raise NotSubmitted()
    return assessment


def stored(work: Work, assessment: Assessment) -> Appraisal:
    """As the tables hold it, whichever version it was begun for; an empty one where nobody has begun."""
    assert assessment.receipt is not None
    return work.appraisals.find(assessment.id) or Appraisal(assessment.id, assessment.receipt.version)


def current(work: Work, assessment: Assessment, held: Appraisal) -> Appraisal:
    """As it stands for the version that is submitted now; nothing is written."""
    assert assessment.receipt is not None
    version = assessment.receipt.version
    held = held.about([item.code for item in assessment.bloc.items()])
    if held.version == version:
        return held
    before = work.assessments.snapshot(assessment.id, held.version)
    after = work.assessments.snapshot(assessment.id, version)
    changed = frozenset(held.verdicts) if before is None or after is None else changed_lines(before, after)
    return held.renewed(version, changed)


def outcome_of(work: Work, assessment: Assessment) -> Outcome:
    return Outcome(stand(work, assessment), current(work, assessment, stored(work, assessment)))


def objection_window(work: Work, period: Period) -> Milestone | None:
    """When units may ask for a second look; None where the bloc's calendar has set no time for it."""
    return work.bloc.appraisal_milestone(AppraisalStage.OBJECTION, period)


def is_open(milestone: Milestone | None, now: datetime) -> bool:
    if milestone is None:
        return False
    opens = opens_at(milestone)
    return (opens is None or opens <= now) and now <= closes_at(milestone)


# -- looking ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Awaited:
    """A form that was submitted, and lies with its unit again: reopened by it, or returned to it."""

    unit: Unit
    period: Period


class ListSubmitted:
    """Every submitted form: new ones first, each kind in the order in which it came; and those that come again."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> tuple[list[Submitted], list[Awaited]]:
        """Raises NotAllowed for whoever is no secretary."""
        if not actor.is_secretary:
            raise NotAllowed()
        known = {unit.code: place for place, unit in enumerate(self._work.bloc.units)}
        forms = [
            form
            for period in Period
            for unit, form in self._work.assessments.of_period(period, self._work.catalogue.at).items()
            if unit in known
        ]
        found = [self._line(form) for form in forms if form.stage is Stage.SUBMITTED]
        again = sorted((f for f in forms if f.versions and f.stage is not Stage.SUBMITTED), key=lambda f: known[f.unit])
        order = list(Progress)
        return (
            sorted(found, key=lambda each: (order.index(each.progress), each.receipt.at, each.assessment)),
            [Awaited(self._work.bloc.unit(form.unit), form.period) for form in again],
        )

    def _line(self, form: Assessment) -> Submitted:
        assert form.receipt is not None
        held = current(self._work, form, stored(self._work, form))
        waiting = [e for e in held.exchanges if e.is_open and not e.waits_for_unit]
        unit = self._work.bloc.unit(form.unit)
        return Submitted(form.id, unit, form.period, form.receipt, _progress(held), len(waiting))


def _progress(held: Appraisal) -> Progress:
    match held.phase:
        case Phase.PROVISIONAL:
            return Progress.PROVISIONAL
        case Phase.FINAL:
            return Progress.FINAL
        case Phase.OPEN:
            return Progress.UNDER_WAY if held.begun else Progress.NEW


class LookAtAppraisal:
    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, assessment_id: int) -> Outcome:
        """Raises NotAllowed for whoever is no secretary, NotSubmitted."""
        if not actor.is_secretary:
            raise NotAllowed()
        return outcome_of(self._work, submitted(self._work, assessment_id))


# -- deciding --------------------------------------------------------------------------------------------


class _Deciding:
    """What every act of the secretariat shares: the form held against others, one write, one line of trail."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _open(self, actor: Member, assessment_id: int) -> Outcome:
        if not actor.is_secretary:
            raise NotAllowed()
        # The form's row is the one lock: its unit's moves and every secretary's come one after another.
        return outcome_of(self._work, submitted(self._work, assessment_id, for_change=True))

    def _keep(self, actor: Member, before: Outcome, after: Appraisal, what: str, old: JSON, new: JSON) -> Outcome:
        if after is before.appraisal:
            return before
        form = before.assessment
        self._work.appraisals.save(stored(self._work, form), after)
        self._work.trail.note(what, subject(form), by=actor.person.id, old=old, new=new)
        return Outcome(before.standing, after)

    def _tell(self, actor: Member, form: Assessment, notice: Notice, once: str, roles: Collection[Role]) -> None:
        for member in self._work.people.members(unit=form.unit, roles=roles):
            if member.person.id != actor.person.id:
                key = f"{notice.key} {form.id} {once} {member.person.id}"
                self._work.deliveries.notice(member.person.id, notice, once=key)


def noted(verdict: Verdict | None, code: str) -> JSON:
    """A verdict as the trail keeps it."""
    if verdict is None:
        return [code, None]
    return [code, "as submitted" if verdict.points is None else str(verdict.points), verdict.reason]


class AcceptLine(_Deciding):
    """The line counts as the unit scored it."""

    def __call__(self, actor: Member, assessment_id: int, code: str, *, made_for: Revision) -> Outcome:
        """Raises a StaleButton for a line that has moved on."""
        before = self._open(actor, assessment_id)
        after = before.appraisal.accept(code, made_for=made_for, by=actor.person.id, at=self._work.now)
        held = before.appraisal.verdicts.get(code)
        return self._keep(actor, before, after, "line accepted", noted(held, code), noted(after.verdicts[code], code))


class AcceptRest(_Deciding):
    """Every line that nobody has decided or asked about counts as the unit scored it."""

    def check(self, actor: Member, assessment_id: int, *, made_for: Revision) -> Outcome:
        """Whether there are such lines. Raises a StaleButton where the appraisal has moved on."""
        held = self._open(actor, assessment_id)
        held.appraisal.expect_rest(held.codes, made_for=made_for)
        return held

    def __call__(self, actor: Member, assessment_id: int, *, made_for: Revision) -> tuple[Outcome, int]:
        """The outcome, and how many lines were accepted."""
        before = self._open(actor, assessment_id)
        left = before.untouched
        after = before.appraisal.accept_rest(before.codes, made_for=made_for, by=actor.person.id, at=self._work.now)
        return self._keep(actor, before, after, "lines accepted", None, list(left)), len(left)


class AppraiseLine(_Deciding):
    """Points of the secretariat's own with a reason. Once the unit has been told, it is told of the correction."""

    def check(self, actor: Member, assessment_id: int, code: str, points: Decimal, *, made_for: Revision) -> Outcome:
        """Whether these points may be given; a reason is still to come."""
        before = self._open(actor, assessment_id)
        check_points(before.assessment.bloc.item(code), points, before.assessment.bloc.scale)
        before.appraisal.expect_appraisable(code, points, own=before.own(code), made_for=made_for)
        return before

    def __call__(
        self, actor: Member, assessment_id: int, code: str, points: Decimal, reason: str, *, made_for: Revision
    ) -> Outcome:
        before = self._open(actor, assessment_id)
        check_points(before.assessment.bloc.item(code), points, before.assessment.bloc.scale)
        after = before.appraisal.appraise(
            code, points, reason, own=before.own(code), made_for=made_for, by=actor.person.id, at=self._work.now
        )
        held = before.appraisal.verdicts.get(code)
        kept = self._keep(actor, before, after, "line appraised", noted(held, code), noted(after.verdicts[code], code))
        if kept is not before and after.phase is Phase.PROVISIONAL:
            form = before.assessment
            params: dict[str, Param] = {
                "unit": form.bloc.unit(form.unit).name,
                "code": code,
                "old_points": str(before.points(code)),
                "new_points": str(points),
                "reason": after.verdicts[code].reason,
            }
            button = Button("appraisal.button-result", OpenResult(form.id).pack())
            notice = Notice("appraisal.notice-corrected", params, ((button,),))
            self._tell(actor, form, notice, str(after.revision), UNIT_PEOPLE)
        return kept


class AskForMore(_Deciding):
    """Put a request about one line to the unit; the rest of the form stays as it was submitted."""

    def __call__(self, actor: Member, assessment_id: int, code: str, text: str, *, made_for: Revision) -> Outcome:
        before = self._open(actor, assessment_id)
        after = before.appraisal.ask(code, text, made_for=made_for, by=actor.person.id, at=self._work.now)
        held = before.appraisal.verdicts.get(code)
        kept = self._keep(actor, before, after, "more asked", noted(held, code), [code, text.strip()])
        if kept is not before:
            asked = after.exchanges[-1]
            form = before.assessment
            params: dict[str, Param] = {
                "unit": form.bloc.unit(form.unit).name,
                "code": code,
                "item_name": form.bloc.item(code).name,
                "text": asked.text,
            }
            button = Button("appraisal.button-reply", OpenExchange(form.id, asked.number).pack())
            notice = Notice("appraisal.notice-asked", params, ((button,),))
            self._tell(actor, form, notice, str(asked.number), FILLING)
        return kept


class SendBack(_Deciding):
    """The whole form goes back to its unit as a draft: the receipt is withdrawn, the version kept."""

    def find(self, actor: Member, assessment_id: int, version: int) -> Outcome:
        """Raises a StaleButton when another version lies there, or the result was announced."""
        held = self._open(actor, assessment_id)
        if held.appraisal.version != version:
            raise NotSubmitted()
        held.appraisal.expect_open()
        return held

    def __call__(self, actor: Member, assessment_id: int, reason: str, *, version: int) -> tuple[Assessment, bool]:
        """The draft, and whether its deadline has passed: then it needs an extension, or counts as late.

        A draft follows the bloc as it is now, like one that its unit reopens.
        """
        bloc = held_bloc(self._work)  # before the form: an import takes them in this order
        form = self.find(actor, assessment_id, version).assessment
        work, receipt, milestone = self._work, form.receipt, deadline_of(self._work, form)
        assert receipt is not None
        after = form.send_back(in_words(reason))
        work.assessments.save(form, after)
        work.assessments.withdraw_version(form.id, receipt.version)
        held = work.discharges.find(milestone.key, form.unit) if milestone else None
        if held and held.receipt == receipt.code:
            work.discharges.withdraw(held.id)
        work.trail.note(
            "form sent back", subject(form), by=actor.person.id, old=receipt.code, new=after.returned_because
        )
        params: dict[str, Param] = {
            "unit": form.bloc.unit(form.unit).name,
            "receipt": receipt.code,
            "reason": after.returned_because,
        }
        button = Button("assessment.button-open", ShowOverview(form.id).pack())
        notice = Notice("appraisal.notice-sent-back", params, ((button,),))
        self._tell(actor, form, notice, str(receipt.version), UNIT_PEOPLE)
        late = milestone is not None and work.now > closes_at(milestone)
        return RenewForm(work)(after.id, bloc, actor) or after, late


# -- the result ------------------------------------------------------------------------------------------


class Announce(_Deciding):
    """Tell the unit, and only the unit, how it was appraised."""

    def __call__(self, actor: Member, assessment_id: int, *, made_for: Revision) -> Outcome:
        """Raises LinesRemain, or a StaleButton."""
        before = self._open(actor, assessment_id)
        after = before.appraisal.announce(before.codes, made_for=made_for, at=self._work.now)
        total = str(before.totals.total)
        kept = self._keep(actor, before, after, "result announced", None, {"total": total})
        form, due = before.assessment, deadline_of(self._work, before.assessment)
        params: dict[str, Param] = {
            "unit": form.bloc.unit(form.unit).name,
            "own_points": str(before.standing.totals.total),
            "total_points": total,
            "number": len(before.differing),
            "early_told": "appraisal.told-early" if due and self._work.now <= closes_at(due) else "",
            **self._when(before),
        }
        button = Button("appraisal.button-result", OpenResult(form.id).pack())
        notice = Notice("appraisal.notice-result", params, ((button,),))
        self._tell(actor, form, notice, str(after.revision), UNIT_PEOPLE)
        return kept

    def _when(self, outcome: Outcome) -> dict[str, Param]:
        """When the unit may ask for a second look, where there is anything to ask about."""
        window, now = objection_window(self._work, outcome.assessment.period), self._work.now
        if window is None or not outcome.differing:
            return {"window_told": ""}
        closes, opens = closes_at(window), opens_at(window)
        told: dict[str, Param] = {"closes_at": closes.isoformat()}
        if now > closes:
            return told | {"window_told": "appraisal.told-window-over"}
        if opens is not None and now < opens:
            return told | {"window_told": "appraisal.told-window-from", "opens_at": opens.isoformat()}
        return told | {"window_told": "appraisal.told-window-until"}


class Settle(_Deciding):
    """Answer an objection: points (None: they stay as appraised) and why."""

    def find(self, actor: Member, assessment_id: int, number: int) -> tuple[Outcome, Exchange]:
        held = self._open(actor, assessment_id)
        return held, held.appraisal.exchange(number)

    def check(self, actor: Member, assessment_id: int, number: int, points: Decimal) -> Outcome:
        held, exchange = self.find(actor, assessment_id, number)
        check_points(held.assessment.bloc.item(exchange.item), points, held.assessment.bloc.scale)
        return held

    def __call__(
        self,
        actor: Member,
        assessment_id: int,
        number: int,
        points: Decimal | None,
        reason: str,
        *,
        made_for: Revision,
    ) -> Outcome:
        before, exchange = self.find(actor, assessment_id, number)
        code, form = exchange.item, before.assessment
        if points is not None:
            check_points(form.bloc.item(code), points, form.bloc.scale)
        after = before.appraisal.settle(
            number, points, reason, own=before.own(code), made_for=made_for, by=actor.person.id, at=self._work.now
        )
        held = before.appraisal.verdicts.get(code)
        new = [*noted(after.verdicts.get(code), code), reason.strip()]
        kept = self._keep(actor, before, after, "objection answered", noted(held, code), new)
        if kept is not before:
            params: dict[str, Param] = {
                "unit": form.bloc.unit(form.unit).name,
                "code": code,
                "old_points": str(before.points(code)),
                "new_points": str(kept.points(code)),
                "reason": after.exchange(number).decision,
                "total_points": str(kept.totals.total),
            }
            key = "appraisal.notice-settled" if kept.points(code) != before.points(code) else "appraisal.notice-kept"
            button = Button("appraisal.button-result", OpenResult(form.id).pack())
            self._tell(actor, form, Notice(key, params, ((button,),)), str(number), UNIT_PEOPLE)
        return kept


class Finish(_Deciding):
    """Make the result final: nothing is changed any more."""

    def __call__(self, actor: Member, assessment_id: int, *, made_for: Revision) -> Outcome:
        """Raises ObjectionsStillOpen while the milestone lasts, ObjectionsRemain, or a StaleButton."""
        before = self._open(actor, assessment_id)
        form = before.assessment
        after = before.appraisal.finish(made_for=made_for, at=self._work.now)
        window = objection_window(self._work, form.period)
        if window is not None and self._work.now <= closes_at(window) and before.differing:
            raise ObjectionsStillOpen(closes=closes_at(window))
        total = str(before.totals.total)
        kept = self._keep(actor, before, after, "result final", None, {"total": total})
        params: dict[str, Param] = {"unit": form.bloc.unit(form.unit).name, "total_points": total}
        button = Button("appraisal.button-result", OpenResult(form.id).pack())
        notice = Notice("appraisal.notice-final", params, ((button,),))
        self._tell(actor, form, notice, str(after.revision), UNIT_PEOPLE)
        return kept
