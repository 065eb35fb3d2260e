"""What settles a milestone for a unit. Reminders, status and lateness all read this one table."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import DomainError


class How(StrEnum):
    ASSESSMENT = "assessment"
    HAND_IN = "hand-in"
    ROLL_CALL = "roll-call"
    PEER = "peer"  # a peer review handed in
    PAPER = "paper"  # recorded by the secretary, with time and reason


@dataclass(frozen=True, slots=True)
class Discharge:
    """`at` is the moment that stops the clock; `receipt` a code that people can quote."""

    id: int
    milestone: str
    unit: str
    at: datetime
    how: How
    receipt: str
    by: int | None = None  # person id
    reason: str = ""
    late_days: int = 0
    withdrawn_at: datetime | None = None


class AlreadyDischarged(DomainError):
    """The unit has settled this milestone already."""

    key = "discharge.already"
