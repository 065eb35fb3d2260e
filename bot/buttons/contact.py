"""Buttons between a member and the secretariat."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class AskSecretariat(Action):
    """Begin a message to the secretariat."""

    name: ClassVar[str] = "ca"


@action
@dataclass(frozen=True, slots=True)
class AnswerLetter(Action):
    """A secretary begins an answer."""

    name: ClassVar[str] = "cr"
    letter: int


@action
@dataclass(frozen=True, slots=True)
class DropAnswer(Action):
    """Leave an answer that was begun: it is not offered any more, the message stays open."""

    name: ClassVar[str] = "cx"
    letter: int


@action
@dataclass(frozen=True, slots=True)
class ShowLetters(Action):
    """The oldest message that waits for an answer."""

    name: ClassVar[str] = "cl"
