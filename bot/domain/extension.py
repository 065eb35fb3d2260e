"""More time for one unit (gia hạn): a milestone as it stands for a unit that was granted another day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain.calendar import Milestone
from bot.domain.errors import DomainError


class NotLater(DomainError):
    """The new day is not after the one in force. Params: `due`."""

    key = "extension.not-later"


class TooFar(DomainError):
    """The new day is outside of what the bloc-year can hold. Params: `latest`."""

    key = "extension.too-far"


class NoExtension(DomainError):
    """Only the day of a self-assessment is moved."""

    key = "extension.none-here"


@dataclass(frozen=True, slots=True)
class Extension:
    """Granted to `unit` for `milestone`: due on `due_on`, at the milestone's own time of day."""

    id: int
    milestone: str
    unit: str
    due_on: date
    reason: str
    by: int
    at: datetime


def extended(milestone: Milestone, extension: Extension | None) -> Milestone:
    """The milestone as it stands for the unit; the bloc's own day where that has become later."""
    if extension is None or extension.due_on <= milestone.due_on:
        return milestone
    return replace(milestone, due_on=extension.due_on)


def variants(milestone: Milestone, by_unit: Mapping[str, Extension]) -> list[tuple[Milestone, frozenset[str] | None]]:
    """The milestone's days with the units they hold for; None: every unit that no other day holds for."""
    moved: dict[date, set[str]] = {}
    for unit, extension in by_unit.items():
        later = extended(milestone, extension)
        if later is not milestone:
            moved.setdefault(later.due_on, set()).add(unit)
    found: list[tuple[Milestone, frozenset[str] | None]] = [(milestone, None)]
    return found + [(replace(milestone, due_on=day), frozenset(units)) for day, units in sorted(moved.items())]
