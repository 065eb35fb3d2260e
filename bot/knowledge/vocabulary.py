"""The words of one bloc: where they stand, how rare they are, how they are written, what a slip of them may be."""

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Final, Generic, TypeAlias, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.documents import Document, Pair
from bot.knowledge.text import agreement, key_of, sound

KEPT: Final = 4096  # of each sort of what was looked up lately
TermT = TypeVar("TermT", bound=Hashable)
Forms: TypeAlias = tuple[tuple[str, float], ...]  # written forms and how well they fit, best first
Places: TypeAlias = list[tuple[float, list[int]]]  # weights, and the documents that hold a term at that weight


class Terms(Generic[TermT]):
    """The documents that hold a term, by their places, and its rarity: the fewer hold it, the more it tells."""

    def __init__(self, documents: int) -> None:
        self._rarities = [math.log(1 + (documents - n + 0.5) / (n + 0.5)) for n in range(documents + 1)]
        self._by_weight: dict[float, dict[TermT, list[int]]] = {}  # of weights there is a handful

    def add(self, place: int, terms: Mapping[TermT, float]) -> None:
        for term, weight in terms.items():
            held = self._by_weight.get(weight)
            if held is None:
                held = self._by_weight[weight] = defaultdict(list)
            held[term].append(place)

    def __contains__(self, term: TermT) -> bool:
        return any(term in held for held in self._by_weight.values())

    def places(self, term: TermT) -> Places:
        return [(weight, held[term]) for weight, held in self._by_weight.items() if term in held]

    def count(self, term: TermT) -> int:
        """How many lines have it."""
        count = 0
        for held in self._by_weight.values():
            if term in held:
                count += len(held[term])
        return count

    def rarity(self, term: TermT) -> float:
        """0 for a term that no line has."""
        count = self.count(term)
        return self._rarities[count] if count else 0.0


class Vocabulary:
    """Words are known by their keys; `rarest` is the rarity of a word which no line has."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.size = len(documents)
        self.words, self.pairs, self.concepts = Terms[str](self.size), Terms[Pair](self.size), Terms[str](self.size)
        for place, document in enumerate(documents):
            self.words.add(place, document.words)
            self.pairs.add(place, document.pairs)
            self.concepts.add(place, document.concepts)
        self.rarest = math.log(1 + (self.size + 0.5) / 0.5)
        self._written: dict[str, list[str]] = defaultdict(list)
        for written in sorted(set().union(*(d.written for d in documents))):
            self._written[key_of(written)].append(written)
        self._keys = sorted(self._written)
        self._sounding: dict[str, list[str]] = defaultdict(list)
        for key in self._keys:
            self._sounding[sound(key)].append(key)
        self.forms = lru_cache(KEPT)(self._forms)
        self.slips = lru_cache(KEPT)(self._slips)
        self.alike = lru_cache(KEPT)(self._alike)

    def _forms(self, typed: str, key: str) -> Forms:
        """How the bloc writes a key, each with the agreement of the typed marks."""
        return tuple(sorted(((w, agreement(typed, w)) for w in self._written.get(key, ())), key=lambda f: -f[1]))

    def _slips(self, key: str) -> tuple[str, ...]:
        """Words of the bloc that are one slip of the finger away."""
        found = process.extract(key, self._keys, scorer=OSA.distance, score_cutoff=1, limit=None, processor=None)
        return tuple(other for other, _, _ in found)

    def _alike(self, first: str, second: str) -> tuple[Pair, ...]:
        """Other pairs of the bloc that sound like these two words."""
        return tuple(
            (a, b)
            for a in self._sounding.get(sound(first), ())
            for b in self._sounding.get(sound(second), ())
            if (a, b) in self.pairs and (a, b) != (first, second)
        )
