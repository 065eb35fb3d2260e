"""Buttons of handing in, of paper receipts and of roll-calls. Milestones by key, units by code."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class OpenHandIn(Action):
    """Begin handing in for a milestone (its key)."""

    name: ClassVar[str] = "ho"
    milestone: str


@action
@dataclass(frozen=True, slots=True)
class ListHandIns(Action):
    name: ClassVar[str] = "hl"


@action
@dataclass(frozen=True, slots=True)
class OpenForUnit(Action):
    """The same for one of several units that a person fills in for."""

    name: ClassVar[str] = "hu"
    milestone: str
    unit: str


@action
@dataclass(frozen=True, slots=True)
class StartHandIn(Action):
    """Open the bag: a first version, or the one after what was handed in as `version`."""

    name: ClassVar[str] = "hs"
    milestone: str
    unit: str
    version: int


@action
@dataclass(frozen=True, slots=True)
class UnderstoodWarning(Action):
    """Nothing classified: read, go on to the bag."""

    name: ClassVar[str] = "hw"
    milestone: str
    unit: str
    version: int


@action
@dataclass(frozen=True, slots=True)
class RemovePiece(Action):
    name: ClassVar[str] = "hr"
    hand_in: int
    piece: int


@action
@dataclass(frozen=True, slots=True)
class SubmitHandIn(Action):
    """Hand in the bag as it stood at `revision`."""

    name: ClassVar[str] = "hn"
    hand_in: int
    revision: int


@action
@dataclass(frozen=True, slots=True)
class SendPiece(Action):
    """Show one piece: the file itself, or the whole text."""

    name: ClassVar[str] = "hv"
    hand_in: int
    piece: int


@action
@dataclass(frozen=True, slots=True)
class ShowOwing(Action):
    """A secretary looks at who has settled a milestone."""

    name: ClassVar[str] = "hm"
    milestone: str


@action
@dataclass(frozen=True, slots=True)
class ShowSettled(Action):
    """A secretary looks at one unit and milestone."""

    name: ClassVar[str] = "hx"
    milestone: str
    unit: str


@action
@dataclass(frozen=True, slots=True)
class ReopenHandIn(Action):
    """A secretary lets a unit send another version after the deadline."""

    name: ClassVar[str] = "hk"
    hand_in: int


@action
@dataclass(frozen=True, slots=True)
class RecordPaper(Action):
    """A secretary begins to record a paper receipt."""

    name: ClassVar[str] = "hp"
    milestone: str
    unit: str


@action
@dataclass(frozen=True, slots=True)
class ConfirmPaper(Action):
    """Record it. `mark` ties the button to the time and reason that were shown."""

    name: ClassVar[str] = "hc"
    mark: str


@action
@dataclass(frozen=True, slots=True)
class AskWithdraw(Action):
    """Take back a paper receipt that was recorded by mistake."""

    name: ClassVar[str] = "hg"
    milestone: str
    unit: str


@action
@dataclass(frozen=True, slots=True)
class OpenRollCall(Action):
    name: ClassVar[str] = "ko"
    milestone: str


@action
@dataclass(frozen=True, slots=True)
class MarkUnit(Action):
    """Turn a unit's mark to the next, over the marks of `revision`."""

    name: ClassVar[str] = "km"
    milestone: str
    unit: str
    revision: int


@action
@dataclass(frozen=True, slots=True)
class CloseRollCall(Action):
    name: ClassVar[str] = "kc"
    milestone: str
    revision: int


@action
@dataclass(frozen=True, slots=True)
class CorrectRollCall(Action):
    """Open a closed roll-call again."""

    name: ClassVar[str] = "kr"
    milestone: str
    revision: int


@action
@dataclass(frozen=True, slots=True)
class ListMilestones(Action):
    """A secretary chooses a milestone to look at."""

    name: ClassVar[str] = "hz"


@action
@dataclass(frozen=True, slots=True)
class KeepText(Action):
    """The sender says that the doubted words are not classified."""

    name: ClassVar[str] = "ht"
    mark: str


@action
@dataclass(frozen=True, slots=True)
class DropText(Action):
    name: ClassVar[str] = "hq"
    mark: str
