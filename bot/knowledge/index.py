"""The search index of one bloc at one revision, in memory."""

import heapq
import itertools
import math
import re
import string
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.knowledge.bounds import MOST_TOUCHED, bounds
from bot.knowledge.documents import Document, Pair, Uses, document_of
from bot.knowledge.entries import KEYWORD, Entry, EntryKind, entries_of
from bot.knowledge.lexicon import FACET, lexicon
from bot.knowledge.matching import Sought, Standing, is_of_time
from bot.knowledge.question import DENIAL, UNIT, Known, Question, Reading, understand
from bot.knowledge.text import Token, clean, fold, runs, words_of
from bot.knowledge.vocabulary import Vocabulary
from bot.knowledge.weights import (
    FEWEST_COMPARED,
    LONG,
    MOST_COMPARED,
    MOST_HOPEFUL,
    MOST_PARTS,
    MOST_READ,
    SHORTEST,
    WEIGHTS,
    Weights,
)

LATELY: Final = 64
PERIODS: Final = {Period.MID_YEAR: "mid_year", Period.YEAR_END: "year_end"}  # as [talk] calls them
MOST_HITS: Final = 9
HARDLY: Final = 0.25  # of the lines: a mark may stand elsewhere in a line by chance
_LETTERS: Final = string.ascii_letters + "Đđ"
_CODE: Final = re.compile(r"\b(?P<letters>[a-z]{2,5}(?=[.-]?\d)|[ivx](?=[.-]\d))[.-]?\d{1,3}(?:\.\d{1,3})?\b(?![/%-])")
_NUMBERED: Final = re.compile(r"\btieu chi (?:so )?(\d{1,2}\.\d{1,2})\b")
EVERY_KIND: Final = frozenset(EntryKind)
TIMES: Final = frozenset({"ngai", "thang", "tuan", "phut"})  # of which a milestone's own dates may tell
SLACK: Final = 1.000001  # a bound and a score add up in another order


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` ranks; `coverage` (0 to 1) is how much of what the question says the entry holds."""

    entry: Entry
    score: float
    coverage: float


class Plain:
    """Shares from 0 to 1 by line."""

    def __init__(self, shares: list[float], places: Mapping[str, int], documents: Sequence[Document]) -> None:
        self._shares, self._places, self._documents = shares, places, documents

    def of(self, entry_id: str) -> float:
        return self._shares[self._places[entry_id]]

    def best(self, most: int, kinds: Collection[EntryKind]) -> list[str]:
        """Ids of the lines of these kinds that have the largest shares, best first."""
        wanted = [(share, -place) for place, share in enumerate(self._shares) if share]
        if len(kinds) < len(EVERY_KIND):
            wanted = [one for one in wanted if self._documents[-one[1]].entry.kind in kinds]
        return [self._documents[-place].entry.id for _, place in heapq.nlargest(most, wanted)]


class Index:
    """Built from a bloc; `search` ranks its lines for a question."""

    def __init__(self, bloc: Bloc, weights: Weights = WEIGHTS) -> None:
        self.lexicon = lexicon().extended(_own_names(bloc))
        self.entries = {entry.id: entry for entry in entries_of(bloc)}
        self._weights = weights
        self._uses = Uses()
        lines = self._for_lines = self.lexicon.for_lines()
        self._documents = [document_of(entry, lines, self._uses) for entry in self.entries.values()]
        self._vocabulary = Vocabulary(self._documents)
        self._place = {document.entry.id: place for place, document in enumerate(self._documents)}
        self._codes = {runs(entry_id): entry_id for entry_id in self.entries}
        self._word_for_word: dict[tuple[str, ...], list[str]] = {}
        for entry in self.entries.values():
            for title in entry.titles[: entry.asked]:
                self._word_for_word.setdefault(_keys(title), []).append(entry.id)
        codes = [found for entry_id in self.entries if (found := _CODE.fullmatch(fold(entry_id)))]
        self._prefixes = {found["letters"] for found in codes}
        self._longest_code = max((len(code) for code in self._codes), default=0)
        # What the bloc itself and its units are called is no question about another sort of bloc or fact.
        names = [bloc.name, bloc.short_name, *(name for unit in bloc.units for name in (unit.name, *unit.other_names))]
        own = lines.matches(words_of(" . ".join(names)), marked=True)
        self._own_facets = frozenset(match.phrase for match in own if match.phrase.kind == FACET)
        self.understand = lru_cache(LATELY)(self._understood)  # one question is looked at from several sides
        self.agenda = frozenset(d.entry.id for d in self._documents if "agenda" in d.about)
        self.periods = {period: self.lexicon.concepts_of(name) for period, name in PERIODS.items()}
        self.handing_in, self.reporting = self.lexicon.concepts_of("handing_in"), self.lexicon.concepts_of("reporting")

    @property
    def rarest(self) -> float:
        """The rarity of a word that no line has: the scale of the scores."""
        return self._vocabulary.rarest

    def _understood(self, text: str) -> Question:
        known = Known(
            word=lambda word: word in self._vocabulary.words,
            pair=lambda first, second: (first, second) in self._vocabulary.pairs,
            compound=self._uses.is_compound,
            otherwise=self._is_written_otherwise,
            own=self._own_facets,
        )
        return understand(text, self.lexicon, known)

    def _is_written_otherwise(self, first: Token, second: Token) -> bool:
        """Whether lines have these two words side by side, but hardly any has both of them as they are marked here."""
        places = [place for _, held in self._vocabulary.pairs.places((first.key, second.key)) for place in held]
        wanted = {word.surface for word in (first, second) if word.surface != word.key}
        same = sum(wanted <= self._documents[place].written for place in places)
        return same < HARDLY * len(places)

    def codes_in(self, text: str) -> tuple[str, ...]:
        """Ids of the bloc that the text names, however they are spaced: "ab1.6", "AB 1.6", "ab 1 6", "tiêu chí 1.6"."""
        said = runs(text)
        if said in self._codes:
            return (self._codes[said],)
        found: list[str] = []
        place = 0
        while place < len(said):
            for size in range(min(self._longest_code, len(said) - place), 0, -1):
                piece = said[place : place + size]
                if piece in self._codes and any(run.isdigit() for run in piece):
                    found.append(self._codes[piece])
                    place += size - 1
                    break
            place += 1
        if not found and (numbered := _NUMBERED.search(fold(clean(text)))):
            found += self.numbered(numbered[1], {EntryKind.CRITERION})
        return tuple(dict.fromkeys(found))

    def numbered(self, number: str, kinds: Collection[EntryKind]) -> tuple[str, ...]:
        """Lines of these kinds whose code is this number behind its letters: "3.2" for TC3.2."""
        entries = self.entries.values()
        return tuple(e.id for e in entries if e.kind in kinds and e.id.lstrip(_LETTERS) == number)

    def missing_code(self, text: str) -> str:
        """What is written as a code of this bloc is, and is none; empty where nothing is."""
        plain = fold(clean(text))
        for found in _CODE.finditer(plain):
            if found["letters"] in self._prefixes and runs(found[0]) not in self._codes:
                return found[0].upper()
        numbered = _NUMBERED.search(plain)
        return numbered[1] if numbered and not self.codes_in(text) else ""

    def _document(self, entry_id: str) -> Document:
        return self._documents[self._place[entry_id]]

    def has_all(self, entry_id: str, keys: Iterable[str]) -> bool:
        """Whether a line has all of these words."""
        words = self._document(entry_id).words
        return all(key in words for key in keys)

    def word_for_word(self, text: str) -> tuple[str, ...]:
        """Ids of the lines that are asked for in just these words, marks aside."""
        return tuple(dict.fromkeys(self._word_for_word.get(_keys(text), ())))

    def search(self, text: str) -> list[Hit]:
        """The lines that fit the text best, best first."""
        return self.rank(self.understand(text))

    def rank(self, question: Question, most: int = MOST_HITS, kinds: Collection[EntryKind] = EVERY_KIND) -> list[Hit]:
        """The best `most` lines of these kinds, best first; fewer where fewer share anything with the question."""
        best: dict[int, Hit] = {}
        least = 0.0  # what a line must reach to be among them
        standing = Standing(question, self._weights)
        length = len(question.tokens) or 1
        for reading in itertools.islice(_parts(question.readings), max(2, min(MOST_PARTS, MOST_READ // length))):
            sought = Sought(question, reading, self._vocabulary, self._weights)
            for bound, place in self._hopeful(sought, standing, least, kinds):
                if bound < least:
                    break
                document = self._documents[place]
                found = sought.compare(document, *standing.of(document), least)
                if found and found[0] >= least and (place not in best or found[0] > best[place].score):
                    best[place] = Hit(document.entry, *found)
                    if len(best) >= most:
                        least = heapq.nlargest(most, (hit.score for hit in best.values()))[-1]
        ranked = sorted(best.items(), key=lambda one: (-one[1].score, one[0]))
        return [hit for _, hit in ranked[:most]]

    def standings(self, question: Question) -> Callable[[str], tuple[float, float]]:
        """By id, how well a line's sort suits what is asked, and whether it is of the right year and sort of fact."""
        standing = Standing(question, self._weights)
        return lambda entry_id: standing.of(self._document(entry_id))

    def is_of_time(self, question: Question, entry_id: str) -> bool:
        """Whether every year and document number that the question names is one of this line's."""
        return not (question.years or question.documents) or is_of_time(self._document(entry_id), question)

    def covers(self, question: Question, entry_id: str) -> float:
        """How much of what the question says this line holds, 0 to 1."""
        document = self._document(entry_id)
        best = 0.0
        for reading in question.readings[:2]:
            found = Sought(question, reading, self._vocabulary, self._weights).compare(document, 1.0, 1.0, 0.0)
            best = max(best, found[1] if found else 0.0)
        return best

    def is_its_own(self, entry_id: str, question: Question, also: Iterable[Token], least: float = 0.0) -> bool:
        """Whether a reading says nothing that the line (its fields of at least this weight) and `also` do not say.

        Nor as said of the contrary: "giữ chức vụ" is not this line's own where it only has "không giữ chức vụ".
        """
        document, more = self._document(entry_id), list(also)
        keys = {key for key, weight in document.words.items() if weight >= least}
        keys |= {token.key for token in more} | set(runs(entry_id))
        named = {name for name, weight in document.concepts.items() if weight >= least}
        named |= {m.phrase.name for m in self._for_lines.matches(more, marked=True)}
        return any(
            self._is_in(reading, keys, named) and not _is_contrary(reading, document) for reading in question.readings
        )

    def is_titled(self, entry_id: str, question: Question) -> bool:
        """Whether everything that the question names stands in the line's own title."""
        titled = words_of(self.entries[entry_id].heading)
        keys = {token.key for token in titled}
        named = {m.phrase.name for m in self._for_lines.matches(titled, marked=True)}
        return any(self._is_in(reading, keys, named) for reading in question.readings)

    def _is_in(self, reading: Reading, keys: set[str], named: set[str]) -> bool:
        said = reading.places_of(named)
        counted = {n + 1 for n, word in enumerate(reading.words) if word.token.is_number}  # "2 ngày"
        return all(
            word.weight < 1 or word.token.key in keys or n in said | counted for n, word in enumerate(reading.words)
        )

    def said_otherwise(self, question: Question) -> Callable[[str], tuple[bool, bool]]:
        """By id, whether a line says other numbers than are asked for, and no such "không" as the question does.

        Its titles say another "đợt 2", or it tells of no number of what the question wants to know how many there are.
        """
        reading = question.readings[0]
        numbered = [
            (first.key, second.key)
            for first, second in itertools.pairwise(word.token for word in reading.words)
            if first.is_number != second.is_number and (len(first.key) <= 3 or not first.is_number)
        ]
        known = self._vocabulary.concepts
        denials = {
            m.phrase.name for m in reading.concepts if m.phrase.words[0].key == DENIAL and m.phrase.name in known
        }

        counted = self._how_many(reading, question)

        def said(entry_id: str) -> tuple[bool, bool]:
            if not (numbered or denials or reading.denials or counted):
                return False, False
            document = self._document(entry_id)
            if counted - document.counted and not (document.entry.kind is EntryKind.MILESTONE and counted <= TIMES):
                return True, False
            pairs, concepts = document.pairs, document.concepts
            same = any(pairs.get(pair, 0.0) >= KEYWORD for pair in numbered)
            other = not same and any(self._has_other_number(pairs, *pair) for pair in numbered)
            denied = any(pairs.get(pair, 0.0) >= KEYWORD for pair in reading.denials)
            denied = denied or any(concepts.get(name, 0.0) >= KEYWORD for name in denials)
            return other, bool(reading.denials or denials) and not denied

        return said

    def _how_many(self, reading: Reading, question: Question) -> set[str]:
        """What the question wants to know the number of, if it is a thing that a line would count."""
        keys = [word.token.key for word in reading.words]
        behind = [*(b for a, b in itertools.pairwise(keys) if a == "may")]
        behind += [c for a, b, c in zip(keys, keys[1:], keys[2:], strict=False) if (a, b) == ("bao", "nhieu")]
        return set(behind) & self.lexicon.keys_of("counted")

    @staticmethod
    def _has_other_number(pairs: Mapping[Pair, float], first: str, second: str) -> bool:
        """Whether a title has the same word beside another number of one or two figures."""
        at = 1 if first.isdigit() else 0
        word = (first, second)[at]
        return any(
            pair[at] == word and weight >= KEYWORD and pair[1 - at].isdigit() and len(pair[1 - at]) < 3
            for pair, weight in pairs.items()
        )

    def plainly(self, question: Question) -> Plain:
        """What share of all the question's words (fillers too) each line has, the rarer the more."""
        words = self._vocabulary.words
        keys = {word.token.key for word in question.readings[0].words}
        rarities = {key: words.rarity(key) or self.rarest for key in keys}
        total, touched = sum(rarities.values()) or 1.0, 0
        held = [(words.count(key), key) for key in keys]
        shares = [0.0] * len(self._documents)
        for size, key in sorted(held):
            touched += size
            if touched > MOST_TOUCHED:  # the commonest words of a very large bloc tell little
                break
            for weight, at in words.places(key):
                worth = rarities[key] * math.sqrt(weight) / total
                for place in at:
                    shares[place] += worth
        return Plain(shares, self._place, self._documents)

    def _hopeful(
        self, sought: Sought, standing: Standing, least: float, kinds: Collection[EntryKind]
    ) -> list[tuple[float, int]]:
        """The places that may reach `least`, with the score that each can reach at most, best first."""
        made = bounds(sought, self._vocabulary, self._weights)
        found: list[tuple[float, int]] = []
        spare, total, power = made.spare + self._weights.title, sought.total or 1.0, self._weights.power
        for place in _likeliest(made.score, made.cover):
            document = self._documents[place]
            prior, trust = standing.of(document)
            share = min(1.0, (made.cover[place] + made.spare_cover) / total)
            bound = SLACK * prior * (made.score[place] + spare) * (0.1 + 0.9 * share * trust) ** power
            if bound >= least and document.entry.kind in kinds:
                found.append((bound, place))
        return sorted(found, reverse=True)[: max(FEWEST_COMPARED, MOST_COMPARED // (len(sought.worth) or 1))]


def _is_contrary(reading: Reading, document: Document) -> bool:
    before = DENIAL
    for word in reading.words:
        key = word.token.key
        if word.weight == 1 and before != DENIAL and (DENIAL, key) in document.pairs and document.words[key] < KEYWORD:
            return True
        before = key
    return False


def _keys(text: str) -> tuple[str, ...]:
    return tuple(token.key for token in words_of(text))


def _likeliest(score: Sequence[float], cover: Sequence[float]) -> list[int]:
    """The places with any score; of very many only the best, roughly told."""
    if len(score) <= MOST_HOPEFUL:
        return [place for place, gained in enumerate(score) if gained]
    rough = [one * other for one, other in zip(score, cover, strict=True)]
    least = heapq.nlargest(MOST_HOPEFUL, rough)[-1]
    return [place for place, product in enumerate(rough) if product >= least and score[place]]


def _parts(readings: Sequence[Reading]) -> Iterator[Reading]:
    """The readings themselves; of a long one also its clauses, since the question hides among courtesies."""
    yield from readings
    for reading in readings:
        if sum(word.weight == 1.0 for word in reading.words) < LONG:
            continue
        clauses = sorted({word.token.clause for word in reading.words})
        for first in clauses:
            for last in clauses:
                if first <= last <= first + 1 and (first, last) != (clauses[0], clauses[-1]):
                    part = reading.between(first, last)
                    if sum(word.weight == 1.0 for word in part.words) >= SHORTEST:
                        yield part


def _own_names(bloc: Bloc) -> Iterator[tuple[str, Iterable[str]]]:
    for unit in bloc.units:
        yield f"{UNIT}{unit.code}", (unit.name, *unit.other_names)
