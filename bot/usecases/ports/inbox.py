"""Updates between the moment Telegram hands them over and the moment the person has their answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """One update as Telegram sent it. `lane` is the chat (or user) within which order is kept."""

    update_id: int
    lane: int
    body: str


@dataclass(frozen=True, slots=True)
class InboxRow:
    """`id` is the inbox's own sequence: the order of handling."""

    id: int
    update_id: int
    lane: int
    body: str
    attempts: int


class Inbox(Protocol):
    def add(self, bot_id: int, updates: Sequence[RawUpdate]) -> list[InboxRow]:
        """Commit what is new, in order; what is already there is passed over. Returns the new rows."""
        ...

    def waiting(self, bot_id: int, after: int = 0, limit: int = 500) -> list[InboxRow]:
        """Rows not handled yet, oldest first, from sequence `after` on; of one lane only the first few."""
        ...

    def unanswered(self, bot_id: int) -> list[InboxRow]:
        """Rows handled before a restart whose reply may not have gone out."""
        ...

    def answered(self, row_ids: Sequence[int]) -> None:
        """The replies have gone out: the body is erased."""
        ...

    def failed(self, row_id: int) -> int:
        """Count a failed attempt; returns how many there have been."""
        ...

    def set_aside(self, row_id: int, incident: str) -> None:
        """Take it out of the line; its body is kept for the operator for 30 days."""
        ...

    def prune(self) -> int:
        """Forget bodies and rows past their time; returns how many rows went."""
        ...
