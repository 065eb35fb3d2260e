"""A message from a member to the secretariat, and the one answer to it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import DomainError, StaleButton

LONGEST_LETTER = 1500
LONGEST_ANSWER = 3000


@dataclass(frozen=True, slots=True)
class Letter:
    id: int
    person_id: int
    text: str
    asked_at: datetime
    answer: str = ""
    answered_by: int | None = None  # person id
    answered_at: datetime | None = None


class NothingWritten(DomainError):
    key = "contact.nothing-written"


class TooLong(DomainError):
    key = "contact.too-long"  # most


class Stamped(DomainError):
    """The words carry a clear stamp of classified material: nothing was kept."""

    key = "contact.stamped"


class NobodyToAsk(DomainError):
    """No secretary has joined yet."""

    key = "contact.nobody-to-ask"


class AnsweredAlready(StaleButton):
    key = "contact.answered-already"
