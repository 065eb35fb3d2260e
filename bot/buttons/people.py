"""Buttons of leaving, and of the secretary's roster."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class AskLeave(Action):
    """Ask whether to give up one of one's own memberships."""

    name: ClassVar[str] = "pl"
    membership: int


@action
@dataclass(frozen=True, slots=True)
class ConfirmLeave(Action):
    name: ClassVar[str] = "py"
    membership: int


@action
@dataclass(frozen=True, slots=True)
class ShowRoster(Action):
    name: ClassVar[str] = "pd"


@action
@dataclass(frozen=True, slots=True)
class ShowRosterUnit(Action):
    """One unit's people. An empty code stands for the secretariat."""

    name: ClassVar[str] = "pu"
    unit: str


@action
@dataclass(frozen=True, slots=True)
class MakeInvite(Action):
    """`role` is a Role's value; an empty unit stands for the secretariat."""

    name: ClassVar[str] = "pi"
    unit: str
    role: str


@action
@dataclass(frozen=True, slots=True)
class AskEnd(Action):
    """Ask whether to end somebody's membership."""

    name: ClassVar[str] = "pe"
    membership: int


@action
@dataclass(frozen=True, slots=True)
class ConfirmEnd(Action):
    name: ClassVar[str] = "px"
    membership: int
