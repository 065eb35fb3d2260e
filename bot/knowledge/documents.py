"""A line of the bloc taken apart for searching."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, TypeAlias

from bot.knowledge.entries import KEYWORD, Entry, EntryKind
from bot.knowledge.lexicon import FACET, HOLDS, INTENT, SAME, Lexicon
from bot.knowledge.text import Token, words_of
from bot.knowledge.weights import COHESION

NUMBERS: Final = frozenset({"mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi"})
PERCENT: Final = "phan"  # "phần trăm"

Pair: TypeAlias = tuple[str, str]
Sort: TypeAlias = tuple[EntryKind, frozenset[str], frozenset[str]]  # kind, about, facets
Title: TypeAlias = tuple[list[tuple[str, float]], float]


@dataclass(slots=True)
class Document:
    """Every mapping goes from a term to the weight of the best field it stands in; words and pairs are keys."""

    entry: Entry
    words: dict[str, float] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)  # the words with their marks
    pairs: dict[Pair, float] = field(default_factory=dict)
    concepts: dict[str, float] = field(default_factory=dict)
    facets: set[str] = field(default_factory=set)
    about: set[str] = field(default_factory=set)  # intents that its title or keywords speak of
    percent: bool = False  # whether a share is told
    sort: Sort = (EntryKind.NOTE, frozenset(), frozenset())
    _titles: list[Title] | None = None
    _counted: frozenset[str] | None = None

    @property
    def counted(self) -> frozenset[str]:
        """Words behind a number: what the line tells how many there are of; made when first wanted."""
        if self._counted is None:
            behind = {what for number, what in self.pairs if number.isdigit() or number in NUMBERS}
            self._counted = frozenset(behind | {PERCENT} if self.percent else behind)
        return self._counted

    def titles(self, rarity: Callable[[str], float]) -> list[Title]:
        """Each title as its keys with their rarity, and the sum of those; made when first wanted."""
        if self._titles is None:
            keyed = [[(token.key, rarity(token.key)) for token in words_of(title)] for title in self.entry.titles]
            self._titles = [(worths, total) for worths in keyed if (total := sum(worth for _, worth in worths))]
        return self._titles


@dataclass(slots=True)
class Uses:
    """How often the syllables of a bloc are used, alone and side by side."""

    single: Counter[str] = field(default_factory=Counter)
    double: Counter[Pair] = field(default_factory=Counter)

    def is_compound(self, first: str, second: str) -> bool:
        """Whether two syllables mostly stand together: one word."""
        together = self.double[first, second]
        return bool(together) and together / min(self.single[first], self.single[second]) >= COHESION


def document_of(entry: Entry, lexicon: Lexicon, uses: Uses) -> Document:
    """The line as a document; its words are added to `uses`."""
    found = Document(entry)
    texts: dict[str, list[str]] = {}
    pairs: list[Pair] = []
    for weight, text in sorted(entry.fields, key=itemgetter(0)):  # so that the better field has the last word
        words = words_of(text)
        keys = [token.key for token in words]
        joined = list(itertools.pairwise(keys))
        if text not in texts:
            texts[text] = keys
            pairs += joined
        found.words.update(dict.fromkeys(keys, weight))
        found.written.update([token.surface for token in words])
        found.pairs.update(dict.fromkeys(joined, weight))
        found.percent = found.percent or "%" in text
        _add_meanings(found, weight, words, lexicon)
    if len(entry.years) > 1:  # a milestone that falls into the year after
        found.facets.add("next")
    uses.single.update(itertools.chain.from_iterable(texts.values()))
    uses.double.update(pairs)
    found.sort = (entry.kind, frozenset(found.about), frozenset(found.facets))
    return found


def _add_meanings(document: Document, weight: float, words: list[Token], lexicon: Lexicon) -> None:
    for match in lexicon.matches(words, marked=True, least=0.95):
        name, kind = match.phrase.name, match.phrase.kind
        if kind == SAME:
            document.concepts[name] = weight
        elif kind in (FACET, HOLDS):
            document.facets.add(name)
        elif kind == INTENT and weight >= KEYWORD:
            document.about.add(name)
