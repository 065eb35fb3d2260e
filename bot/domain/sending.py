"""One message on its way out, and what became of the attempt. No channel's own types."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class MediaKind(StrEnum):
    PHOTO = "photo"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Media:
    """A file that the channel holds already, by the channel's own id."""

    kind: MediaKind
    file_id: str


Keyboard: TypeAlias = tuple[tuple[tuple[str, str], ...], ...]  # rows of (label, packed action)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Composed, in the receiver's language. `html` is the caption where there is media."""

    html: str
    keyboard: Keyboard = ()
    media: Media | None = None


class Ticket:
    """One attempt. `left` turns true at the moment after which nobody can tell whether it arrived."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = False


# -- outcomes ------------------------------------------------------------------------------------------


class Refusal(StrEnum):
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Delivered:
    message_id: int


@dataclass(frozen=True, slots=True)
class Wait:
    """It certainly did not take effect; try again after so many seconds. `everyone`: the channel asked all to wait."""

    seconds: float
    reason: str = ""
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    new_chat_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    kind: Refusal
    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It left, and the answer never came."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The channel does not know us any more: nothing may be sent until somebody has looked."""

    reason: str


@dataclass(frozen=True, slots=True)
class Bug:
    """The channel refused what we made of it: our mistake, not the receiver's."""

    reason: str


Outcome: TypeAlias = Delivered | Wait | Moved | Refused | Unsure | Stopped | Bug
