"""The button that grants a unit more time."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class StartExtending(Action):
    """The new day is typed next, then the reason."""

    name: ClassVar[str] = "ty"
    milestone: str
    unit: str
