"""Buttons of what people say of an answer, of the secretariat's list of questions, and of keeping an answer.

`source` names a letter or a missed question (bot.domain.questions).
"""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class RateAnswer(Action):
    """👍 (`up` 1) or 👎 (0) to what was answered from the line `entry` to the question with this mark."""

    name: ClassVar[str] = "qv"
    up: int
    mark: str
    entry: str


# -- the list --------------------------------------------------------------------------------------------------


@action
@dataclass(frozen=True, slots=True)
class ShowQuestions(Action):
    """The list from the page `page` (0-based)."""

    name: ClassVar[str] = "xl"
    page: int


@action
@dataclass(frozen=True, slots=True)
class ShowQuestion(Action):
    """One line of the list."""

    name: ClassVar[str] = "xo"
    source: str


@action
@dataclass(frozen=True, slots=True)
class DismissQuestion(Action):
    """A missed question needs no answer."""

    name: ClassVar[str] = "xd"
    source: str


@action
@dataclass(frozen=True, slots=True)
class AskCloseLetter(Action):
    """Ask whether a letter needs no answer."""

    name: ClassVar[str] = "xc"
    letter: int


@action
@dataclass(frozen=True, slots=True)
class ConfirmCloseLetter(Action):
    name: ClassVar[str] = "xy"
    letter: int


# -- keeping ---------------------------------------------------------------------------------------------------


@action
@dataclass(frozen=True, slots=True)
class BeginNote(Action):
    """Look at what would be kept as a new note."""

    name: ClassVar[str] = "xn"
    source: str


@action
@dataclass(frozen=True, slots=True)
class BeginPhrasing(Action):
    """Choose the line that gets another phrasing."""

    name: ClassVar[str] = "xp"
    source: str


@action
@dataclass(frozen=True, slots=True)
class KeepNotNow(Action):
    """The answer just given is not kept."""

    name: ClassVar[str] = "xq"
    source: str


@action
@dataclass(frozen=True, slots=True)
class TypeAnew(Action):
    """Type one field of the draft: question, answer, origin or phrasing."""

    name: ClassVar[str] = "xe"
    source: str
    field: str


@action
@dataclass(frozen=True, slots=True)
class PickLine(Action):
    """The phrasing belongs to the line `entry`."""

    name: ClassVar[str] = "xf"
    source: str
    entry: str


@action
@dataclass(frozen=True, slots=True)
class SaveNote(Action):
    """`mark` ties the button to the text above it."""

    name: ClassVar[str] = "xs"
    source: str
    mark: str


@action
@dataclass(frozen=True, slots=True)
class SavePhrasing(Action):
    name: ClassVar[str] = "xt"
    source: str
    mark: str


@action
@dataclass(frozen=True, slots=True)
class DropDraft(Action):
    """Throw a draft away; the letter or question stays."""

    name: ClassVar[str] = "xx"
    source: str


# -- what was kept ---------------------------------------------------------------------------------------------


@action
@dataclass(frozen=True, slots=True)
class ListKept(Action):
    name: ClassVar[str] = "xk"
    page: int


@action
@dataclass(frozen=True, slots=True)
class ShowKept(Action):
    name: ClassVar[str] = "xv"
    kept: str


@action
@dataclass(frozen=True, slots=True)
class AskTakeBack(Action):
    name: ClassVar[str] = "xa"
    kept: str
    version: int


@action
@dataclass(frozen=True, slots=True)
class ConfirmTakeBack(Action):
    name: ClassVar[str] = "xb"
    kept: str
    version: int
