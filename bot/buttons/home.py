"""Buttons of the home screen, of help and of the language."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class GoHome(Action):
    """Leave the conversation; drafts are kept."""

    name: ClassVar[str] = "zh"


@action
@dataclass(frozen=True, slots=True)
class ShowHelp(Action):
    name: ClassVar[str] = "zt"


@action
@dataclass(frozen=True, slots=True)
class SetLanguage(Action):
    name: ClassVar[str] = "zl"
    language: str
