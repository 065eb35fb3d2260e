"""A unit's self-assessment of one period: a value with legal moves. Facts are kept, points derived.

`revision` counts every change; `opened_at` is the revision at which the draft in hand began, so that a button made
before the last submission, return or reopening is known by its `made_for`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Self, TypeAlias

from bot.domain.bloc import Bloc, Content, Section
from bot.domain.calendar import Period
from bot.domain.criteria import Awaited, Fact, FactNotAllowed, Item, ItemKind, Mark, NotArising, PartId, check
from bot.domain.errors import DomainError, StaleButton
from bot.domain.typed_entries import read_addressee

Revision: TypeAlias = int
Slot: TypeAlias = tuple[str, PartId]  # item code and part

REPORT = ""  # evidence filed under no item is the whole report as a file
MOST_EXPLAINED = 1000  # characters of an explanation
MOST_WRITTEN = 40_000  # characters of one report section
MOST_EVIDENCE = 30  # pieces for one criterion
MOST_ENTRY = 2000  # characters of one proposal or exemplary case
MOST_ENTRIES = 40  # of one kind in one section
MOST_OFFERED = 12  # addressees to choose from


class Stage(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"  # with the leader
    SUBMITTED = "submitted"


class EvidenceKind(StrEnum):
    FILE = "file"
    LINK = "link"
    DOCUMENT = "document"  # number and date of a document already sent


class AlreadyProposed(StaleButton):
    """It lies with the leader; nothing changes until it is taken back or returned."""

    key = "assessment.already-proposed"


class AlreadySubmitted(StaleButton):
    key = "assessment.already-submitted"


class ChangedSince(StaleButton):
    """The button belongs to a draft that has been submitted, returned or reopened since."""

    key = "assessment.changed-since"


class AnsweredSince(StaleButton):
    """The part was answered after the button or question was made; `answer` is what stands now."""

    key = "assessment.answered-since"

    def __init__(self, answer: "Answer") -> None:
        super().__init__(code=answer.item)
        self.answer = answer


class ExplainedSince(StaleButton):
    """Somebody explained the item after the question was made; theirs stands until it has been seen."""

    key = "assessment.explained-since"


class AddressedSince(StaleButton):
    """Somebody else gave or changed a proposal's addressee after the question was made. Params: `addressee`."""

    key = "assessment.addressed-since"


class NotProposed(StaleButton):
    """Nothing lies with the leader: it was taken back or returned meanwhile."""

    key = "assessment.not-proposed"


class GapsRemain(DomainError):
    key = "assessment.gaps-remain"


class TooLong(DomainError):
    key = "assessment.too-long"


class TooManyFiles(DomainError):
    key = "assessment.too-many-files"


class TooManyEntries(DomainError):
    key = "assessment.too-many-entries"


class NothingWritten(DomainError):
    """An explanation, section or reason without a letter in it."""

    key = "assessment.nothing-written"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was given for one part, under which version of its item, and at which revision.

    `again`: the part has changed since, so that it does not count until it is confirmed or answered anew.
    """

    item: str
    part: PartId
    fact: Fact
    item_version: int
    by: int
    at: datetime
    revision: Revision
    mark: Mark = Mark.NONE
    again: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One supporting document. `number` is the revision that added it: unique within the assessment for ever."""

    number: int
    item: str
    kind: EvidenceKind
    title: str  # file name, link, or number and date
    by: int
    at: datetime
    digest: str = ""
    size: int = 0
    media_type: str = ""
    telegram_file_id: str = ""
    sent_as: str = ""  # how Telegram hands the file back: document, photo, video, audio or animation


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why points are claimed without evidence (giải trình)."""

    item: str
    text: str
    by: int
    at: datetime
    revision: Revision


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of a report section, or one entry of a list in it.

    An empty text says that the unit has nothing to report there. `number` is the revision that added it, `revision` the
    one that gave a proposal's addressee; 0 where none has been given.
    """

    number: int
    section: str
    text: str
    by: int
    at: datetime
    kind: Content = Content.TEXT
    addressee: str = ""
    revision: Revision = 0

    @property
    def lacks_addressee(self) -> bool:
        return self.kind is Content.PROPOSAL and not self.addressee


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a submission is quoted by. `at` stopped the clock; `penalty` (zero or negative) is within `total`."""

    code: str
    version: int
    at: datetime
    by: int
    total: Decimal
    digest: str
    late_days: int = 0
    penalty: Decimal = Decimal(0)
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Assessment:
    """`bloc` is the bloc as it was at the revision that the assessment is pinned to."""

    id: int
    unit: str
    period: Period
    bloc: Bloc
    stage: Stage = Stage.DRAFT
    revision: Revision = 0
    opened_at: Revision = 0
    versions: int = 0  # how many have been submitted
    answers: Mapping[Slot, Answer] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    explanations: Mapping[str, Explanation] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()
    proposed_by: int | None = None
    proposed_at: datetime | None = None
    returned_because: str = ""
    returned_by_secretary: bool = False  # else by the leader
    receipt: Receipt | None = None
    renewed_from: int | None = None  # the bloc's revision that the draft was on before the criteria changed under it

    # -- reading -----------------------------------------------------------------------------------------

    def facts(self, code: str) -> dict[PartId, Fact]:
        """The answered parts of one item."""
        return {part: answer.fact for (item, part), answer in self.answers.items() if item == code}

    def answer(self, code: str, part: PartId) -> Answer | None:
        return self.answers.get((code, part))

    def is_answered(self, slot: Slot) -> bool:
        """Whether a part has an answer that counts."""
        held = self.answers.get(slot)
        return held is not None and not held.again

    def evidence_for(self, code: str) -> tuple[Evidence, ...]:
        return tuple(piece for piece in self.evidence if piece.item == code)

    @property
    def left_over(self) -> tuple[str, ...]:
        """Codes of items that the bloc has taken out, of which the form still holds evidence or an explanation."""
        supported = {piece.item for piece in self.evidence} | self.explanations.keys()
        return tuple(sorted(code for code in supported if code != REPORT and not self.has_item(code)))

    def code_at(self, line: int) -> str:
        """The code of the item at a 0-based place: buttons carry places, codes may be long.

        Places go by code, so that a file that only lists its items in another order moves no button.
        """
        if not 0 <= line < len(self._codes):
            raise ChangedSince()
        return self._codes[line]

    def line_of(self, code: str) -> int:
        return self._lines[code]

    @cached_property
    def _codes(self) -> tuple[str, ...]:
        return tuple(sorted(item.code for item in self.bloc.items()))

    @cached_property
    def _lines(self) -> dict[str, int]:
        return {code: line for line, code in enumerate(self._codes)}

    @property
    def report_files(self) -> tuple[Evidence, ...]:
        return self.evidence_for(REPORT)

    @property
    def sections(self) -> tuple[Section, ...]:
        outline = self.bloc.outline(self.period)
        return outline.sections if outline else ()

    def section(self, code: str) -> Section:
        """Raises KeyError."""
        for section in self.sections:
            if section.code == code:
                return section
        raise KeyError(code)

    def written(self, section: str) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.section == section)

    def entries(self, section: str, kind: Content) -> tuple[Piece, ...]:
        """One list of a section, in the order in which it was written; of TEXT its messages."""
        return tuple(piece for piece in self.written(section) if piece.kind is kind and piece.text)

    def entry(self, number: int) -> Piece | None:
        """An entry of a list that is asked for."""
        for piece in self.pieces:
            if piece.number == number and piece.kind is not Content.TEXT and self.has_section(piece.section):
                return piece
        return None

    def place_of(self, entry: Piece) -> int:
        """The 1-based place of an entry in its list."""
        return 1 + self.entries(entry.section, entry.kind).index(entry)

    def offered(self, section: str) -> tuple[str, ...]:
        """Bodies that a proposal may go to: the bloc's for this section, then others that this report names."""
        known = self.section(section).addressees
        named = dict.fromkeys((*known, *(piece.addressee for piece in self.pieces if piece.addressee)))
        return tuple(named)[:MOST_OFFERED]

    # -- filling -----------------------------------------------------------------------------------------

    def expect_draft(self, made_for: Revision | None = None) -> None:
        """Raise a StaleButton unless this is the draft that the button (or question) was made for."""
        if self.stage is Stage.PROPOSED:
            raise AlreadyProposed()
        if self.stage is Stage.SUBMITTED:
            raise AlreadySubmitted(receipt=self.receipt.code if self.receipt else "")
        if made_for is not None and made_for < self.opened_at:
            raise ChangedSince()

    def _expect_meant(self, made_for: Revision, there: bool) -> None:
        """What does not depend on a table is still taken after the criteria changed, where its place is `there`."""
        self.expect_draft(None if there and self.renewed_from is not None else made_for)

    def has_item(self, code: str) -> bool:
        return code in self._lines

    def has_section(self, code: str) -> bool:
        return any(section.code == code for section in self.sections)

    def give(
        self,
        code: str,
        part_id: PartId,
        fact: Fact,
        *,
        made_for: Revision,
        by: int,
        at: datetime,
        mark: Mark = Mark.NONE,
    ) -> "Assessment":
        """The assessment with one part answered; a fact without a mark is final and takes an earlier mark away.

        Raises a StaleButton for an old button, AnsweredSince when somebody answered after `made_for` with something
        else, FactNotAllowed when the fact does not fit. The same again changes nothing.
        """
        self.expect_draft(made_for)
        item = self._item(code)
        if isinstance(fact, NotArising) and item.kind is not ItemKind.CRITERION:
            raise FactNotAllowed()  # a rule that does not apply is simply not claimed
        if isinstance(fact, NotArising | Awaited):
            mark = Mark.EXPECTED if isinstance(fact, Awaited) else Mark.NONE
        held = self.answer(code, part_id)
        if held and (held.fact, held.mark, held.again) == (fact, mark, False):
            return self
        if held and held.revision > made_for:
            raise AnsweredSince(held)
        part = next((part for part in item.asked if part.id == part_id), None)
        if part is None:
            raise FactNotAllowed()
        check(part, fact, self.bloc.scale.step)
        after = self._moved()
        answer = Answer(code, part_id, fact, item.version, by, at, after.revision, mark)
        return replace(after, answers={**self.answers, (code, part_id): answer})

    def keep(
        self, code: str, part_id: PartId, mark: Mark, *, made_for: Revision, by: int, at: datetime
    ) -> "Assessment":
        """The answer that stands, with this mark: confirmed where it waited for that.

        Raises like `give`, and ChangedSince where nothing stands.
        """
        self.expect_draft(made_for)
        held = self.answer(code, part_id)
        if held is None:
            raise ChangedSince()
        return self.give(code, part_id, held.fact, made_for=made_for, by=by, at=at, mark=mark)

    def leave_out(self, code: str, *, made_for: Revision, by: int, at: datetime) -> "Assessment":
        """Every part of a criterion as not arising. Raises like `give`."""
        self.expect_draft(made_for)
        asked = self._item(code).asked
        for part in asked:
            held = self.answer(code, part.id)
            if held and held.revision > made_for and held.fact != NotArising():
                raise AnsweredSince(held)
        after = self
        for part in asked:
            after = after.give(code, part.id, NotArising(), made_for=after.revision, by=by, at=at)
        return after

    def unclaim(self, code: str, *, made_for: Revision) -> "Assessment":
        """Take back what was given for a whole item: it counts as not claimed."""
        self.expect_draft(made_for)
        held = [answer for (item, _), answer in self.answers.items() if item == code]
        if not held:
            return self
        newest = max(held, key=lambda answer: answer.revision)
        if newest.revision > made_for:
            raise AnsweredSince(newest)
        kept = {slot: answer for slot, answer in self.answers.items() if slot[0] != code}
        return replace(self._moved(), answers=kept)

    def add_evidence(self, evidence: Evidence, *, made_for: Revision) -> "Assessment":
        """One more piece; its `number` is set here. The same file for the same item again changes nothing."""
        self._expect_meant(made_for, evidence.item == REPORT or self.has_item(evidence.item))
        if evidence.item != REPORT:
            self._item(evidence.item)
        held = self.evidence_for(evidence.item)
        if any((e.kind, e.digest or e.title) == (evidence.kind, evidence.digest or evidence.title) for e in held):
            return self
        if len(held) >= MOST_EVIDENCE:
            raise TooManyFiles(most=MOST_EVIDENCE)
        after = self._moved()
        return replace(after, evidence=(*self.evidence, replace(evidence, number=after.revision)))

    def remove_evidence(self, number: int) -> "Assessment":
        """Raises StaleButton when it has gone already."""
        self.expect_draft()
        kept = tuple(piece for piece in self.evidence if piece.number != number)
        if len(kept) == len(self.evidence):
            raise ChangedSince()
        return replace(self._moved(), evidence=kept)

    def explain(self, code: str, text: str, *, made_for: Revision, by: int, at: datetime) -> "Assessment":
        """Give or replace an item's explanation. Raises ExplainedSince rather than write over one unseen."""
        self._expect_meant(made_for, self.has_item(code))
        self._item(code)
        text = text_within(text, MOST_EXPLAINED)
        held = self.explanations.get(code)
        if held and held.text == text:
            return self
        if held and held.revision > made_for:
            raise ExplainedSince(code=code)
        after = self._moved()
        new = Explanation(code, text, by, at, after.revision)
        return replace(after, explanations={**self.explanations, code: new})

    def write(self, section: str, text: str, *, made_for: Revision, by: int, at: datetime) -> "Assessment":
        """Add one message to a report section; "nothing to report" gives way to it."""
        self._expect_meant(made_for, self.has_section(section))
        self.section(section)
        text = text_within(text, MOST_WRITTEN)
        if sum(len(piece.text) for piece in self.entries(section, Content.TEXT)) + len(text) > MOST_WRITTEN:
            raise TooLong(most=MOST_WRITTEN)
        return self._with_piece(section, text, by, at)

    def leave_empty(self, section: str, *, made_for: Revision, by: int, at: datetime) -> "Assessment":
        """Say that there is nothing to report there. Refused as stale when something was written meanwhile."""
        self.expect_draft(made_for)
        self.section(section)
        held = self.written(section)
        if held and not any(piece.text for piece in held):
            return self
        if held:
            raise ChangedSince()
        return self._with_piece(section, "", by, at)

    def enter(
        self, section: str, kind: Content, text: str, *, made_for: Revision, by: int, at: datetime
    ) -> "Assessment":
        """Add one entry to a list of a section; "nothing to report" gives way to it. The same again changes nothing."""
        self._expect_meant(made_for, self.has_section(section))
        if kind is Content.TEXT or (kind not in self.section(section).holds and self.renewed_from is None):
            raise ChangedSince()
        text = text_within(text, MOST_ENTRY)
        held = self.entries(section, kind)
        if any(entry.text == text for entry in held):
            return self
        if len(held) >= MOST_ENTRIES:
            raise TooManyEntries(most=MOST_ENTRIES)
        return self._with_piece(section, text, by, at, kind)

    def remove_entry(self, number: int, *, made_for: Revision) -> "Assessment":
        """Take one entry out of its list; refused when it has gone, or has got another addressee since."""
        self.expect_draft(made_for)
        entry = self.entry(number)
        if entry is None:
            raise ChangedSince()
        if entry.revision > made_for:
            raise AddressedSince(addressee=entry.addressee)
        return replace(self._moved(), pieces=tuple(piece for piece in self.pieces if piece is not entry))

    def address(self, number: int, addressee: str, *, made_for: Revision) -> "Assessment":
        """Say where a proposal goes. Raises AddressedSince rather than write over what nobody here has seen."""
        self._expect_meant(made_for, True)
        entry = self.entry(number)
        if entry is None or entry.kind is not Content.PROPOSAL:
            raise ChangedSince()
        addressee = read_addressee(addressee, self.offered(entry.section))
        if entry.addressee == addressee:
            return self
        if entry.revision > made_for:
            raise AddressedSince(addressee=entry.addressee)
        after = self._moved()
        new = replace(entry, addressee=addressee, revision=after.revision)
        return replace(after, pieces=tuple(new if piece is entry else piece for piece in self.pieces))

    def _with_piece(self, section: str, text: str, by: int, at: datetime, kind: Content = Content.TEXT) -> "Assessment":
        after = self._moved()
        kept = tuple(piece for piece in self.pieces if piece.section != section or piece.text)
        return replace(after, pieces=(*kept, Piece(after.revision, section, text, by, at, kind)))

    def clear_section(self, section: str, *, made_for: Revision) -> "Assessment":
        """Drop the text, to write it anew; refused when somebody added to it after `made_for`. Entries stay."""
        self.expect_draft(made_for)
        held = [piece for piece in self.written(section) if piece.kind is Content.TEXT]
        if not held:
            return self
        if max(piece.number for piece in held) > made_for:
            raise ChangedSince()
        return replace(self._moved(), pieces=tuple(piece for piece in self.pieces if piece not in held))

    # -- from draft to receipt ---------------------------------------------------------------------------

    def propose(self, *, made_for: Revision, by: int, at: datetime) -> "Assessment":
        """Lay it before the leader. Whether gaps block is the caller's to check."""
        self.expect_draft(made_for)
        after = replace(self, stage=Stage.PROPOSED, proposed_by=by, proposed_at=at, returned_because="")
        return after._moved()

    def submit(self, receipt: Receipt) -> "Assessment":
        """The receipt in hand: what was proposed (or, where no leader is asked, the draft) is submitted."""
        after = replace(self, stage=Stage.SUBMITTED, versions=receipt.version, receipt=receipt, returned_because="")
        return replace(after._moved(), renewed_from=None)

    def expect_proposed(self, made_for: Revision) -> None:
        """Raise a StaleButton unless this very form lies with the leader."""
        if self.stage is Stage.SUBMITTED:
            raise AlreadySubmitted(receipt=self.receipt.code if self.receipt else "")
        if self.stage is not Stage.PROPOSED or made_for != self.revision:
            raise NotProposed()

    def return_(self, reason: str, *, made_for: Revision) -> "Assessment":
        """Back to a draft, with the leader's reason."""
        self.expect_proposed(made_for)
        return self._reopened(returned_because=text_within(reason, MOST_EXPLAINED))

    def take_back(self, *, made_for: Revision) -> "Assessment":
        """The liaison takes the form back before the leader has decided."""
        self.expect_proposed(made_for)
        return self._reopened(returned_because="")

    def reopen(self, *, made_for: Revision) -> "Assessment":
        """A submitted form becomes a draft again; its receipt is withdrawn by the caller."""
        if self.stage is not Stage.SUBMITTED or made_for != self.revision:
            raise ChangedSince()
        return self._reopened(returned_because="")

    def send_back(self, reason: str) -> "Assessment":
        """The secretariat returns what was submitted; its receipt is withdrawn by the caller."""
        if self.stage is not Stage.SUBMITTED:
            raise ChangedSince()
        after = self._reopened(returned_because=text_within(reason, MOST_EXPLAINED))
        return replace(after, returned_by_secretary=True)

    def renewed(self, bloc: Bloc, answers: Mapping[Slot, Answer]) -> "Assessment":
        """A draft under changed criteria, whatever was made for the old ones stale; a submitted form has its own."""
        if self.stage is Stage.SUBMITTED:
            raise AlreadySubmitted(receipt=self.receipt.code if self.receipt else "")
        after = self._reopened(returned_because=self.returned_because)
        start = self.bloc.revision if self.renewed_from is None else self.renewed_from
        kept = self.returned_by_secretary
        return replace(after, bloc=bloc, answers=answers, renewed_from=start, returned_by_secretary=kept)

    def _reopened(self, *, returned_because: str) -> "Assessment":
        after = self._moved()
        return replace(
            after,
            stage=Stage.DRAFT,
            opened_at=after.revision,
            proposed_by=None,
            proposed_at=None,
            receipt=None,
            returned_because=returned_because,
            returned_by_secretary=False,
        )

    def _moved(self) -> Self:
        return replace(self, revision=self.revision + 1)

    def _item(self, code: str) -> Item:
        try:
            return self.bloc.item(code)
        except KeyError:
            raise FactNotAllowed() from None


def text_within(text: str, most: int) -> str:
    """Stripped. Raises NothingWritten without a letter or figure in it, TooLong beyond `most` characters."""
    text = text.strip()
    if not any(c.isalnum() for c in text):
        raise NothingWritten()
    if len(text) > most:
        raise TooLong(most=most)
    return text
