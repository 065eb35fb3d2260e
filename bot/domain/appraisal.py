"""The secretariat's appraisal of one submitted form: a value with legal moves, from the first look to the final result.

Nothing here changes what the unit submitted: a verdict stands beside the unit's own score. `revision` counts every
change; `opened_at` is the revision at which the submitted version in hand was taken up, so that a button made for an
earlier version is known by its `made_for`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self

from bot.domain.assessment import Revision, TooLong, TooManyFiles, text_within
from bot.domain.criteria import Item, ItemKind, Level, Part, PartKind, PointsOffStep, PointsOutOfRange, Scale
from bot.domain.errors import DomainError, StaleButton
from bot.domain.folding import fold
from bot.domain.typed import read
from bot.domain.typed_reference import is_figure

MOST_REASON = 1000  # characters of a reason, a request or an objection
MOST_REPLIES = 20  # what a unit adds to one request or objection


class Phase(StrEnum):
    OPEN = "open"
    PROVISIONAL = "provisional"  # the unit has been told; it may object within the milestone
    FINAL = "final"


class ExchangeKind(StrEnum):
    REQUEST = "request"  # the secretariat asks the unit for more
    OBJECTION = "objection"  # the unit asks for a second look


class AppraisedAnew(StaleButton):
    """The form was submitted again after the button was made."""

    key = "appraisal.appraised-anew"


class LineMoved(StaleButton):
    """Somebody decided, asked or replied about the line after the button was made."""

    key = "appraisal.line-moved"


class MovedOn(StaleButton):
    """The appraisal as a whole changed after the button was made."""

    key = "appraisal.moved-on"


class AlreadyAnnounced(StaleButton):
    """The unit has been told its provisional result: what was open before is not any more."""

    key = "appraisal.already-announced"


class NotAnnounced(StaleButton):
    key = "appraisal.not-announced"


class AlreadyFinal(StaleButton):
    """The result is final: every change is refused."""

    key = "appraisal.already-final"


class SameAsOwn(DomainError):
    """The points given are the unit's own: that is to accept the line. Params: `points`."""

    key = "appraisal.same-as-own"


class LinesRemain(DomainError):
    """Lines without a decision. Params: `n`."""

    key = "appraisal.lines-remain"


class ObjectionsRemain(DomainError):
    """Objections without an answer. Params: `n`."""

    key = "appraisal.objections-remain"


class AlreadyAsked(StaleButton):
    """A request about this line waits for the unit already."""

    key = "appraisal.already-asked"


class AlreadyObjected(StaleButton):
    """There is one objection a line."""

    key = "appraisal.already-objected"


class NothingToObject(DomainError):
    """The line counts as the unit scored it."""

    key = "appraisal.nothing-to-object"


class OnlyAFigure(DomainError):
    """A figure where the other side is to read why, or what is asked."""

    key = "appraisal.only-a-figure"


class ExchangeClosed(StaleButton):
    """The secretariat has decided: nothing is added any more."""

    key = "appraisal.exchange-closed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the secretariat says of one line. `points` None: as the unit scored it, with a `reason` only where that
    corrects what was announced; else these, for `reason`.
    """

    item: str
    points: Decimal | None
    reason: str
    by: int
    at: datetime
    revision: Revision


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing that the unit added: a text, or with a `digest` a file. `number` is the revision that added it."""

    number: int
    text: str  # what was typed, or the file's name
    by: int
    at: datetime
    digest: str = ""
    size: int = 0
    media_type: str = ""
    telegram_file_id: str = ""
    sent_as: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request with the replies to it, or an objection with what it rests on. `number`: the revision it began at."""

    number: int
    item: str
    kind: ExchangeKind
    text: str
    by: int
    at: datetime
    replies: tuple[Reply, ...] = ()
    closed_at: datetime | None = None
    closed_by: int | None = None
    decision: str = ""  # why an objection was decided as it was

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def waits_for_unit(self) -> bool:
        return self.is_open and self.kind is ExchangeKind.REQUEST and not self.replies

    @property
    def newest(self) -> Revision:
        return max((self.number, *(reply.number for reply in self.replies)))


@dataclass(frozen=True)
class Appraisal:
    """`version` is that of the submission it is about."""

    assessment: int
    version: int
    phase: Phase = Phase.OPEN
    revision: Revision = 0
    opened_at: Revision = 0
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    announced_at: datetime | None = None
    final_at: datetime | None = None

    # -- reading -----------------------------------------------------------------------------------------

    @property
    def begun(self) -> bool:
        return bool(self.verdicts or self.exchanges)

    def of(self, code: str) -> tuple[Exchange, ...]:
        """What was asked and objected about one line, oldest first."""
        return tuple(each for each in self.exchanges if each.item == code)

    def exchange(self, number: int) -> Exchange:
        """Raises MovedOn for a number of nothing."""
        for each in self.exchanges:
            if each.number == number:
                return each
        raise MovedOn()

    def objection(self, code: str) -> Exchange | None:
        return next((each for each in self.of(code) if each.kind is ExchangeKind.OBJECTION), None)

    @property
    def open_objections(self) -> tuple[Exchange, ...]:
        return tuple(e for e in self.exchanges if e.is_open and e.kind is ExchangeKind.OBJECTION)

    @property
    def open_requests(self) -> tuple[Exchange, ...]:
        return tuple(e for e in self.exchanges if e.is_open and e.kind is ExchangeKind.REQUEST)

    def _newest(self, code: str) -> Revision:
        held = self.verdicts.get(code)
        return max((held.revision if held else 0, *(each.newest for each in self.of(code))))

    def _expect(self, *phases: Phase, made_for: Revision | None = None) -> None:
        if self.phase is Phase.FINAL:
            raise AlreadyFinal()
        if made_for is not None and made_for < self.opened_at:
            raise AppraisedAnew()
        if self.phase not in phases:
            raise AlreadyAnnounced() if self.phase is Phase.PROVISIONAL else NotAnnounced()

    def expect_open(self) -> None:
        """Raise a StaleButton once the unit has been told its result."""
        self._expect(Phase.OPEN)

    # -- the secretariat decides -------------------------------------------------------------------------

    def accept(self, code: str, *, made_for: Revision, by: int, at: datetime) -> "Appraisal":
        """The line counts as the unit scored it. The same again changes nothing."""
        self._expect(Phase.OPEN, made_for=made_for)
        return self._decide(code, None, "", made_for=made_for, by=by, at=at)

    def appraise(
        self, code: str, points: Decimal, reason: str, *, own: Decimal, made_for: Revision, by: int, at: datetime
    ) -> "Appraisal":
        """Points in the place of the unit's `own`, with a reason. Once announced it is a correction, which may well
        come back to the unit's own.
        """
        self.expect_appraisable(code, points, own=own, made_for=made_for)
        decided, reason = None if points == own else points, in_words(reason)
        return self._decide(code, decided, reason, made_for=made_for, by=by, at=at)

    def expect_appraisable(self, code: str, points: Decimal, *, own: Decimal, made_for: Revision) -> None:
        """Raise SameAsOwn or a StaleButton unless such points may be given."""
        self._expect(Phase.OPEN, Phase.PROVISIONAL, made_for=made_for)
        held = self.verdicts.get(code)
        if points == own and (self.phase is Phase.OPEN or held is None or held.points is None):
            raise SameAsOwn(points=points)
        objected = self.objection(code)
        if objected and objected.is_open:
            raise LineMoved()  # it is answered, not passed over

    def _decide(
        self, code: str, points: Decimal | None, reason: str, *, made_for: Revision, by: int, at: datetime
    ) -> "Appraisal":
        held = self.verdicts.get(code)
        if held and (held.points, held.reason) == (points, reason):
            return self
        if self._newest(code) > made_for:
            raise LineMoved()
        after = self._moved()
        verdict = Verdict(code, points, reason, by, at, after.revision)
        closed = tuple(
            replace(each, closed_at=at, closed_by=by) if each.item == code and each.is_open else each
            for each in self.exchanges
        )
        return replace(after, verdicts={**self.verdicts, code: verdict}, exchanges=closed)

    def untouched(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Lines that nobody has decided or asked about."""
        asked = {each.item for each in self.exchanges if each.is_open}
        return tuple(code for code in codes if code not in self.verdicts and code not in asked)

    def expect_rest(self, codes: Iterable[str], *, made_for: Revision) -> None:
        """Raise a StaleButton unless every untouched line may be accepted at once, and there is any."""
        self._expect(Phase.OPEN, made_for=made_for)
        if made_for != self.revision or not self.untouched(codes):
            raise MovedOn()

    def accept_rest(self, codes: Iterable[str], *, made_for: Revision, by: int, at: datetime) -> "Appraisal":
        """Accept every untouched line at once, as they were when the button was made."""
        self._expect(Phase.OPEN, made_for=made_for)
        left = self.untouched(codes)
        if not left:
            return self
        if made_for != self.revision:
            raise MovedOn()
        after = self._moved()
        new = {code: Verdict(code, None, "", by, at, after.revision) for code in left}
        return replace(after, verdicts={**self.verdicts, **new})

    def ask(self, code: str, text: str, *, made_for: Revision, by: int, at: datetime) -> "Appraisal":
        """Ask the unit for more about one line; a decision on it is open again until then."""
        self._expect(Phase.OPEN, made_for=made_for)
        text = in_words(text)
        waiting = [each for each in self.of(code) if each.is_open]
        if any(each.text == text for each in waiting):
            return self
        if waiting and waiting[-1].waits_for_unit:
            raise AlreadyAsked()
        if self._newest(code) > made_for:
            raise LineMoved()
        after = self._moved()
        kept = {held: verdict for held, verdict in self.verdicts.items() if held != code}
        asked = Exchange(after.revision, code, ExchangeKind.REQUEST, text, by, at)
        return replace(after, verdicts=kept, exchanges=(*self.exchanges, asked))

    # -- the unit replies and objects --------------------------------------------------------------------

    def reply(self, number: int, reply: Reply) -> "Appraisal":
        """One more text or file for a request or an objection that is open; the same again changes nothing."""
        self._expect(Phase.OPEN, Phase.PROVISIONAL)
        held = self.exchange(number)
        if not held.is_open or (held.kind is ExchangeKind.REQUEST and self.phase is not Phase.OPEN):
            raise ExchangeClosed()
        if any((each.digest or each.text) == (reply.digest or reply.text) for each in held.replies):
            return self
        if len(held.replies) >= MOST_REPLIES:
            raise TooManyFiles(most=MOST_REPLIES)
        if not reply.digest and len(reply.text) > MOST_REASON:
            raise TooLong(most=MOST_REASON)
        after = self._moved()
        new = replace(held, replies=(*held.replies, replace(reply, number=after.revision)))
        return replace(after, exchanges=tuple(new if each is held else each for each in self.exchanges))

    def expect_objectable(self, code: str, *, made_for: Revision) -> None:
        """Raise unless an objection to the line may be filed. Whether it is time is for the caller to check."""
        self._expect(Phase.PROVISIONAL, made_for=made_for)
        if self.objection(code):
            raise AlreadyObjected()
        verdict = self.verdicts.get(code)
        if verdict is None or verdict.points is None:
            raise NothingToObject()
        if verdict.revision > made_for:
            raise LineMoved()

    def object(self, code: str, text: str, *, made_for: Revision, by: int, at: datetime) -> "Appraisal":
        """Ask for a second look at a line that counts otherwise than the unit scored it."""
        self._expect(Phase.PROVISIONAL)
        text = in_words(text)
        held = self.objection(code)
        if held and held.text == text:
            return self
        self.expect_objectable(code, made_for=made_for)
        after = self._moved()
        objected = Exchange(after.revision, code, ExchangeKind.OBJECTION, text, by, at)
        return replace(after, exchanges=(*self.exchanges, objected))

    # -- towards the final result ------------------------------------------------------------------------

    def announce(self, codes: Iterable[str], *, made_for: Revision, at: datetime) -> "Appraisal":
        """Tell the unit: from here on only an objection or a correction changes a line."""
        self._expect(Phase.OPEN, made_for=made_for)
        if left := [code for code in codes if code not in self.verdicts]:
            raise LinesRemain(n=len(left))
        if made_for != self.revision:
            raise MovedOn()
        return replace(self._moved(), phase=Phase.PROVISIONAL, announced_at=at)

    def settle(
        self,
        number: int,
        points: Decimal | None,
        reason: str,
        *,
        own: Decimal,
        made_for: Revision,
        by: int,
        at: datetime,
    ) -> "Appraisal":
        """Answer an objection with points (the unit's own: it is upheld; None: they stay as appraised) and a reason."""
        self._expect(Phase.PROVISIONAL, made_for=made_for)
        reason = in_words(reason)
        held = self.exchange(number)
        verdict = self.verdicts[held.item]
        now = verdict.points if points is None else None if points == own else points
        if not held.is_open:
            if held.decision == reason and now == verdict.points:
                return self
            raise ExchangeClosed()
        if held.newest > made_for:
            raise LineMoved()
        after = self._moved()
        closed = replace(held, closed_at=at, closed_by=by, decision=reason)
        exchanges = tuple(closed if each is held else each for each in self.exchanges)
        if now == verdict.points:
            return replace(after, exchanges=exchanges)
        decided = Verdict(held.item, now, reason if now is not None else "", by, at, after.revision)
        return replace(after, exchanges=exchanges, verdicts={**self.verdicts, held.item: decided})

    def finish(self, *, made_for: Revision, at: datetime) -> "Appraisal":
        """Make it final. Whether the time for objections is over is for the caller to check."""
        self._expect(Phase.PROVISIONAL, made_for=made_for)
        if self.open_objections:
            raise ObjectionsRemain(n=len(self.open_objections))
        if made_for != self.revision:
            raise MovedOn()
        return replace(self._moved(), phase=Phase.FINAL, final_at=at)

    # -- another version of the form -----------------------------------------------------------------------

    def renewed(self, version: int, changed: Collection[str]) -> "Appraisal":
        """Taken up again for a later submission: decisions stay but for the lines that `changed`."""
        after = self._moved()
        kept = {code: verdict for code, verdict in self.verdicts.items() if code not in changed}
        return replace(after, version=version, opened_at=after.revision, verdicts=kept)

    def about(self, codes: Collection[str]) -> "Appraisal":
        """Without what was said of lines that the form no longer has: that is kept, and waits for nobody."""
        kept = tuple(each for each in self.exchanges if each.item in codes)
        return self if len(kept) == len(self.exchanges) else replace(self, exchanges=kept)

    def _moved(self) -> Self:
        return replace(self, revision=self.revision + 1)


def in_words(text: str) -> str:
    """What the other side is to read, stripped. Raises OnlyAFigure, or what `text_within` raises."""
    if is_figure(text):
        raise OnlyAFigure()
    return text_within(text, MOST_REASON)


# -- points -----------------------------------------------------------------------------------------------


def span(item: Item, scale: Scale) -> tuple[Decimal, Decimal]:
    """The least and the most points that a line can be appraised at."""
    if item.kind is ItemKind.DEDUCTION:
        return -(item.ceiling if item.ceiling is not None else scale.base), Decimal(0)
    return Decimal(0), item.ceiling if item.ceiling is not None else scale.bonus_cap


def check_points(item: Item, points: Decimal, scale: Scale) -> None:
    """Raises PointsOutOfRange or PointsOffStep."""
    least, most = span(item, scale)
    if not least <= points <= most:
        raise PointsOutOfRange(top=most if item.kind is not ItemKind.DEDUCTION else -least, given=points)
    if points % scale.step:
        raise PointsOffStep(step=scale.step, given=points)


def read_points(item: Item, text: str, scale: Scale) -> Decimal:
    """Points as people type them, for one line; what is taken away may be typed with or without its sign.

    Raises NotRead or FactNotAllowed.
    """
    least, most = span(item, scale)
    takes = item.kind is ItemKind.DEDUCTION
    part = Part("1", PartKind.SCORE, item.name, (Level(item.name, points=-least if takes else most),), (1,))
    if takes:
        bare = fold(text).strip()
        for sign in ("-", "−", "–", "tru ", "tru"):
            if bare.startswith(sign):
                text = bare.removeprefix(sign)
                break
    fact = read(part, text, scale.step)
    value = fact.value  # type: ignore[union-attr]  # a score is read as points
    return -value + 0 if takes else value
