"""A question in, an answer out of the bloc's own data: read and cited, offered to choose from, or honestly unknown."""

import re
import string
from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime
from threading import Lock
from typing import Final

from bot.domain.bloc import Bloc
from bot.domain.knowledge import Answer, AnswerState, Before
from bot.knowledge import compose
from bot.knowledge.entries import EntryKind
from bot.knowledge.facts import pick
from bot.knowledge.index import UNIT, Hit, Index
from bot.knowledge.question import Question
from bot.words import Safe, Words, strip

MOST_CHOICES: Final = 3
COVERED: Final = 0.4  # of what the question says, for an answer to be given at all
STRONG: Final = 0.6  # of the rarest word's weight, likewise
CLOSE: Final = 0.8  # a second hit this near to the first is offered beside it
NEAREST: Final = 0.12  # of coverage, for a heading to be offered beside "not known"
LABEL: Final = 60
_QUESTIONS: Final = re.compile(r"[?;\n]+")
_CODE: Final = re.compile(r"(?P<letters>[^\W\d_]+)[ .\-]?[\d.]+")
_LETTERS: Final = string.ascii_letters + "Đđ"
_FIGURES: Final = string.digits + "."


class Answers:
    """Everything that can be answered from one bloc at one revision."""

    def __init__(self, bloc: Bloc) -> None:
        self.bloc = bloc
        self.index = Index(bloc)

    def answer(
        self, question: str, *, now: datetime, words: Words, before: Before | None = None, about: str = ""
    ) -> Answer:
        """Never raises, whatever was typed."""
        return self._several(question, now, words) or self._answer(question, now, words)

    def _several(self, question: str, now: datetime, words: Words) -> Answer | None:
        """Questions typed one behind the other, each with a line of its own: offered side by side."""
        parts = [part for part in _QUESTIONS.split(question) if part.strip()]
        if not 1 < len(parts) <= MOST_CHOICES:
            return None
        answers = [self._answer(part, now, words) for part in parts]
        firsts = dict.fromkeys(each.entries[0] for each in answers if each.state is AnswerState.ANSWER and each.entries)
        return self._to_choose(tuple(firsts), words) if len(firsts) > 1 else None

    def _answer(self, question: str, now: datetime, words: Words) -> Answer:
        coded = self.index.codes_in(question)
        asked = self.index.understand(question)
        if len(coded) == 1:
            return self._given(coded, asked, now, words)
        if coded:
            return self._to_choose(coded, words)
        if self._says_nothing(asked):
            return _made(AnswerState.UNKNOWN, (), words("ask.what"))
        hits = self.index.rank(asked)
        if self._only_asks_when(asked):
            ahead = compose.upcoming(self.bloc, now, words)
            known = [hit for hit in hits if "agenda" in asked.intents and self._trusted(hit)]
            if ahead and not known:
                ids = tuple(milestone.key for milestone in compose.ahead_of(self.bloc, now))
                return _made(AnswerState.ANSWER, ids, ahead)
        if not hits or not self._trusted(hits[0]) or self._only_names_units(asked):
            return self._unknown(hits, words)
        near = [hit for hit in hits[1:MOST_CHOICES] if self._trusted(hit) and hit.score >= CLOSE * hits[0].score]
        ids = tuple(hit.entry.id for hit in hits[:MOST_CHOICES])
        if near:
            offered = (hits[0].entry.id, *(hit.entry.id for hit in near))
            return self._to_choose(offered, words, ids)
        return self._given(ids, asked, now, words)

    def open(self, entry_id: str, *, now: datetime, words: Words, question: str = "") -> Answer:
        """One line of the bloc by its id. Raises KeyError."""
        if entry_id not in self.index.entries:
            raise KeyError(entry_id)
        return self._given((entry_id,), self.index.understand(question), now, words)

    def find(self, text: str, kinds: Collection[EntryKind]) -> tuple[str, ...]:
        """Ids of the lines of these kinds that the words mean, best first; at most nine."""
        coded = tuple(code for code in self.index.codes_in(text) if self.index.entries[code].kind in kinds)
        coded = coded or self._numbered(text, kinds)
        if coded or self._is_no_code(text):
            return coded  # for a code that the bloc does not have, any other line would be a wrong answer
        hits = self.index.rank(self.index.understand(text), kinds=kinds)
        best = hits[0].score if hits else 0.0
        return tuple(hit.entry.id for hit in hits if hit.coverage >= COVERED and hit.score >= 0.5 * best)

    def _numbered(self, text: str, kinds: Collection[EntryKind]) -> tuple[str, ...]:
        """Lines whose code is this number behind its letters: "3.2" for TC3.2."""
        entries = self.index.entries.values()
        return tuple(e.id for e in entries if e.kind in kinds and e.id.lstrip(_LETTERS) == text.strip())

    def _is_no_code(self, text: str) -> bool:
        """Written as the codes of this bloc are, "TC9.9", but none of them."""
        shaped = _CODE.fullmatch(text.strip())
        return shaped is not None and any(
            e.is_scored and e.id.rstrip(_FIGURES).casefold() == shaped["letters"].casefold()
            for e in self.index.entries.values()
        )

    # -- deciding ---------------------------------------------------------------------------------------

    def _trusted(self, hit: Hit) -> bool:
        return hit.coverage >= COVERED and hit.score >= STRONG * self.index.rarest

    def _says_nothing(self, asked: Question) -> bool:
        """A greeting, or nothing that could be looked up."""
        reading = asked.readings[0]
        return not asked.intents and not reading.concepts and not any(word.weight for word in reading.words)

    def _only_asks_when(self, asked: Question) -> bool:
        """Nothing but "when is something due?": then the next milestones are the answer."""
        if not asked.intents & {"deadline", "agenda"} or asked.years:
            return False
        reading = asked.readings[0]
        plain = {n for m in reading.concepts if m.phrase.name in self.index.handing_in for n in range(m.start, m.end)}
        return all(word.weight < 1 or n in plain for n, word in enumerate(reading.words))

    def _only_names_units(self, asked: Question) -> bool:
        """A unit and nothing else, such as "how many points has it by now?": no line of the bloc says that."""
        reading = asked.readings[0]
        named = {
            n for m in reading.concepts if m.phrase.name.startswith(UNIT) for n in range(m.start, m.end)
        }  # fmt: skip
        return bool(named) and all(word.weight < 1 or n in named for n, word in enumerate(reading.words))

    # -- saying -----------------------------------------------------------------------------------------

    def _given(self, ids: tuple[str, ...], asked: Question, now: datetime, words: Words) -> Answer:
        html = self._html(ids[0], asked, now, words)
        if "agenda" in asked.intents and ids[0] in self.index.agenda and (ahead := self._ahead(now, words)):
            html = Safe(f"{ahead}\n\n{html}")
        return _made(AnswerState.ANSWER, ids, html)

    def _ahead(self, now: datetime, words: Words) -> Safe:
        return compose.upcoming(self.bloc, now, words)

    def _html(self, entry_id: str, asked: Question, now: datetime, words: Words) -> Safe:
        kind = self.index.entries[entry_id].kind
        if kind is EntryKind.MILESTONE:
            return compose.milestone(self.bloc.milestone(entry_id), self.bloc, now, asked.intents, words)
        if kind is EntryKind.NOTE:
            return compose.note(self.bloc.note(entry_id), words)
        item = self.bloc.item(entry_id)
        return compose.item(item, self.bloc, pick(item, asked, self.index), asked.intents, words)

    def _to_choose(self, offered: tuple[str, ...], words: Words, ids: tuple[str, ...] = ()) -> Answer:
        choices = tuple((entry_id, self.label(entry_id)) for entry_id in offered[:MOST_CHOICES])
        return _made(AnswerState.CHOOSE, ids or offered, words("ask.choose"), choices)

    def _unknown(self, hits: list[Hit], words: Words) -> Answer:
        near = [hit for hit in hits[:MOST_CHOICES] if hit.coverage >= NEAREST]
        choices = tuple((hit.entry.id, self.label(hit.entry.id)) for hit in near)
        html = words("ask.unknown")
        if choices:
            html = Safe(f"{html}\n\n{words('ask.nearest')}")
        return _made(AnswerState.UNKNOWN, (), html, choices)

    def label(self, entry_id: str) -> str:
        """What a button that opens the line says, plain text."""
        entry = self.index.entries[entry_id]
        heading = f"{entry.id} {entry.heading}" if entry.is_scored else entry.heading
        return compose.shorten(heading, LABEL)


def _made(state: AnswerState, ids: tuple[str, ...], html: Safe, choices: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(state, ids, html, strip(html), choices)


_KEPT: Final = 4
_cache: OrderedDict[tuple[int, int], Answers] = OrderedDict()
_lock = Lock()


def answers_for(bloc: Bloc) -> Answers:
    """The answers of this bloc at this revision, built once and kept; a bloc that is not stored yet is not kept."""
    if not bloc.revision:
        return Answers(bloc)
    key = (bloc.id, bloc.revision)
    with _lock:
        found = _cache.get(key)
        if found is None or found.bloc != bloc:
            found = _cache[key] = Answers(bloc)
        _cache.move_to_end(key)
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
        return found
