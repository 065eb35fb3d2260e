"""From draft to receipt: propose, approve, return, take back, reopen."""

from collections.abc import Collection

from bot.buttons.appraisal import OpenAppraisal
from bot.buttons.assessment import Approve as ApproveButton
from bot.buttons.assessment import ShowOverview, ShowReceipt, StartReturning
from bot.domain.appraisal import Phase
from bot.domain.assessment import Assessment, GapsRemain, Receipt, Revision, Stage
from bot.domain.assessment_receipt import CODE_DIGITS, digest, receipt_code, snapshot
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import ClockStops
from bot.domain.calendar import Milestone, closes_at, working_days_late
from bot.domain.delivery import Button, Notice, Param, Unreached
from bot.domain.discharge import Discharge, How
from bot.domain.errors import DomainError, NotAllowed, StaleButton
from bot.domain.people import FILLING, Member, Role
from bot.usecases.appraisal_peer import tell_peers_anew
from bot.usecases.assessment import held_bloc, load, stand, subject
from bot.usecases.assessment_renewal import RenewForm
from bot.usecases.deadline import deadline_of
from bot.usecases.ports.work import Work


class NoLeader(DomainError):
    """Nobody who may approve for the unit has joined yet."""

    key = "assessment.no-leader"


class TooLate(DomainError):
    """Past the last day on which the bloc takes a late form."""

    key = "assessment.too-late"


class AfterDeadline(DomainError):
    """What was submitted is not reopened once the deadline has passed."""

    key = "assessment.reopen-after-deadline"


class ResultAnnounced(StaleButton):
    """What was submitted is not reopened once its unit has been told how it was appraised."""

    key = "assessment.result-announced"


class NoMilestone(DomainError):
    """The bloc's calendar no longer has a milestone for this period."""

    key = "assessment.no-milestone"


class _Move:
    """What every move between draft and receipt shares."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _load(self, actor: Member, assessment_id: int, units: Collection[str]) -> Assessment:
        """Raises NotAllowed unless the form is one of those units'."""
        assessment = load(self._work, assessment_id, for_change=True)
        if assessment.unit not in units:
            raise NotAllowed()
        return assessment

    def _milestone(self, assessment: Assessment) -> Milestone:
        milestone = deadline_of(self._work, assessment)
        if milestone is None:
            raise NoMilestone()
        return milestone

    def _in_time(self, assessment: Assessment) -> Milestone:
        milestone = self._milestone(assessment)
        if self._work.bloc.too_late(milestone, self._work.now):
            raise TooLate(name=milestone.name, closes=closes_at(milestone))
        return milestone

    def _without_gaps(self, assessment: Assessment) -> Standing:
        standing = stand(self._work, assessment)
        if standing.gaps:
            raise GapsRemain(n=len(standing.gaps))
        return standing

    def _keep(self, actor: Member, before: Assessment, after: Assessment, what: str, new: object = None) -> None:
        self._work.assessments.save(before, after)
        self._work.trail.note(what, subject(before), by=actor.person.id, old=before.stage.value, new=new)

    def _submit(self, actor: Member, before: Assessment) -> Assessment:
        """Write the receipt, keep what was submitted, settle the milestone, tell the secretaries."""
        milestone = self._in_time(before)
        standing = self._without_gaps(before)
        receipt = self._receipt(actor, before, standing, milestone)
        after = before.submit(receipt)
        self._keep(actor, before, after, "assessment submitted", {"receipt": receipt.code, "digest": receipt.digest})
        self._work.assessments.add_version(before.id, receipt, snapshot(before))
        if self._work.discharges.find(milestone.key, before.unit) is None:  # a paper receipt keeps its own time
            self._work.discharges.add(
                milestone.key,
                before.unit,
                at=receipt.at,
                how=How.ASSESSMENT,
                receipt=receipt.code,
                by=actor.person.id,
                late_days=receipt.late_days,
            )
        look = (
            (
                Button("assessment.button-look", ShowOverview(after.id).pack()),
                Button("appraisal.button-appraise", OpenAppraisal(after.id).pack()),
            ),
        )
        self._tell(actor, after, "assessment.notice-submitted", self._secretaries(), receipt, buttons=look)
        tell_peers_anew(self._work, after)
        return after

    def _receipt(self, actor: Member, assessment: Assessment, standing: Standing, milestone: Milestone) -> Receipt:
        paper = self._work.discharges.find(milestone.key, assessment.unit)
        late = paper.late_days if paper else working_days_late(milestone, self._work.now, self._work.bloc.holidays)
        standing = Standing(assessment, late)
        version = assessment.versions + 1
        hashed = digest(snapshot(assessment), version)
        return Receipt(
            code=self._free_code(assessment, hashed),
            version=version,
            at=self._work.now,
            by=actor.person.id,
            total=standing.totals.total,
            digest=hashed,
            late_days=late,
            penalty=standing.penalty,
        )

    def _free_code(self, assessment: Assessment, hashed: str) -> str:
        for digits in range(CODE_DIGITS, len(hashed), 2):
            code = receipt_code(assessment.bloc, assessment.period, assessment.unit, hashed, digits)
            if not self._work.assessments.code_taken(code):
                break
        return code

    # -- telling others ----------------------------------------------------------------------------------

    def _of_unit(self, unit: str, roles: Collection[Role]) -> list[Member]:
        return self._work.people.members(unit=unit, roles=roles)

    def _secretaries(self) -> list[Member]:
        return self._work.people.members(roles=[Role.SECRETARY])

    def _tell(
        self,
        actor: Member,
        assessment: Assessment,
        key: str,
        people: Collection[Member],
        receipt: Receipt | None = None,
        reason: str = "",
        buttons: tuple[tuple[Button, ...], ...] = (),
        unreached: str = "",
    ) -> None:
        """One notice each, except to whoever did it; `unreached`: what that person hears of whom it cannot reach."""
        standing = stand(self._work, assessment)
        params: dict[str, Param] = {
            "unit": self._work.bloc.unit(assessment.unit).name,
            "name": self._milestone(assessment).name,
            "by": actor.person.name,
            "total_points": str(standing.totals.total),
        }
        if receipt:
            params |= {
                "receipt": receipt.code,
                "given_at": receipt.at.isoformat(),
                "late": receipt.late_days,
                "version": receipt.version,
            }
            if key == "assessment.notice-submitted":
                key = _submitted(receipt, standing)
                params["marks_counts"] = " ".join(f"{name} {n}" for name, n in standing.marks)
        if reason:
            params["reason"] = reason
        for member in people:
            if member.person.id != actor.person.id:
                once = f"{key} {assessment.id} {assessment.revision} {member.person.id}"
                lost = Unreached(actor.person.id, unreached) if unreached else None
                self._work.deliveries.notice(member.person.id, Notice(key, params, buttons, lost), once=once)


def _submitted(receipt: Receipt, standing: Standing) -> str:
    """What the secretariat hears: whether it came late, and whether anything in it is not final."""
    if standing.marks:
        return "assessment.notice-submitted-late-marked" if receipt.late_days else "assessment.notice-submitted-marked"
    return "assessment.notice-submitted-late" if receipt.late_days else "assessment.notice-submitted"


class Propose(_Move):
    """Lay a form without gaps before the unit's leaders; where the bloc stops the clock at the liaison, submit it."""

    def __call__(self, actor: Member, assessment_id: int, *, made_for: Revision) -> Assessment:
        """Raises GapsRemain, NoLeader, TooLate, or a StaleButton for a form that has moved on."""
        before = self._load(actor, assessment_id, actor.fills)
        before.expect_draft(made_for)
        if self._work.bloc.clock_stops is ClockStops.SUBMISSION:
            return self._submit(actor, before)
        self._in_time(before)
        self._without_gaps(before)
        leaders = self._of_unit(before.unit, [Role.LEADER])
        if not leaders:
            raise NoLeader(unit=self._work.bloc.unit(before.unit).name)
        after = before.propose(made_for=made_for, by=actor.person.id, at=self._work.now)
        self._keep(actor, before, after, "assessment proposed", after.revision)
        why = before.returned_because  # so that the leader looks whether that has been seen to
        key = "assessment.notice-proposed-again" if why else "assessment.notice-proposed"
        unreached = "assessment.notice-leader-unreached"
        self._tell(actor, after, key, leaders, reason=why, buttons=_decisions(after), unreached=unreached)
        return after


class Approve(_Move):
    """The leader approves: this stops the clock and gives the receipt."""

    def __call__(self, actor: Member, assessment_id: int, *, made_for: Revision) -> Assessment:
        before = self._load(actor, assessment_id, actor.approves)
        before.expect_proposed(made_for)
        after = self._submit(actor, before)
        button = Button("assessment.button-receipt", ShowReceipt(after.id).pack())
        people = self._of_unit(after.unit, FILLING)
        self._tell(actor, after, "assessment.notice-approved", people, after.receipt, buttons=((button,),))
        return after


class Return(_Move):
    """The leader gives it back with a reason."""

    def __call__(self, actor: Member, assessment_id: int, reason: str, *, made_for: Revision) -> Assessment:
        before = self._load(actor, assessment_id, actor.approves)
        after = before.return_(reason, made_for=made_for)
        self._keep(actor, before, after, "assessment returned", after.returned_because)
        button = Button("assessment.button-open", ShowOverview(after.id).pack())
        people = self._of_unit(after.unit, FILLING)
        self._tell(
            actor, after, "assessment.notice-returned", people, reason=after.returned_because, buttons=((button,),)
        )
        return after


class TakeBack(_Move):
    """The liaison takes it back before the leader has decided."""

    def __call__(self, actor: Member, assessment_id: int, *, made_for: Revision) -> Assessment:
        before = self._load(actor, assessment_id, actor.fills)
        after = before.take_back(made_for=made_for)
        self._keep(actor, before, after, "assessment taken back", after.revision)
        self._tell(actor, after, "assessment.notice-taken-back", self._of_unit(after.unit, [Role.LEADER]))
        return after


class Reopen(_Move):
    """Before the deadline, what was submitted becomes a draft again; its receipt is withdrawn, its version kept.

    A draft follows the bloc as it is now, so criteria that changed since it was submitted count from here on.
    """

    def __call__(self, actor: Member, assessment_id: int, *, made_for: Revision) -> Assessment:
        bloc = held_bloc(self._work)  # before the form: an import takes them in this order
        before = self._load(actor, assessment_id, actor.fills)
        after = before.reopen(made_for=made_for)
        if is_announced(self._work, before):
            raise ResultAnnounced()
        milestone = self._milestone(before)
        if not in_time_to_reopen(self._work, before):
            raise AfterDeadline(closes=closes_at(milestone))
        assert before.receipt is not None
        self._keep(actor, before, after, "assessment reopened", before.receipt.code)
        self._work.assessments.withdraw_version(before.id, before.receipt.version)
        held = self._work.discharges.find(milestone.key, before.unit)
        if held and held.receipt == before.receipt.code:
            self._work.discharges.withdraw(held.id)
        people = [*self._of_unit(after.unit, [Role.LEADER, *FILLING]), *self._secretaries()]
        once = {member.person.id: member for member in people}
        self._tell(actor, after, "assessment.notice-reopened", list(once.values()), before.receipt)
        return RenewForm(self._work)(after.id, bloc, actor) or after


def is_announced(work: Work, assessment: Assessment) -> bool:
    """Whether the secretariat has told the unit how what is submitted was appraised."""
    appraisal = work.appraisals.find(assessment.id) if assessment.stage is Stage.SUBMITTED else None
    return appraisal is not None and appraisal.phase is not Phase.OPEN


def in_time_to_reopen(work: Work, assessment: Assessment) -> bool:
    """Whether the deadline of its period has not passed yet, and no result has been announced."""
    milestone = deadline_of(work, assessment)
    return milestone is not None and work.now <= closes_at(milestone) and not is_announced(work, assessment)


def on_paper(work: Work, assessment: Assessment) -> Discharge | None:
    """The paper receipt that settles the milestone of a form not submitted yet, where the secretariat recorded one."""
    milestone = work.bloc.assessment_milestone(assessment.period)
    if milestone is None or assessment.stage is Stage.SUBMITTED:
        return None
    held = work.discharges.find(milestone.key, assessment.unit)
    return held if held and held.how is How.PAPER else None


def _decisions(assessment: Assessment) -> tuple[tuple[Button, ...], ...]:
    """What a leader can press under the notice; made for this very proposal."""
    return (
        (Button("assessment.button-look", ShowOverview(assessment.id).pack()),),
        (
            Button("assessment.button-approve", ApproveButton(assessment.id, assessment.revision).pack()),
            Button("assessment.button-return", StartReturning(assessment.id, assessment.revision).pack()),
        ),
    )
