"""Buttons of handing in."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class OpenHandIn(Action):
    """Begin handing in for a milestone (its key)."""

    name: ClassVar[str] = "ho"
    milestone: str
