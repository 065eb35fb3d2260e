"""The knowledge of whichever bloc is in force, behind one door."""

from datetime import datetime

from bot.domain.bloc import Bloc
from bot.domain.knowledge import Answer, Before
from bot.knowledge.answer import answers_for
from bot.knowledge.entries import EntryKind
from bot.words import Words

SCORED = frozenset({EntryKind.CRITERION, EntryKind.BONUS, EntryKind.DEDUCTION})


class Library:
    """Implements the port `Knowledge`; indexes are kept per bloc and revision."""

    def answer(
        self,
        bloc: Bloc,
        question: str,
        *,
        now: datetime,
        words: Words,
        before: Before | None = None,
        about: str = "",
    ) -> Answer:
        return answers_for(bloc).answer(question, now=now, words=words, before=before, about=about)

    def open(self, bloc: Bloc, entry_id: str, *, now: datetime, words: Words, question: str = "") -> Answer:
        return answers_for(bloc).open(entry_id, now=now, words=words, question=question)

    def find_items(self, bloc: Bloc, text: str) -> tuple[str, ...]:
        return answers_for(bloc).find(text, SCORED)

    def find_milestones(self, bloc: Bloc, text: str) -> tuple[str, ...]:
        return answers_for(bloc).find(text, frozenset({EntryKind.MILESTONE}))
