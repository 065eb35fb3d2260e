"""Filling in a unit's self-assessment. Every change is checked against the person's memberships and leaves a trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions import mark_of
from bot.buttons.assessment import ShowPart
from bot.domain import facts
from bot.domain.assessment import REPORT, Answer, Assessment, Evidence, EvidenceKind, Piece, Revision, Stage
from bot.domain.assessment_standing import Standing, late_days
from bot.domain.bloc import Bloc, Content, Unit
from bot.domain.calendar import Milestone, Period, closes_at, local, opens_at
from bot.domain.classified import Verdict, verdict
from bot.domain.criteria import Fact, Mark, PartId
from bot.domain.delivery import Button, Notice
from bot.domain.errors import DomainError, NotAllowed, StaleButton
from bot.domain.files import Attachment, FileUse
from bot.domain.people import Member
from bot.domain.typed_entries import split_entries
from bot.domain.typed_reference import expect_words, read_references
from bot.usecases.deadline import deadline_of, open_periods
from bot.usecases.files import elsewhere_than_in_form
from bot.usecases.ports.work import Work

AT_WORK = timedelta(hours=2)  # so long somebody who has answered is taken to be at the form still
REPORT_FILES = frozenset({"pdf", "doc", "docx", "odt", "rtf"})


class NothingOpen(DomainError):
    """No period can be filled now. Params: `opens` (day) of the next, in ComingUp."""

    key = "assessment.nothing-open"


class ComingUp(NothingOpen):
    key = "assessment.coming-up"


class NotStarted(DomainError):
    """A leader looks for a form that nobody has begun."""

    key = "assessment.not-started"


class ClassifiedText(DomainError):
    """A clear mark of classification in what was typed; nothing of it is kept."""

    key = "assessment.classified-text"


class DoubtfulText(DomainError):
    """It may be classified: the person is asked first."""

    key = "assessment.doubtful-text"


class NoReportFile(DomainError):
    """Only a Word or PDF file stands for the whole report."""

    key = "assessment.no-report-file"


class WarningNotConfirmed(DomainError):
    """No file before the warning about classified material has been read."""

    key = "assessment.warning-not-confirmed"


@dataclass(frozen=True, slots=True)
class Opening:
    """A form that a person can open. `started`: its id, where somebody has begun it."""

    unit: Unit
    membership_id: int
    period: Period
    milestone: Milestone
    started: int | None


def pinned(work: Work, revision: int) -> Bloc:
    """The bloc at a revision, without a look-up for the one in force."""
    return work.bloc if work.bloc.revision == revision else work.catalogue.at(revision)


def load(work: Work, assessment_id: int, *, for_change: bool = False) -> Assessment:
    """Raises NotAllowed for an id of nothing: who may not see a form cannot tell it from none."""
    found = work.assessments.get(assessment_id, lambda revision: pinned(work, revision), for_change=for_change)
    if found is None:
        raise NotAllowed()
    return found


def held_bloc(work: Work) -> Bloc:
    """The bloc as it is now, held: no import can change it and miss a form that this transaction begins or reopens."""
    return work.catalogue.of_year(work.bloc.year, for_change=True) or work.bloc


def stand(work: Work, assessment: Assessment) -> Standing:
    """How it counts now, lateness included: what came on paper keeps the lateness of the paper."""
    deadline = deadline_of(work, assessment)
    if deadline and assessment.receipt is None and work.now > closes_at(deadline):
        settled = work.discharges.find(deadline.key, assessment.unit)
        if settled:
            return Standing(assessment, settled.late_days)
    return Standing(assessment, late_days(deadline, assessment, work.now, work.bloc))


def subject(assessment: Assessment) -> str:
    """What the trail files it under."""
    return f"assessment {assessment.id}"


class ListOpenings:
    """What this person can open now, the nearest deadline first, by unit."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> list[Opening]:
        """Raises NotAllowed without a unit, ComingUp or NothingOpen when no period can be filled."""
        work = self._work
        units = {m.unit: m.id for m in actor.memberships if m.unit in (*actor.fills, *actor.approves)}
        if not units:
            raise NotAllowed()
        mine = [(unit, member) for unit, member in units.items() if unit]
        held = [self._opening(unit, member, *pair) for unit, member in mine for pair in open_periods(work, unit)]
        ready = [opening for opening in held if opening.unit.code in actor.fills or opening.started]
        if ready:
            return ready
        if held:
            raise NotStarted(unit=held[0].unit.name)
        raise self._next()

    def _opening(self, unit: str, membership_id: int, period: Period, milestone: Milestone) -> Opening:
        started = self._work.assessments.find(unit, period)
        return Opening(self._work.bloc.unit(unit), membership_id, period, milestone, started)

    def _next(self) -> NothingOpen:
        coming: list[tuple[datetime, Milestone]] = []
        for period in Period:
            milestone = self._work.bloc.assessment_milestone(period)
            opens = opens_at(milestone) if milestone else None
            if milestone and opens and opens > self._work.now:
                coming.append((opens, milestone))
        if not coming:
            return NothingOpen()
        opens, milestone = min(coming, key=lambda pair: pair[0])
        return ComingUp(name=milestone.name, opens=local(opens).date())


class ListPastForms:
    """Forms of this person's units that somebody began, whether or not their period is still open."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> list[Assessment]:
        units = dict.fromkeys((*actor.fills, *actor.approves))
        found = [self._work.assessments.find(unit, period) for unit in units for period in Period]
        return [load(self._work, each) for each in found if each]


class OpenAssessment:
    """The unit's form of a period that is open now; whoever fills in starts it, pinned to the bloc as it is now."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, membership_id: int, period: Period) -> Assessment:
        work = self._work
        for opening in ListOpenings(work)(actor):
            if (opening.membership_id, opening.period) != (membership_id, period):
                continue
            if opening.started:
                return load(work, opening.started)
            bloc = held_bloc(work)
            started = work.assessments.start(opening.unit.code, period, bloc.revision, actor.person.id)
            assessment = load(work, started)
            work.trail.note("assessment started", subject(assessment), by=actor.person.id, new=bloc.revision)
            return assessment
        raise NotAllowed()


class OpenLine:
    """The unit's form of a period, begun where nobody has begun it, and one item of it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, membership_id: int, period: str, mark: str) -> tuple[Assessment, str]:
        """The form and the item's code. `mark` is `mark_of` that code.

        Raises NotAllowed, or StaleButton when the period is not open any more or the form's table lacks the item.
        """
        units = (*actor.fills, *actor.approves)
        if period not in {each.value for unit in units for each, _ in open_periods(self._work, unit)}:
            raise StaleButton()
        assessment = OpenAssessment(self._work)(actor, membership_id, Period(period))
        for item in assessment.bloc.items():
            if mark_of(item.code) == mark:
                return assessment, item.code
        raise StaleButton()


class LookAt:
    """A form, for those who fill it in or approve it; for the secretariat once it has been submitted."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, assessment_id: int) -> Assessment:
        assessment = load(self._work, assessment_id)
        submitted = assessment.stage is Stage.SUBMITTED
        if assessment.unit not in (*actor.fills, *actor.approves) and not (actor.is_secretary and submitted):
            raise NotAllowed()
        return assessment


class _Filling:
    """What every change of a draft shares: only who fills in for the unit, one write, one line of trail."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _draft(self, actor: Member, assessment_id: int) -> Assessment:
        assessment = load(self._work, assessment_id, for_change=True)
        if assessment.unit not in actor.fills:
            raise NotAllowed()
        return assessment

    def _keep(
        self, actor: Member, before: Assessment, after: Assessment, what: str, old: object, new: object
    ) -> Assessment:
        if after is before:
            return before
        self._work.assessments.save(before, after)
        self._work.trail.note(what, subject(before), by=actor.person.id, old=old, new=new)
        return after


def noted(answer: Answer | None) -> list[str] | None:
    """An answer as the trail has it."""
    return [answer.item, answer.part, facts.pack(answer.fact, answer.mark)] if answer else None


class _Answering(_Filling):
    def _answered(
        self, actor: Member, before: Assessment, after: Assessment, code: str, part: PartId, what: str = "answer"
    ) -> Assessment:
        old, new = noted(before.answer(code, part)), noted(after.answer(code, part))
        return self._keep(actor, before, after, what, old, new)


class RecordFact(_Answering):
    """Answer one part. Raises FactNotAllowed, or a StaleButton (AnsweredSince holds what stands instead)."""

    def __call__(
        self,
        actor: Member,
        assessment_id: int,
        code: str,
        part: PartId,
        fact: Fact,
        mark: Mark = Mark.NONE,
        *,
        made_for: Revision,
    ) -> Assessment:
        before = self._draft(actor, assessment_id)
        after = before.give(code, part, fact, mark=mark, made_for=made_for, by=actor.person.id, at=self._work.now)
        self._tell_colleague(actor, before, after, code, part)
        return self._answered(actor, before, after, code, part)

    def _tell_colleague(self, actor: Member, before: Assessment, after: Assessment, code: str, part: PartId) -> None:
        """Whoever has just given another answer hears that it was replaced; of older ones the trail tells."""
        held, given = before.answer(code, part), after.answer(code, part)
        if held is None or given is None or held.by == actor.person.id or self._work.now - held.at > AT_WORK:
            return
        if (held.fact, held.mark) == (given.fact, given.mark):
            return
        look = Button("assessment.button-look", ShowPart(after.id, after.line_of(code), part).pack())
        notice = Notice("assessment.notice-replaced", {"by": actor.person.name, "code": code}, ((look,),))
        once = f"replaced {after.id} {after.revision} {held.by}"
        self._work.deliveries.notice(held.by, notice, once=once)


class KeepAnswer(_Answering):
    """Say of the answer that stands that it still holds, or that it is an estimate, expected or final."""

    def __call__(
        self, actor: Member, assessment_id: int, code: str, part: PartId, mark: Mark, *, made_for: Revision
    ) -> Assessment:
        before = self._draft(actor, assessment_id)
        after = before.keep(code, part, mark, made_for=made_for, by=actor.person.id, at=self._work.now)
        held = before.answer(code, part)
        what = "answer confirmed" if held and held.again else "answer"
        return self._answered(actor, before, after, code, part, what)


class LeaveOut(_Filling):
    """Say of a whole criterion that nothing of it arose."""

    def __call__(self, actor: Member, assessment_id: int, code: str, *, made_for: Revision) -> Assessment:
        before = self._draft(actor, assessment_id)
        after = before.leave_out(code, made_for=made_for, by=actor.person.id, at=self._work.now)
        old, new = (
            [noted(answer) for slot, answer in sorted(form.answers.items()) if slot[0] == code]
            for form in (before, after)
        )
        return self._keep(actor, before, after, "answer", old or None, new)


class Unclaim(_Filling):
    """Take back everything that was given for one item."""

    def __call__(self, actor: Member, assessment_id: int, code: str, *, made_for: Revision) -> Assessment:
        before = self._draft(actor, assessment_id)
        after = before.unclaim(code, made_for=made_for)
        old = [noted(answer) for slot, answer in sorted(before.answers.items()) if slot[0] == code]
        return self._keep(actor, before, after, "answer", old, None)


class ConfirmWarning:
    """The person has read that nothing classified may be sent."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> None:
        if self._work.assessments.warned_at(actor.person.id) is None:
            self._work.assessments.warn(actor.person.id)
            self._work.trail.note("warning confirmed", f"person {actor.person.id}", by=actor.person.id)


class AddFile(_Filling):
    """File a stored attachment under an item (REPORT: as the report itself)."""

    def __call__(
        self, actor: Member, assessment_id: int, code: str, attachment: Attachment, *, made_for: Revision
    ) -> tuple[Assessment, Sequence[FileUse]]:
        """The form, and where else the unit has filed the same bytes, other periods and hand-ins included.

        Raises WarningNotConfirmed before anything is taken.
        """
        before = self._draft(actor, assessment_id)
        if code == REPORT and attachment.name.rsplit(".", 1)[-1].lower() not in REPORT_FILES:
            raise NoReportFile()
        if self._work.assessments.warned_at(actor.person.id) is None:
            raise WarningNotConfirmed()
        self._work.files.keep(attachment.digest, attachment.size, attachment.media_type)
        piece = Evidence(
            number=0,
            item=code,
            kind=EvidenceKind.FILE,
            title=attachment.title,
            by=actor.person.id,
            at=self._work.now,
            digest=attachment.digest,
            size=attachment.size,
            media_type=attachment.media_type,
            telegram_file_id=attachment.telegram_file_id,
            sent_as=attachment.sent_as,
        )
        after = before.add_evidence(piece, made_for=made_for)
        twins = elsewhere_than_in_form(self._work, before, code, attachment.digest)
        return self._keep(actor, before, after, "evidence", None, [code, piece.title, piece.digest]), twins


def expect_unclassified(text: str, *, vouched: bool) -> None:
    """Raises ClassifiedText for a clear mark, DoubtfulText for a possible one until the person vouches for it."""
    judged = verdict(text)
    if judged is Verdict.STAMPED:
        raise ClassifiedText()
    if judged is Verdict.DOUBTFUL and not vouched:
        raise DoubtfulText()


class AddReference(_Filling):
    """File what was typed under an item: links, or number and date of documents, one a line."""

    def __call__(
        self, actor: Member, assessment_id: int, code: str, text: str, *, made_for: Revision, vouched: bool = False
    ) -> Assessment:
        assessment = self._draft(actor, assessment_id)
        expect_unclassified(text, vouched=vouched)
        for kind, title in read_references(text):
            piece = Evidence(0, code, kind, title, actor.person.id, self._work.now)
            after = assessment.add_evidence(piece, made_for=made_for)
            assessment = self._keep(actor, assessment, after, "evidence", None, [code, title])
        return assessment


class RemoveEvidence(_Filling):
    def __call__(self, actor: Member, assessment_id: int, number: int) -> tuple[Assessment, Evidence]:
        """The form, and what was removed. Raises a StaleButton when it has gone already."""
        before = self._draft(actor, assessment_id)
        after = before.remove_evidence(number)
        gone = next(piece for piece in before.evidence if piece.number == number)
        if gone.digest:
            self._work.files.let_go(gone.digest)
        return self._keep(actor, before, after, "evidence", [gone.item, gone.title, gone.digest], None), gone


class Explain(_Filling):
    """Say why points are claimed without evidence."""

    def __call__(
        self, actor: Member, assessment_id: int, code: str, text: str, *, made_for: Revision, vouched: bool = False
    ) -> Assessment:
        before = self._draft(actor, assessment_id)
        expect_words(text)
        expect_unclassified(text, vouched=vouched)
        after = before.explain(code, text, made_for=made_for, by=actor.person.id, at=self._work.now)
        held = before.explanations.get(code)
        return self._keep(actor, before, after, "explanation", held.text if held else None, [code, text.strip()])


class WriteSection(_Filling):
    """Add one message to a report section."""

    def __call__(
        self, actor: Member, assessment_id: int, section: str, text: str, *, made_for: Revision, vouched: bool = False
    ) -> Assessment:
        before = self._draft(actor, assessment_id)
        expect_unclassified(text, vouched=vouched)
        after = before.write(section, text, made_for=made_for, by=actor.person.id, at=self._work.now)
        return self._keep(actor, before, after, "section", None, [section, text.strip()])


class EnterEntries(_Filling):
    """Add what was typed to a list of a report section: one entry, or several numbered ones."""

    def __call__(
        self,
        actor: Member,
        assessment_id: int,
        section: str,
        kind: Content,
        text: str,
        *,
        made_for: Revision,
        vouched: bool = False,
    ) -> tuple[Assessment, tuple[Piece, ...]]:
        """The form, and the entries in it that the text names: one that stood there already is not added again."""
        assessment = self._draft(actor, assessment_id)
        expect_unclassified(text, vouched=vouched)
        entries = split_entries(text) or [text]
        for entry in entries:
            after = assessment.enter(section, kind, entry, made_for=made_for, by=actor.person.id, at=self._work.now)
            assessment = self._keep(actor, assessment, after, "entry", None, [section, kind.value, entry.strip()])
        said = {entry.strip() for entry in entries}
        return assessment, tuple(piece for piece in assessment.entries(section, kind) if piece.text in said)


class RemoveEntry(_Filling):
    """Take one entry out of a list."""

    def __call__(
        self, actor: Member, assessment_id: int, number: int, *, made_for: Revision
    ) -> tuple[Assessment, Piece]:
        """The form, and what was removed. Raises a StaleButton when it has gone already."""
        before = self._draft(actor, assessment_id)
        after = before.remove_entry(number, made_for=made_for)
        gone = next(piece for piece in before.pieces if piece.number == number)
        old = [gone.section, gone.kind.value, gone.text, gone.addressee]
        return self._keep(actor, before, after, "entry", old, None), gone


class AddressProposal(_Filling):
    """Say which body a proposal goes to."""

    def __call__(
        self,
        actor: Member,
        assessment_id: int,
        number: int,
        addressee: str,
        *,
        made_for: Revision,
        vouched: bool = False,
    ) -> Assessment:
        """Raises AddressedSince where somebody else has said so meanwhile."""
        before = self._draft(actor, assessment_id)
        expect_unclassified(addressee, vouched=vouched)
        after = before.address(number, addressee, made_for=made_for)
        old, new = ([number, each.addressee] if (each := form.entry(number)) else None for form in (before, after))
        return self._keep(actor, before, after, "addressee", old, new)


class LeaveSectionEmpty(_Filling):
    """Say that there is nothing to report in a section."""

    def __call__(self, actor: Member, assessment_id: int, section: str, *, made_for: Revision) -> Assessment:
        before = self._draft(actor, assessment_id)
        after = before.leave_empty(section, made_for=made_for, by=actor.person.id, at=self._work.now)
        return self._keep(actor, before, after, "section", None, [section, ""])


class ClearSection(_Filling):
    """Drop the text of a section, to write it anew."""

    def __call__(self, actor: Member, assessment_id: int, section: str, *, made_for: Revision) -> Assessment:
        before = self._draft(actor, assessment_id)
        after = before.clear_section(section, made_for=made_for)
        old = [piece.text for piece in before.written(section) if piece.kind is Content.TEXT]
        return self._keep(actor, before, after, "section", [section, old], None)
