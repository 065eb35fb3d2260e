"""A line of the bloc taken apart for searching."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.knowledge.entries import KEYWORD, Entry
from bot.knowledge.lexicon import FACET, HOLDS, INTENT, SAME, Lexicon
from bot.knowledge.text import Token, sound, tokens
from bot.knowledge.weights import COHESION

Pair: TypeAlias = tuple[str, str]


@dataclass(slots=True)
class Document:
    """Every mapping goes from a term to the weight of the best field it stands in."""

    entry: Entry
    words: dict[str, float] = field(default_factory=dict)
    surfaces: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    pairs: dict[Pair, float] = field(default_factory=dict)
    sounds: dict[Pair, dict[Pair, float]] = field(default_factory=lambda: defaultdict(dict))
    concepts: dict[str, float] = field(default_factory=dict)
    facets: set[str] = field(default_factory=set)
    about: set[str] = field(default_factory=set)  # intents that its title or keywords speak of
    titles: list[list[str]] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)

    def add(self, weight: float, words: list[Token], lexicon: Lexicon) -> None:
        """Take in one field's words."""
        for token in words:
            self.words[token.key] = max(self.words.get(token.key, 0.0), weight)
            self.surfaces[token.key].add(token.surface)
        for first, second in itertools.pairwise(words):
            pair = (first.key, second.key)
            self.pairs[pair] = max(self.pairs.get(pair, 0.0), weight)
            alike = self.sounds[sound(first.key), sound(second.key)]
            alike[pair] = max(alike.get(pair, 0.0), weight)
        for match in lexicon.matches(words, marked=True, least=0.95):
            name, kind = match.phrase.name, match.phrase.kind
            if kind == SAME:
                self.concepts[name] = max(self.concepts.get(name, 0.0), weight)
            elif kind in (FACET, HOLDS):
                self.facets.add(name)
            elif kind == INTENT and weight >= KEYWORD:
                self.about.add(name)


def document_of(entry: Entry, lexicon: Lexicon) -> Document:
    found = Document(entry)
    taken = {text: tokens(text) for _, text in entry.fields}
    for weight, text in entry.fields:
        found.add(weight, taken[text], lexicon)
    found.titles = [[token.key for token in taken[title]] for title in entry.titles]
    found.texts = [[token.key for token in words] for words in taken.values()]
    return found


def compounds(documents: Iterable[Document]) -> set[Pair]:
    """Pairs of syllables that mostly stand together in the bloc: one word."""
    single: Counter[str] = Counter()
    double: Counter[Pair] = Counter()
    for document in documents:
        for keys in document.texts:
            single.update(keys)
            double.update(itertools.pairwise(keys))
    return {pair for pair, n in double.items() if n / min(single[pair[0]], single[pair[1]]) >= COHESION}
