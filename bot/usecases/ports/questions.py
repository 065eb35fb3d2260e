"""What is kept of questions, and what a secretary is about to keep."""

from datetime import date, datetime
from typing import Protocol

from bot.domain.keeping import Draft
from bot.domain.questions import Count, Figures, Missed, Vote, Why


class Questions(Protocol):
    def count(self, what: Count, entry: str = "") -> None:
        """One more today."""
        ...

    def miss(self, text: str, why: Why, entry: str = "") -> int:
        """Keep the words of a question, without who asked. Returns its id."""
        ...

    def missed(self, since: datetime) -> list[Missed]:
        """Oldest first."""
        ...

    def unmiss(self, missed_id: int) -> bool: ...

    def forget(self, key: str) -> int:
        """Erase every question with this key, and drafts made of it. Returns how many questions there were."""
        ...

    def vote(self, voter: str) -> Vote | None: ...

    def set_vote(self, voter: str, entry: str, vote: Vote) -> None:
        """One row a voter, dated by its last change."""
        ...

    def figures(self, since: date) -> Figures:
        """From that day on, votes included."""
        ...

    def prune(self, before: datetime) -> int:
        """Erase questions and drafts older than this, of every bloc-year. Returns how many rows went."""
        ...


class Drafts(Protocol):
    """One a secretary and source."""

    def find(self, person_id: int, source: str) -> Draft | None: ...

    def write(self, person_id: int, draft: Draft) -> None: ...

    def drop(self, person_id: int, source: str) -> bool: ...
