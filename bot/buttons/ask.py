"""Buttons of questions, of the table of criteria and of the calendar."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class OpenAnswer(Action):
    """One line of the bloc (its id), for the question that was just asked."""

    name: ClassVar[str] = "qa"
    entry: str


@action
@dataclass(frozen=True, slots=True)
class PassOn(Action):
    """Send the question to the secretariat. `mark` ties the button to the question under which it stands."""

    name: ClassVar[str] = "qs"
    mark: str


@action
@dataclass(frozen=True, slots=True)
class AddToCalendar(Action):
    """A milestone (its key) as a file for the calendar on the phone."""

    name: ClassVar[str] = "qf"
    key: str


@action
@dataclass(frozen=True, slots=True)
class ListGroups(Action):
    """The groups of criteria."""

    name: ClassVar[str] = "qg"


@action
@dataclass(frozen=True, slots=True)
class ListItems(Action):
    """The lines of one group: its place in the file from 1, or one of the two words below."""

    name: ClassVar[str] = "ql"
    group: str


BONUSES, DEDUCTIONS = "b", "d"  # in place of a group's number


@action
@dataclass(frozen=True, slots=True)
class OpenItem(Action):
    """One criterion or rule by its code, from the lists."""

    name: ClassVar[str] = "qi"
    code: str


@action
@dataclass(frozen=True, slots=True)
class ListCalendar(Action):
    """Milestones still ahead (`past` 0) or past (1), from the page `page` (0-based)."""

    name: ClassVar[str] = "qc"
    past: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class OpenMilestone(Action):
    """One milestone by its key, from the calendar."""

    name: ClassVar[str] = "qm"
    key: str
