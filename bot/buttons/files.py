"""Buttons about a file whose caption or name made the bot ask. `mark`: which file (mark_of its Telegram id)."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class VouchForFile(Action):
    """The sender says that the doubted file is not classified: fetch it and go on."""

    name: ClassVar[str] = "vf"
    mark: str


@action
@dataclass(frozen=True, slots=True)
class DropFile(Action):
    """The sender takes the doubted file back: nothing of it is kept."""

    name: ClassVar[str] = "df"
    mark: str
