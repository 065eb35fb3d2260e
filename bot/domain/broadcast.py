"""One text to many: frozen when it is confirmed, accounted for person by person."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.bloc import Bloc
from bot.domain.delivery import ENDED, DeliveryState, Notice
from bot.domain.errors import DomainError, StaleButton
from bot.domain.people import Member
from bot.domain.sending import Media

MOST_TEXT = 4096  # UTF-16 units after entity parsing, as Telegram counts
MOST_CAPTION = 1024
MOST_NAMED = 15  # people named under one heading of a result; the rest are in the list


class BroadcastState(StrEnum):
    DRAFT = "draft"
    SENDING = "sending"
    PAUSED = "paused"  # Telegram refused what we made of it: our mistake, to be looked at
    CANCELLED = "cancelled"  # what had not been sent was called back
    DONE = "done"


class NothingToSend(DomainError):
    """Neither text nor a photo or document."""

    key = "broadcast.nothing-to-send"


class TextTooLong(DomainError):
    key = "broadcast.text-too-long"


class OneFileOnly(DomainError):
    """An album: its pieces arrive one by one, and each would replace the draft before it."""

    key = "broadcast.one-file-only"


class FileRefused(DomainError):
    """A file that bears a clear stamp, or of a kind that is not taken."""

    key = "broadcast.file-refused"


class AlreadyConfirmed(StaleButton):
    key = "broadcast.already-confirmed"


class DraftChanged(StaleButton):
    """The button belongs to an earlier text than the one that stands now."""

    key = "broadcast.draft-changed"


class NobodyToSendTo(DomainError):
    key = "broadcast.nobody"


class NothingUnsure(StaleButton):
    key = "broadcast.nothing-unsure"


class OnlyAPreview(DomainError):
    """The button of a member, pressed under the author's preview."""

    key = "broadcast.only-preview"


class NotRunning(StaleButton):
    """It has ended or was called back already."""

    key = "broadcast.not-running"


@dataclass(frozen=True, slots=True)
class Content:
    """What the members see, to the letter. `html` is Telegram's; the caption where there is media."""

    html: str
    media: Media | None = None


@dataclass(frozen=True, slots=True)
class Broadcast:
    """`revision` counts the drafts: a confirmation names the one that its author saw."""

    id: int
    author_id: int
    state: BroadcastState
    revision: int
    content: Content
    receipts: bool  # members are asked to press "received"
    made_at: datetime
    confirmed_at: datetime | None = None
    chat_id: int | None = None  # where the progress message stands
    message_id: int | None = None
    problem: str = ""

    @property
    def title(self) -> str:
        """The first line, for lists; tags stripped by whoever shows it."""
        return self.content.html.strip().split("\n", 1)[0]


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient and what became of the message. `units` are codes; empty for a secretary without one."""

    delivery_id: int
    person_id: int
    name: str
    units: tuple[str, ...]
    state: DeliveryState
    reason: str
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many recipients are in each state."""

    by_state: Mapping[DeliveryState, int] = field(default_factory=dict)
    acknowledged: int = 0

    def of(self, state: DeliveryState) -> int:
        return self.by_state.get(state, 0)

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def ended(self) -> int:
        return sum(number for state, number in self.by_state.items() if state in ENDED)

    @property
    def running(self) -> bool:
        return self.ended < self.total


@dataclass(frozen=True, slots=True)
class Audience:
    """Who will get it: people by unit (None: no unit), and the units that nobody has linked."""

    people: tuple[int, ...]
    by_unit: Mapping[str | None, int]
    unlinked: tuple[str, ...]


def audience(bloc: Bloc, members: Collection[Member], author_id: int) -> Audience:
    """Everybody with a membership in force once, save the author; a person of two units counts under the first."""
    others = [member for member in members if member.person.id != author_id]
    counted: Counter[str | None] = Counter(member.units[0] if member.units else None for member in others)
    linked = {unit for member in members for unit in member.units}
    order = {unit.code: place for place, unit in enumerate(bloc.units)}
    by_unit = dict(sorted(counted.items(), key=lambda pair: order.get(pair[0] or "", len(order))))
    unlinked = tuple(unit.code for unit in bloc.units if unit.code not in linked)
    return Audience(tuple(member.person.id for member in others), by_unit, unlinked)


def check_length(plain: str, *, caption: bool) -> None:
    """Raise TextTooLong for more than Telegram takes; `plain` is the text without tags."""
    units, most = len(plain.encode("utf-16-le")) // 2, MOST_CAPTION if caption else MOST_TEXT
    if units > most:
        raise TextTooLong(length=units, most=most)


def in_order(lines: Iterable[Line], bloc: Bloc) -> list[Line]:
    """By unit in the bloc's order, then by name; what did not arrive or was not acknowledged first."""
    order = {unit.code: place for place, unit in enumerate(bloc.units)}
    return sorted(
        lines,
        key=lambda line: (
            line.state is DeliveryState.DELIVERED,
            line.acknowledged_at is not None,
            order.get(line.units[0], len(order)) if line.units else len(order),
            line.name,
            line.person_id,
        ),
    )


NAMED = (DeliveryState.BLOCKED, DeliveryState.UNREACHABLE, DeliveryState.UNSURE, DeliveryState.CANCELLED)


def result(broadcast: Broadcast, tally: Tally, lines: Sequence[Line], units: Mapping[str, str]) -> list[Notice]:
    """What became of a broadcast, as lines of text: how many are in each state, and who was not reached.

    `units` are names by code.
    """
    told = [Notice(_heading(broadcast, tally), {"ended": tally.ended, "total": tally.total})]
    if broadcast.problem and broadcast.state is BroadcastState.PAUSED:
        told.append(Notice("broadcast.problem", {"problem": broadcast.problem}))
    for state in (DeliveryState.DELIVERED, *NAMED):
        if (number := tally.of(state)) or state is DeliveryState.DELIVERED:
            told.append(Notice(f"broadcast.count-{state.value}", {"n": number}))
        if state in NAMED and (who := [line for line in lines if line.state is state]):
            told.append(_named(who, units))
    if broadcast.receipts:
        told.append(Notice("broadcast.count-acknowledged", {"n": tally.acknowledged, "total": tally.total}))
        if silent := silent_units(lines):
            names = "; ".join(units.get(code, code) for code in silent)
            told.append(Notice("broadcast.units-silent", {"n": len(silent), "units": names}))
    return told


def silent_units(lines: Sequence[Line]) -> list[str]:
    """Codes of the units of which nobody has said "received"."""
    heard = {code for line in lines if line.acknowledged_at is not None for code in line.units}
    return [code for code in dict.fromkeys(code for line in lines for code in line.units) if code not in heard]


def _heading(broadcast: Broadcast, tally: Tally) -> str:
    if broadcast.state is BroadcastState.PAUSED:
        return "broadcast.paused"
    if broadcast.state is BroadcastState.CANCELLED:
        return "broadcast.cancelled"
    return "broadcast.sending" if tally.running else "broadcast.sent"


def _named(who: Sequence[Line], units: Mapping[str, str]) -> Notice:
    names = "; ".join(with_unit(line, units) for line in who[:MOST_NAMED])
    if len(who) > MOST_NAMED:
        return Notice("broadcast.names-and-more", {"names": names, "n": len(who) - MOST_NAMED})
    return Notice("broadcast.names", {"names": names})


def with_unit(line: Line, units: Mapping[str, str]) -> str:
    """A person's name with their units' names."""
    held = ", ".join(units.get(code, code) for code in line.units)
    return f"{line.name} ({held})" if held else line.name
