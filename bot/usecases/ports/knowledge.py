"""What can be known of a bloc, without saying how it is found."""

from datetime import datetime
from typing import Protocol, TypeVar

from bot.domain.bloc import Bloc
from bot.domain.knowledge import Answer, Before

WordsT = TypeVar("WordsT", contravariant=True)


class Knowledge(Protocol[WordsT]):
    """Answers are written with the words of one language."""

    def answer(
        self,
        bloc: Bloc,
        question: str,
        *,
        now: datetime,
        words: WordsT,
        before: Before | None = None,
        about: str = "",
    ) -> Answer:
        """Never raises, whatever was typed.

        `before` is what was asked a moment ago: "và cuối năm?" means the same thing for the other period. `about` is
        the code of the item on the person's screen: a question that names nothing means that one.
        """
        ...

    def open(self, bloc: Bloc, entry_id: str, *, now: datetime, words: WordsT, question: str = "") -> Answer:
        """One line of the bloc; `question` decides what stands first. Raises KeyError."""
        ...

    def find_items(self, bloc: Bloc, text: str) -> tuple[str, ...]:
        """Codes of the criteria and rules that the words mean, best first, at most nine."""
        ...

    def find_milestones(self, bloc: Bloc, text: str) -> tuple[str, ...]:
        """Keys of the milestones that the words mean, best first, at most nine."""
        ...
