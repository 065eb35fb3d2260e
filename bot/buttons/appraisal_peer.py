"""Buttons of the peer appraisal. `line` is the 0-based place in the pinned table, `made_for` the review's revision."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class OpenMyPeer(Action):
    """The form of the pair of this person's unit."""

    name: ClassVar[str] = "wo"


@action
@dataclass(frozen=True, slots=True)
class OpenPeer(Action):
    """The form of a pair, for the other unit."""

    name: ClassVar[str] = "wp"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class ShowPeerLines(Action):
    """Its lines; `page` is 0-based."""

    name: ClassVar[str] = "wl"
    assessment: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class ShowPeerLine(Action):
    """One line."""

    name: ClassVar[str] = "wi"
    assessment: int
    line: int


@action
@dataclass(frozen=True, slots=True)
class AgreeLine(Action):
    """Agree with the unit on a line."""

    name: ClassVar[str] = "wa"
    assessment: int
    line: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class AgreeRest(Action):
    """Agree with every line that has no opinion yet."""

    name: ClassVar[str] = "wr"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class StartRemark(Action):
    """Remark on a line; the words are typed next."""

    name: ClassVar[str] = "wm"
    assessment: int
    line: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class StartProposing(Action):
    """Propose other points; they are typed next, then the reason."""

    name: ClassVar[str] = "wg"
    assessment: int
    line: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class HandInReview(Action):
    """Close the review."""

    name: ClassVar[str] = "wh"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class SendPeerEvidence(Action):
    """Hand back a file that the form rests on."""

    name: ClassVar[str] = "we"
    assessment: int
    number: int
