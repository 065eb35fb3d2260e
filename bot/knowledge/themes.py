"""What a text is about, as shares of the phrasebook's topics: texts without a common word may still be about the same.

A word is known by the topics in whose lines it stands (explicit semantic analysis, Gabrilovich and
Markovitch 2007).
"""

import heapq
import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import itemgetter
from typing import Final, Generic, TypeAlias, TypeVar

MOST_TOPICS: Final = 30  # that a text is about; what else it touches is noise
MOST_OF_TERM: Final = 60  # topics by which a word is known

_NOTHING: Final["tuple[array[int], array[float]]"] = (array("I"), array("d"))

TermT = TypeVar("TermT", bound=Hashable)
Profile: TypeAlias = dict[int, float]  # topic -> share; the squares of the shares add up to 1


class Themes(Generic[TermT]):
    """`counts`: in how many lines of which topics each term stands; `weight`: what its sort of term counts."""

    def __init__(
        self, counts: Iterable[tuple[TermT, Mapping[int, int]]], weight: Callable[[TermT], float], lines: int
    ) -> None:
        known: list[tuple[TermT, float, list[tuple[int, float]]]] = []
        size: dict[int, float] = defaultdict(float)
        for term, held in counts:
            rarity = weight(term) * math.log(lines / sum(held.values()))
            shares = [(topic, math.log1p(count)) for topic, count in held.items()]
            known.append((term, rarity, shares))
            for topic, share in shares:
                size[topic] += (share * rarity) ** 2
        breadth = {topic: math.sqrt(whole) or 1.0 for topic, whole in size.items()}
        # Arrays: hundreds of thousands of pairs as objects of their own would weigh ten times as much.
        self._of_term: dict[TermT, tuple[array[int], array[float]]] = {}
        for term, rarity, shares in known:
            most = [(topic, share / breadth[topic]) for topic, share in shares]
            if len(most) > MOST_OF_TERM:
                most = heapq.nlargest(MOST_OF_TERM, most, key=itemgetter(1))
            length = math.sqrt(sum(share * share for _, share in most))
            self._of_term[term] = (
                array("I", [topic for topic, _ in most]),
                array("d", [rarity * share / length for _, share in most]),
            )

    def profile(self, terms: Mapping[TermT, float]) -> Profile:
        """What a text with these terms, so much weighing each, is about; empty where nothing is known of any."""
        found: dict[int, float] = defaultdict(float)
        for term, weight in terms.items():
            for topic, share in zip(*self._of_term.get(term, _NOTHING), strict=True):
                found[topic] += weight * share
        most = heapq.nlargest(MOST_TOPICS, found.items(), key=itemgetter(1))
        length = math.sqrt(sum(share * share for _, share in most))
        return {topic: share / length for topic, share in most} if length else {}


class Profiles:
    """What many texts are about, several of which may belong to one thing."""

    def __init__(self, texts: Iterable[tuple[str, str]], about: Callable[[str], Profile]) -> None:
        self._owners: list[str] = []
        self._at: dict[int, list[tuple[int, float]]] = defaultdict(list)  # topic -> places of texts and its share there
        for owner, text in texts:
            for topic, share in about(text).items():
                self._at[topic].append((len(self._owners), share))
            self._owners.append(owner)

    def alike(self, asked: Profile) -> dict[str, float]:
        """By owner, how far the nearest of its texts is about the same, above 0 and up to 1."""
        shared = [0.0] * len(self._owners)
        for topic, share in asked.items():
            for place, other in self._at.get(topic, ()):
                shared[place] += share * other
        best: dict[str, float] = {}
        for owner, one in zip(self._owners, shared, strict=True):
            if one > best.get(owner, 0.0):
                best[owner] = one
        return best
