"""What the bot says first: one row per message and person, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Param = str | int | bool | None


class DeliveryKind(StrEnum):
    REMINDER = "reminder"
    BROADCAST = "broadcast"
    NOTICE = "notice"


class DeliveryState(StrEnum):
    """`due` and `sending` are on the way; every other state is an end, with a reason where one is needed."""

    DUE = "due"
    SENDING = "sending"
    DELIVERED = "delivered"
    BLOCKED = "blocked"  # the person blocked the bot
    UNREACHABLE = "unreachable"  # never started, deactivated, chat gone
    UNSURE = "unsure"  # left for Telegram, the answer never came: only a person may send it again
    CANCELLED = "cancelled"


ENDED = frozenset(DeliveryState) - {DeliveryState.DUE, DeliveryState.SENDING}


@dataclass(frozen=True, slots=True)
class Button:
    """`key` names the label in the catalogue; `data` is a packed action."""

    key: str
    data: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unreached:
    """Who hears it when a notice cannot reach its receiver, and the key of what they hear (param: `name`)."""

    person_id: int
    key: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A text to compose when it is sent, in the receiver's language. Params are JSON values.

    A param whose name ends in `_at` is an ISO moment, one that ends in `_on` an ISO date, `_points` a decimal as text,
    `_counts` keys of texts, each followed by how many there are, `_told` the key of a text that takes the other params
    ("": none).
    """

    key: str
    params: Mapping[str, Param] = field(default_factory=dict)
    buttons: tuple[tuple[Button, ...], ...] = ()
    unreached: Unreached | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    id: int
    kind: DeliveryKind
    person_id: int
    chat_id: int
    state: DeliveryState
    notice: Notice | None = None
    broadcast_id: int | None = None
    milestone: str | None = None
    rung: str | None = None
    attempts: int = 0
    not_before: datetime | None = None
    reason: str = ""
    message_id: int | None = None
    acknowledged_at: datetime | None = None
    finished_at: datetime | None = None
