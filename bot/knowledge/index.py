"""The search index of one bloc at one revision, in memory."""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.bloc import Bloc
from bot.knowledge.documents import Document, compounds, document_of
from bot.knowledge.entries import Entry, entries_of
from bot.knowledge.lexicon import SAME, lexicon
from bot.knowledge.matching import Fit, Near, Rarity
from bot.knowledge.question import Known, Question, Reading, Word, understand
from bot.knowledge.text import is_syllable, runs, tokens
from bot.knowledge.weights import LONG, MOST_COMPARED, MOST_PARTS, SHORTEST, WEIGHTS, Weights

UNIT: Final = "unit-"  # names of concepts that are a unit of the bloc
HAND_IN: Final = "nộp"
NO_TYPO_UP_TO: Final = 3  # letters: shorter words are another word rather than a slip

TermT = TypeVar("TermT")


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` ranks; `coverage` (0 to 1) is how much of what the question says the entry holds."""

    entry: Entry
    score: float
    coverage: float


class Index:
    """Built from a bloc; `search` ranks its lines for a question."""

    def __init__(self, bloc: Bloc, weights: Weights = WEIGHTS) -> None:
        self.lexicon = lexicon().extended(_own_names(bloc))
        self.entries = {entry.id: entry for entry in entries_of(bloc)}
        self._weights = weights
        self._documents = [document_of(entry, self.lexicon) for entry in self.entries.values()]
        count = len(self._documents)
        self._rarity = Rarity(
            _rarities((d.words for d in self._documents), count),
            _rarities((d.pairs for d in self._documents), count),
            _rarities((d.concepts for d in self._documents), count),
            math.log(1 + (count + 0.5) / 0.5),
        )
        self._compounds = compounds(self._documents)
        self._holding: dict[str, set[int]] = defaultdict(set)  # places of the documents with a word or a concept
        for place, document in enumerate(self._documents):
            for term in (*document.words, *document.concepts):
                self._holding[term].add(place)
        self._vocabulary = list(self._rarity.words)
        self._codes = {runs(entry_id): entry_id for entry_id in self.entries}
        self.agenda = frozenset(d.entry.id for d in self._documents if "agenda" in d.about)
        self.handing_in = frozenset(
            phrase.name
            for phrase in self.lexicon.at(tokens(HAND_IN)[0])
            if phrase.kind == SAME and len(phrase.words) == 1
        )

    @property
    def rarest(self) -> float:
        """The rarity of a word that no line has: the scale of the scores."""
        return self._rarity.rarest

    def understand(self, text: str) -> Question:
        known = Known(
            word=lambda word: word in self._rarity.words,
            pair=lambda first, second: (first, second) in self._rarity.pairs,
            compound=lambda first, second: (first, second) in self._compounds,
        )
        return understand(text, self.lexicon, known)

    def codes_in(self, text: str) -> tuple[str, ...]:
        """Ids of the bloc that the text names, however they are spaced: "ab1.6", "AB 1.6", "ab 1 6"."""
        said = runs(text)
        longest = max((len(code) for code in self._codes), default=0)
        found: list[str] = []
        place = 0
        while place < len(said):
            for size in range(min(longest, len(said) - place), 0, -1):
                piece = said[place : place + size]
                if piece in self._codes and any(run.isdigit() for run in piece):
                    found.append(self._codes[piece])
                    place += size - 1
                    break
            place += 1
        return tuple(dict.fromkeys(found))

    def search(self, text: str) -> list[Hit]:
        """Every line that shares something with the question, best first."""
        return self.rank(self.understand(text))

    def rank(self, question: Question) -> list[Hit]:
        best: dict[str, Hit] = {}
        length = len(question.tokens) or 1
        for reading in itertools.islice(_parts(question.readings), max(2, min(MOST_PARTS, MOST_COMPARED // length))):
            near = [self._near(word) for word in reading.words]
            for document in self._candidates(reading, near):
                fit = Fit(document, question, reading, near, self._rarity, self._weights)
                before = best.get(document.entry.id)
                if fit.score and (before is None or fit.score > before.score):
                    best[document.entry.id] = Hit(document.entry, fit.score, fit.coverage)
        return sorted(best.values(), key=lambda hit: -hit.score)

    def _candidates(self, reading: Reading, near: Sequence[Sequence[Near]]) -> Iterator[Document]:
        """The documents that hold any word that counts, or any concept, of the reading."""
        terms = {one.key for word, alike in zip(reading.words, near, strict=True) if word.weight for one in alike}
        terms |= {match.phrase.name for match in reading.concepts}
        for place in sorted(set().union(*(self._holding.get(term, set()) for term in terms))):
            yield self._documents[place]

    def _near(self, word: Word) -> list[Near]:
        """The words of the bloc that a typed word may be. One that is spelt well is rarely a slip of another."""
        key = word.token.key
        near = [Near(key, 1.0)]
        if key in self._rarity.words or len(key) <= NO_TYPO_UP_TO or not word.weight or word.token.is_number:
            return near
        slips = process.extract(
            key, self._vocabulary, scorer=OSA.distance, score_cutoff=1, limit=5, processor=None
        )  # fmt: skip
        spelt_well = is_syllable(key)
        return near + [Near(other, self._weights.typo, alone=not spelt_well) for other, _, _ in slips]


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


def _rarities(documents: Iterable[Iterable[TermT]], count: int) -> dict[TermT, float]:
    seen: Counter[TermT] = Counter()
    for terms in documents:
        seen.update(set(terms))
    return {term: math.log(1 + (count - n + 0.5) / (n + 0.5)) for term, n in seen.items()}


def _own_names(bloc: Bloc) -> Iterator[tuple[str, Iterable[str]]]:
    for unit in bloc.units:
        yield f"{UNIT}{unit.code}", (unit.name, *unit.other_names)
