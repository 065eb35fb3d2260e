"""Buttons of the status screens."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class ShowStatus(Action):
    name: ClassVar[str] = "st"


@action
@dataclass(frozen=True, slots=True)
class ExportPeriod(Action):
    """Every unit of a period (its value in the bloc file) as an Excel file."""

    name: ClassVar[str] = "sx"
    period: str
