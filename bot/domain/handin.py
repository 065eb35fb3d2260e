"""What a unit hands in for a milestone by `/nop`, and the roll-call of a conference. Values and rules, no clock."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.assessment_receipt import initials
from bot.domain.bloc import Bloc, UnitRole
from bot.domain.calendar import DischargedBy, Milestone, Owes, closes_at, opens_at
from bot.domain.errors import DomainError

MOST_PIECES = 30
LONGEST_TEXT = 4096  # what one Telegram message holds


class PieceKind(StrEnum):
    FILE = "file"
    TEXT = "text"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class NewPiece:
    """`text` is the message, the link, or a file's caption; the other fields are a file's."""

    kind: PieceKind
    text: str = ""
    name: str = ""
    size: int = 0  # bytes
    media_type: str = ""
    digest: str = ""  # SHA-256, hex
    telegram_file_id: str = ""
    sent_as: str = ""  # document, photo, video, audio or animation: Telegram hands a file back only as what it was


@dataclass(frozen=True, slots=True)
class Piece(NewPiece):
    """One thing in the bag."""

    id: int = 0
    added_by: int = 0  # person id
    added_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandIn:
    """One version of what a unit hands in. `handed_at` is None while it is a draft.

    `revision` grows with every change of the draft, so that a button made before the change is told apart.
    """

    id: int
    milestone: str
    unit: str
    version: int
    revision: int
    pieces: tuple[Piece, ...]
    started_at: datetime
    handed_at: datetime | None = None
    handed_by: int | None = None  # person id
    receipt: str = ""
    late_days: int = 0  # working days
    reopened_at: datetime | None = None  # by the secretary, for another version after the deadline

    @property
    def is_draft(self) -> bool:
        return self.handed_at is None

    def piece(self, piece_id: int) -> Piece | None:
        return next((piece for piece in self.pieces if piece.id == piece_id), None)


class Mark(StrEnum):
    """How a unit attended a conference."""

    RIGHT = "right"  # the delegation that was asked for
    WRONG = "wrong"  # came, but not whom the bloc asked for
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class RollCall:
    milestone: str
    revision: int = 0
    marks: Mapping[str, Mark] = field(default_factory=dict)  # by unit code
    closed_at: datetime | None = None


class NotYetOpen(DomainError):
    key = "handin.not-yet-open"  # milestone, opens


class TooLate(DomainError):
    key = "handin.too-late"  # milestone, last


class NothingInBag(DomainError):
    key = "handin.nothing-in-bag"


class BagFull(DomainError):
    key = "handin.bag-full"  # most


class TextTooLong(DomainError):
    key = "handin.text-too-long"  # most


class CannotBeHandedIn(DomainError):
    """The milestone is not one that this unit settles by handing something in."""

    key = "handin.not-by-hand-in"


class ClosedForChanges(DomainError):
    """Handed in, and the deadline has passed: only the secretary opens it again."""

    key = "handin.closed-for-changes"


class SettledOtherwise(DomainError):
    """A paper receipt or the like settles it already."""

    key = "handin.settled-otherwise"


class InTheFuture(DomainError):
    key = "handin.in-the-future"


class BeforeTheYear(DomainError):
    """A receipt dated before the bloc's year."""

    key = "handin.before-the-year"


class ReasonNeeded(DomainError):
    key = "handin.reason-needed"


class NotHeldYet(DomainError):
    """A roll-call before the day of the conference."""

    key = "handin.not-held-yet"


class MarkMissing(DomainError):
    key = "handin.mark-missing"  # units


def owing_units(bloc: Bloc, milestone: Milestone) -> tuple[str, ...]:
    """Codes of the units that owe a milestone. Named units are not listed in the bloc file: nobody owes for sure."""
    match milestone.owes:
        case Owes.EVERY_UNIT:
            return tuple(unit.code for unit in bloc.units)
        case Owes.HEAD:
            return tuple(unit.code for unit in bloc.units if unit.role is UnitRole.HEAD)
        case Owes.NAMED_UNITS | Owes.SECRETARIAT:
            return ()


def may_settle(bloc: Bloc, milestone: Milestone, unit: str) -> bool:
    """Whether the milestone is this unit's at all: it owes it, or may be one of the named units."""
    return milestone.owes is Owes.NAMED_UNITS or unit in owing_units(bloc, milestone)


def check_open(bloc: Bloc, milestone: Milestone, unit: str, now: datetime) -> None:
    """Raises CannotBeHandedIn, NotYetOpen or TooLate."""
    if milestone.discharged_by is not DischargedBy.HAND_IN or not may_settle(bloc, milestone, unit):
        raise CannotBeHandedIn(name=milestone.name)
    opens = opens_at(milestone)
    if opens is not None and now < opens:
        raise NotYetOpen(name=milestone.name, opens=milestone.opens_on)
    if bloc.too_late(milestone, now):
        raise TooLate(name=milestone.name, due=closes_at(milestone))


def may_change(milestone: Milestone, latest: HandIn, now: datetime) -> bool:
    """Whether another version may follow `latest`: before the deadline, or when the secretary has opened it again."""
    return now <= closes_at(milestone) or latest.reopened_at is not None


def as_piece(text: str) -> NewPiece:
    """A typed message as a text or, where it is nothing but an address, a link. Raises TextTooLong."""
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(most=LONGEST_TEXT)
    is_link = text.lower().startswith(("http://", "https://")) and not any(c.isspace() for c in text)
    return NewPiece(PieceKind.LINK if is_link else PieceKind.TEXT, text)


def receipt_code(bloc: Bloc, milestone: Milestone, unit: str, version: int, content: str) -> str:
    """ "KNC-2026-DIENHINH-STP-7F3A": bloc, year, milestone, unit, and the beginning of a hash over `content`.

    Later versions end in their number, so that no two of a unit's receipts are alike.
    """
    hashed = hashlib.sha256(content.encode()).hexdigest()[:4].upper()
    short = milestone.key.removeprefix("MS-")[:14]
    code = "-".join((initials(bloc.short_name), str(bloc.year), short, unit[:8], hashed))
    return code if version == 1 else f"{code}.{version}"
