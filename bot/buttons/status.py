"""Buttons of the status screens."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class ShowStatus(Action):
    name: ClassVar[str] = "st"
