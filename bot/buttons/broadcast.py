"""Buttons of broadcasts: the secretary's on a draft and on a result, the members' on what they received."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action
from bot.domain.broadcast import Broadcast, BroadcastState, Tally
from bot.domain.delivery import Button, DeliveryState


@action
@dataclass(frozen=True, slots=True)
class ConfirmBroadcast(Action):
    """Send the draft as it stood at `revision`."""

    name: ClassVar[str] = "bs"
    broadcast: int
    revision: int


@action
@dataclass(frozen=True, slots=True)
class AskReceipts(Action):
    """Ask every member to press "received" (`on` 1) or not (0)."""

    name: ClassVar[str] = "br"
    broadcast: int
    revision: int
    on: int


@action
@dataclass(frozen=True, slots=True)
class DropBroadcast(Action):
    name: ClassVar[str] = "bd"
    broadcast: int
    revision: int


@action
@dataclass(frozen=True, slots=True)
class StopBroadcast(Action):
    """Call back what has not been sent."""

    name: ClassVar[str] = "bx"
    broadcast: int


@action
@dataclass(frozen=True, slots=True)
class ResumeBroadcast(Action):
    """Go on after a pause."""

    name: ClassVar[str] = "bp"
    broadcast: int


@action
@dataclass(frozen=True, slots=True)
class AskResend(Action):
    """Show what sending the unsure ones again means, and ask."""

    name: ClassVar[str] = "bq"
    broadcast: int


@action
@dataclass(frozen=True, slots=True)
class ResendUnsure(Action):
    """`unsure`: how many were unsure when the question was shown, so that an old yes does not cover later ones."""

    name: ClassVar[str] = "bz"
    broadcast: int
    unsure: int


@action
@dataclass(frozen=True, slots=True)
class ShowBroadcast(Action):
    """The result, for a secretary."""

    name: ClassVar[str] = "bv"
    broadcast: int


@action
@dataclass(frozen=True, slots=True)
class ListRecipients(Action):
    """The result person by person; `page` counts from 0."""

    name: ClassVar[str] = "bl"
    broadcast: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class SeeBroadcast(Action):
    """A member looks at a broadcast again."""

    name: ClassVar[str] = "bm"
    broadcast: int


@action
@dataclass(frozen=True, slots=True)
class Acknowledge(Action):
    """A member says "received"."""

    name: ClassVar[str] = "bk"
    broadcast: int


def content_buttons(broadcast_id: int, receipts: bool) -> tuple[tuple[Button, ...], ...]:
    """What stands under a broadcast that a member receives."""
    return ((Button("broadcast.received", Acknowledge(broadcast_id).pack()),),) if receipts else ()


def result_buttons(broadcast: Broadcast, tally: Tally) -> tuple[tuple[Button, ...], ...]:
    """What a secretary can do about a broadcast now."""
    rows: list[tuple[Button, ...]] = []
    if broadcast.state is BroadcastState.PAUSED:
        rows.append((Button("broadcast.resume", ResumeBroadcast(broadcast.id).pack()),))
    if tally.running and broadcast.state in (BroadcastState.SENDING, BroadcastState.PAUSED):
        rows.append((Button("broadcast.stop", StopBroadcast(broadcast.id).pack()),))
    if not tally.running and (unsure := tally.of(DeliveryState.UNSURE)):
        rows.append((Button("broadcast.resend", AskResend(broadcast.id).pack(), {"n": unsure}),))
    rows.append((Button("broadcast.list", ListRecipients(broadcast.id, 0).pack()),))
    return tuple(rows)
