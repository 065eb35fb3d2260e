"""Buttons under a reminder and on the reminder settings."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class QuietEarly(Action):
    """Switch the 14 and 7 day reminders off (`on` 0) or on again (1) for oneself.

    `settings` 1: the button stands on the settings, which are shown anew; 0: under a reminder, which stays as it is.
    """

    name: ClassVar[str] = "rq"
    on: int
    settings: int
