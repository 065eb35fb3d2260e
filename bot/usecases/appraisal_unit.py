"""The unit's side of the appraisal: replies to requests, its own result, and objections to it."""

from dataclasses import dataclass
from datetime import datetime

from bot.buttons.appraisal import ShowLine
from bot.domain.appraisal import Appraisal, Exchange, ExchangeKind, Phase, Reply
from bot.domain.appraisal_outcome import Outcome
from bot.domain.assessment import Assessment, Revision, Stage
from bot.domain.calendar import Milestone, Period, closes_at, opens_at
from bot.domain.delivery import Button, Notice, Param
from bot.domain.errors import DomainError, NotAllowed
from bot.domain.files import Attachment, caption_of
from bot.domain.people import Member, Role
from bot.usecases.appraisal import current, is_open, objection_window, outcome_of, stored, submitted
from bot.usecases.assessment import WarningNotConfirmed, expect_unclassified, load, subject
from bot.usecases.ports.work import Work

MOST_TOLD = 300  # characters of each text in a notice about what was added


class NotTold(DomainError):
    """The secretariat has not announced the unit's result yet."""

    key = "appraisal.not-told"


class NoObjectionTime(DomainError):
    """The bloc's calendar has set no time for objections of this period."""

    key = "appraisal.no-objection-time"


class ObjectionsNotOpen(DomainError):
    """Params: `opens`."""

    key = "appraisal.objections-not-open"


class ObjectionsOver(DomainError):
    """Params: `closes`."""

    key = "appraisal.objections-over"


@dataclass(frozen=True, slots=True)
class Result:
    """A unit's own result. `window`: when it may ask for a second look; None where the bloc sets no time."""

    outcome: Outcome
    window: Milestone | None
    now: datetime

    @property
    def objecting(self) -> bool:
        """Whether an objection may be filed now."""
        return self.outcome.appraisal.phase is Phase.PROVISIONAL and is_open(self.window, self.now)


class _OfUnit:
    """What the unit's acts share: only people of that very unit."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _own(self, actor: Member, assessment_id: int, *, for_change: bool = False) -> Outcome:
        """Raises NotAllowed before anything about the form can be told, NotSubmitted."""
        # Whoever is not of the unit learns nothing, not even that the form is not submitted.
        found = self._work.assessments.get(assessment_id, self._work.catalogue.at)
        if found is None or found.unit not in (*actor.fills, *actor.approves):
            raise NotAllowed()
        return outcome_of(self._work, submitted(self._work, assessment_id, for_change=for_change))

    def _keep(
        self, actor: Member, form: Assessment, before: Appraisal, after: Appraisal, what: str, new: object
    ) -> None:
        if after is before:
            return
        self._work.appraisals.save(stored(self._work, form), after)
        self._work.trail.note(what, subject(form), by=actor.person.id, new=new)

    def _tell_secretaries(
        self, actor: Member, form: Assessment, exchange: Exchange, key: str, added: Reply | None = None, album: str = ""
    ) -> None:
        """Of a request or objection, or of each thing `added` to it. The files of one `album` share one notice."""
        params: dict[str, Param] = {"unit": form.bloc.unit(form.unit).name, "code": exchange.item}
        params |= {"text": _clipped(exchange.text), **_added(added, album)} if added else {"text": exchange.text}
        button = Button("appraisal.button-line", ShowLine(form.id, form.line_of(exchange.item)).pack())
        told = f"{exchange.number} album {album}" if album else f"{added.number if added else exchange.number}"
        for member in self._work.people.members(roles=[Role.SECRETARY]):
            if member.person.id != actor.person.id:
                once = f"{key} {form.id} {told} {member.person.id}"
                self._work.deliveries.notice(member.person.id, Notice(key, params, ((button,),)), once=once)


def _added(reply: Reply, album: str) -> dict[str, Param]:
    """What a notice says of it: words, a file by its name, a photo or an album by its caption."""
    if album or reply.sent_as == "photo":
        key = "appraisal.added-album" if album else "appraisal.added-photo"
        caption = _clipped(caption_of(reply.text))
        return {"added": f": {caption}" if caption else "", "added_told": key}
    return {"added": _clipped(reply.text), "added_told": "appraisal.added-file" if reply.digest else "appraisal.added"}


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_TOLD else text[: MOST_TOLD - 1].rsplit(" ", 1)[0] + "…"


class LookAtExchange(_OfUnit):
    """A request to the unit or an objection of its own."""

    def __call__(self, actor: Member, assessment_id: int, number: int) -> tuple[Outcome, Exchange]:
        outcome = self._own(actor, assessment_id)
        return outcome, outcome.appraisal.exchange(number)


class ListRequests(_OfUnit):
    """What the secretariat asks this unit for and has not closed."""

    def __call__(self, actor: Member, assessment_id: int) -> tuple[Outcome, tuple[Exchange, ...]]:
        outcome = self._own(actor, assessment_id)
        return outcome, outcome.appraisal.open_requests


class OpenRequests:
    """What the secretariat asks the units for which this person fills in, those without a reply first."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> list[tuple[int, Exchange]]:
        """The form's id with each request."""
        found = [each for unit in actor.fills for period in Period for each in self._of(unit, period)]
        return sorted(found, key=lambda each: not each[1].waits_for_unit)

    def _of(self, unit: str, period: Period) -> list[tuple[int, Exchange]]:
        form_id = self._work.assessments.find(unit, period)
        held = self._work.appraisals.find(form_id) if form_id else None
        if form_id is None or held is None or not held.open_requests:
            return []
        form = load(self._work, form_id)
        if form.stage is not Stage.SUBMITTED:
            return []
        return [(form_id, each) for each in current(self._work, form, held).open_requests]


class _Replying(_OfUnit):
    def _add(
        self, actor: Member, assessment_id: int, number: int, reply: Reply, album: str = ""
    ) -> tuple[Outcome, Exchange]:
        outcome = self._own(actor, assessment_id, for_change=True)
        form, before = outcome.assessment, outcome.appraisal
        exchange = before.exchange(number)
        asked = exchange.kind is ExchangeKind.REQUEST
        if not asked:
            expect_objecting(self._work, form)
        elif form.unit not in actor.fills:
            raise NotAllowed()
        after = before.reply(number, reply)
        what = "reply" if asked else "objection supported"
        self._keep(actor, form, before, after, what, [exchange.item, number, reply.text, reply.digest])
        if after is not before:
            key = "appraisal.notice-replied" if asked else "appraisal.notice-supported"
            self._tell_secretaries(actor, form, exchange, key, after.exchange(number).replies[-1], album)
        return Outcome(outcome.standing, after), after.exchange(number)


class ReplyWithText(_Replying):
    def __call__(
        self, actor: Member, assessment_id: int, number: int, text: str, *, vouched: bool = False
    ) -> tuple[Outcome, Exchange]:
        """Raises ClassifiedText, DoubtfulText, TooLong or a StaleButton."""
        expect_unclassified(text, vouched=vouched)
        return self._add(actor, assessment_id, number, Reply(0, text.strip(), actor.person.id, self._work.now))


class ReplyWithFile(_Replying):
    def __call__(
        self, actor: Member, assessment_id: int, number: int, attachment: Attachment
    ) -> tuple[Outcome, Exchange]:
        """A stored attachment. Raises WarningNotConfirmed before anything is taken."""
        if self._work.assessments.warned_at(actor.person.id) is None:
            raise WarningNotConfirmed()
        self._work.files.keep(attachment.digest, attachment.size, attachment.media_type)
        reply = Reply(
            0,
            attachment.title,
            actor.person.id,
            self._work.now,
            attachment.digest,
            attachment.size,
            attachment.media_type,
            attachment.telegram_file_id,
            attachment.sent_as,
        )
        return self._add(actor, assessment_id, number, reply, attachment.album)


class LookAtResult(_OfUnit):
    """The unit's own result, once the secretariat has announced it."""

    def __call__(self, actor: Member, assessment_id: int) -> Result:
        outcome = self._own(actor, assessment_id)
        if outcome.appraisal.phase is Phase.OPEN:
            raise NotTold()
        return Result(outcome, objection_window(self._work, outcome.assessment.period), self._work.now)


def expect_objecting(work: Work, form: Assessment) -> None:
    """Raises unless objections to results of this period are taken now."""
    window = objection_window(work, form.period)
    if window is None:
        raise NoObjectionTime()
    opens = opens_at(window)
    if opens is not None and work.now < opens:
        raise ObjectionsNotOpen(opens=opens)
    if work.now > closes_at(window):
        raise ObjectionsOver(closes=closes_at(window))


class Object(_OfUnit):
    """Ask for a second look at one line, with a reason; evidence may follow."""

    def check(self, actor: Member, assessment_id: int, code: str, *, made_for: Revision) -> Outcome:
        """Whether this person may object to this line now."""
        outcome = self._own(actor, assessment_id)
        outcome.appraisal.expect_objectable(code, made_for=made_for)
        expect_objecting(self._work, outcome.assessment)
        return outcome

    def __call__(
        self,
        actor: Member,
        assessment_id: int,
        code: str,
        text: str,
        *,
        made_for: Revision,
        vouched: bool = False,
    ) -> tuple[Outcome, Exchange]:
        """Raises a StaleButton when the line moved after `made_for`, or what `expect_objecting` raises."""
        outcome = self._own(actor, assessment_id, for_change=True)
        form, before = outcome.assessment, outcome.appraisal
        expect_unclassified(text, vouched=vouched)
        after = before.object(code, text, by=actor.person.id, at=self._work.now, made_for=made_for)
        expect_objecting(self._work, form)
        objected = after.objection(code)
        assert objected is not None
        self._keep(actor, form, before, after, "objection", [code, objected.text])
        if after is not before:
            self._tell_secretaries(actor, form, objected, "appraisal.notice-objection")
        return Outcome(outcome.standing, after), objected


class ShowReply:
    """A file that was added to a request or objection: for the unit's own people and the secretariat."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, assessment_id: int, number: int) -> tuple[Assessment, Exchange, Reply]:
        """Raises NotAllowed or a StaleButton."""
        found = self._work.assessments.get(assessment_id, self._work.catalogue.at)
        if found is None or not (actor.is_secretary or found.unit in (*actor.fills, *actor.approves)):
            raise NotAllowed()
        form = submitted(self._work, assessment_id)
        for exchange in current(self._work, form, stored(self._work, form)).exchanges:
            for reply in exchange.replies:
                if reply.number == number and reply.digest:
                    return form, exchange, reply
        raise NotAllowed()
