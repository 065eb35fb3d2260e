"""Asking the bloc's own data: a question in free words, one line by its id, criteria and milestones by words."""

from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from bot.domain.bloc import Bloc
from bot.domain.calendar import Milestone, closes_at
from bot.domain.criteria import Item
from bot.domain.errors import DomainError
from bot.domain.knowledge import Answer, Before
from bot.domain.people import Member
from bot.usecases.ports.knowledge import Knowledge
from bot.usecases.ports.work import Work

WordsT = TypeVar("WordsT")


class EntryGone(DomainError):
    """A button for a line that the bloc's current revision does not have."""

    key = "ask.gone"


class Ask(Generic[WordsT]):
    """A member's question, answered from the bloc in force."""

    def __init__(self, work: Work, knowledge: Knowledge[WordsT]) -> None:
        self._work, self._knowledge = work, knowledge

    def __call__(
        self, actor: Member, question: str, words: WordsT, *, before: Before | None = None, about: str = ""
    ) -> Answer:
        """`before` and `about`: what the words may refer to, see Knowledge; a line that the bloc has dropped is none.

        Raises NoBloc. Nothing is kept or counted here (see usecases/questions.py).
        """
        bloc = self._work.bloc
        if before is not None and not _has(bloc, before.entry):
            before = None
        about = about if _has(bloc, about) else ""
        return self._knowledge.answer(bloc, question, now=self._work.now, words=words, before=before, about=about)


def _has(bloc: Bloc, entry: str) -> bool:
    """Whether the bloc in force has this line."""
    looks: tuple[Callable[[str], object], ...] = (bloc.item, bloc.milestone, bloc.note)
    for find in looks:
        with suppress(KeyError):
            find(entry)
            return True
    return False


class OpenEntry(Generic[WordsT]):
    """One line of the bloc as an answer."""

    def __init__(self, work: Work, knowledge: Knowledge[WordsT]) -> None:
        self._work, self._knowledge = work, knowledge

    def __call__(self, actor: Member, entry_id: str, words: WordsT, question: str = "") -> Answer:
        """Raises NoBloc or EntryGone."""
        try:
            return self._knowledge.open(self._work.bloc, entry_id, now=self._work.now, words=words, question=question)
        except KeyError:
            raise EntryGone() from None


class FindItems(Generic[WordsT]):
    """Criteria and rules by code or by words."""

    def __init__(self, work: Work, knowledge: Knowledge[WordsT]) -> None:
        self._work, self._knowledge = work, knowledge

    def __call__(self, actor: Member, text: str) -> list[Item]:
        """Best first; empty when nothing fits. Raises NoBloc."""
        bloc = self._work.bloc
        return [bloc.item(code) for code in self._knowledge.find_items(bloc, text)]


class FindMilestones(Generic[WordsT]):
    """Milestones by words."""

    def __init__(self, work: Work, knowledge: Knowledge[WordsT]) -> None:
        self._work, self._knowledge = work, knowledge

    def __call__(self, actor: Member, text: str) -> list[Milestone]:
        """Best first; empty when nothing fits. Raises NoBloc."""
        bloc = self._work.bloc
        return [bloc.milestone(key) for key in self._knowledge.find_milestones(bloc, text)]


class ListMilestones:
    """The calendar of the bloc-year."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> tuple[list[Milestone], list[Milestone]]:
        """(still ahead, nearest first; past, latest first). Raises NoBloc."""
        ordered = sorted(self._work.bloc.milestones, key=closes_at)
        ahead = [m for m in ordered if closes_at(m) >= self._work.now]
        past = [m for m in ordered if closes_at(m) < self._work.now]
        return ahead, past[::-1]
