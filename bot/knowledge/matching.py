"""How well one reading of a question fits one line of the bloc: a score to rank by, a coverage to trust by."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge.documents import Document, Pair
from bot.knowledge.entries import KEYWORD, EntryKind
from bot.knowledge.question import Question, Reading, Word
from bot.knowledge.text import Token, agreement, sound
from bot.knowledge.weights import Weights


@dataclass(frozen=True, slots=True)
class Rarity:
    """How telling a term is in this bloc; `rarest` is that of a word which no line has."""

    words: Mapping[str, float]
    pairs: Mapping[Pair, float]
    concepts: Mapping[str, float]
    rarest: float

    def of(self, token: Token) -> float:
        return self.words.get(token.key, self.rarest)


@dataclass(frozen=True, slots=True)
class Near:
    """A word of the bloc that a typed word may be. `alone`: also without a neighbour that fits."""

    key: str
    quality: float
    alone: bool = True


class Fit:
    """One reading against one line. `score` and `coverage` are set once made; coverage is from 0 to 1."""

    def __init__(
        self,
        document: Document,
        question: Question,
        reading: Reading,
        near: Sequence[Sequence[Near]],
        rarity: Rarity,
        weights: Weights,
    ) -> None:
        self.document, self.question, self.reading = document, question, reading
        self.near, self.rarity, self.weights = near, rarity, weights
        self.score = self.coverage = 0.0
        self._strength = [self._strongest(n) for n in range(len(reading.words))]
        if not any(self._strength) and not any(self._meant()):
            return
        self._covered = [self._alone(n) for n in range(len(reading.words))]
        self._add_words()
        self._add_pairs()
        self._add_concepts()
        self.coverage = self._share()
        self.score += weights.title * self._title()
        self.score *= _prior(document, question, weights)
        if question.facets - document.facets or not _right_time(document, question):
            self.coverage *= weights.off_facet
        self.score *= (0.1 + 0.9 * self.coverage) ** weights.power

    # -- words -------------------------------------------------------------------------------------------

    def _strongest(self, n: int) -> float:
        token = self.reading.words[n].token
        best = 0.0
        for near in self.near[n]:
            if near.key not in self.document.words or not (near.alone or self._beside(n, near.key)):
                continue
            if near.key == token.key:
                best = max(best, near.quality * self._agreed(token))
            elif not self.question.marked or self._marks_fit(token, near.key):
                best = max(best, near.quality)
        return best

    def _agreed(self, token: Token) -> float:
        if not self.question.marked:
            return 1.0
        return max(agreement(token.surface, surface) for surface in self.document.surfaces[token.key])

    def _marks_fit(self, token: Token, key: str) -> bool:
        surfaces = self.document.surfaces.get(key, ())
        return any(agreement(token.surface, surface) >= self.weights.fitting for surface in surfaces)

    def _beside(self, n: int, key: str) -> bool:
        words = self.reading.words
        before = n > 0 and (words[n - 1].token.key, key) in self.document.pairs
        return before or (n + 1 < len(words) and (key, words[n + 1].token.key) in self.document.pairs)

    def _alone(self, n: int) -> float:
        """How surely a word is the same without looking at its neighbours."""
        words, token = self.reading.words, self.reading.words[n].token
        if self._strength[n] <= self.weights.other_word:
            return 0.0
        neighbours = words[max(n - 1, 0) : n] + words[n + 1 : n + 2]
        if all(word.weight < 1.0 for word in neighbours):
            return self._strength[n]
        exact = self.question.marked and token.surface in self.document.surfaces.get(token.key, ())
        return self._strength[n] * (self.weights.loose_marked if exact else self.weights.loose)

    def _add_words(self) -> None:
        for n, word in enumerate(self.reading.words):
            if self._strength[n]:
                field = max(self.document.words.get(near.key, 0.0) for near in self.near[n])
                self.score += self._strength[n] * field * self.rarity.of(word.token) * self._counted(word)

    def _counted(self, *words: Word) -> float:
        return max(self.weights.asking, *(0.0, min(word.weight for word in words)))

    # -- pairs, concepts, denials ------------------------------------------------------------------------

    def _add_pairs(self) -> None:
        words, weights = self.reading.words, self.weights
        scored = {n for m in self.reading.concepts if self._has(m.phrase.name) for n in range(m.start, m.end - 1)}
        for n, (first, second) in enumerate(itertools.pairwise(words)):
            pair = (first.token.key, second.token.key)
            if pair in self.document.pairs:
                self._cover(n, self._strength[n], self._strength[n + 1])
                if n not in scored:  # what a concept scores, its own pairs of words do not score again
                    agreed = min(self._strength[n], self._strength[n + 1])
                    worth = self.document.pairs[pair] * self.rarity.pairs[pair]
                    self.score += weights.pair * agreed * worth * self._counted(first, second)
                continue
            heard = self._heard(first.token, second.token) if min(first.weight, second.weight) == 1.0 else 0.0
            if heard:
                self._cover(n, weights.sound, weights.sound)
                self.score += 0.7 * weights.pair * weights.sound * heard * self.rarity.rarest
            elif self._mistyped(n) or self._mistyped(n + 1):
                self._cover(n, self._strength[n], self._strength[n + 1])

    def _mistyped(self, n: int) -> bool:
        """Matched, though only by another spelling."""
        return self._strength[n] > 0 and self.reading.words[n].token.key not in self.document.words

    def _heard(self, first: Token, second: Token) -> float:
        """The weight of a stored pair that sounds like these two; 0 where there is none or the marks say no."""
        alike = self.document.sounds.get((sound(first.key), sound(second.key)), {})
        fits = (
            weight
            for pair, weight in alike.items()
            if not self.question.marked or (self._marks_fit(first, pair[0]) and self._marks_fit(second, pair[1]))
        )
        return max(fits, default=0.0)

    def _cover(self, n: int, first: float, second: float) -> None:
        if first and second:
            self._covered[n] = max(self._covered[n], first)
            self._covered[n + 1] = max(self._covered[n + 1], second)

    def _has(self, concept: str) -> bool:
        return concept in self.document.concepts

    def _meant(self) -> Iterator[bool]:
        return (self._has(match.phrase.name) for match in self.reading.concepts)

    def _add_concepts(self) -> None:
        for match in self.reading.concepts:
            name = match.phrase.name
            if not self._has(name):
                continue
            self.score += self.weights.concept * self.document.concepts[name] * self.rarity.concepts[name]
            bare = match.size == 1 and not self.question.marked  # one syllable without marks may be many words
            for n in range(match.start, match.end):
                self._covered[n] = max(self._covered[n], self.weights.loose if bare else self.weights.meant)

    # -- the whole ---------------------------------------------------------------------------------------

    def _share(self) -> float:
        """How much of what the reading says, by weight and rarity, the line holds; denials count as words."""
        worth = [self.rarity.of(word.token) * word.weight for word in self.reading.words]
        total = sum(worth)
        held = sum(covered * one for covered, one in zip(self._covered, worth, strict=True))
        for pair in self.reading.denials:
            one = self.weights.denial * self.rarity.pairs[pair]
            total += one
            if self.document.pairs.get(pair, 0.0) >= KEYWORD:  # said in passing, it is not what the line is about
                held += one
                self.score += 2 * self.weights.pair * self.document.pairs[pair] * self.rarity.pairs[pair]
            else:
                self.score *= self.weights.not_denied
        return held / total if total else 0.0

    def _title(self) -> float:
        """How much of the line's best title was said."""
        said = {word.token.key: c for word, c in zip(self.reading.words, self._covered, strict=True) if c > 0}
        best = 0.0
        for title in self.document.titles:
            worth = [self.rarity.words.get(key, 0.0) for key in title]
            if total := sum(worth):
                best = max(best, sum(one * said.get(key, 0.0) for key, one in zip(title, worth, strict=True)) / total)
        return best


def _right_time(document: Document, question: Question) -> bool:
    """Whether every year and document number that the question names is one of this line's."""
    years = all(year in document.entry.years or str(year) in document.words for year in question.years)
    return years and all(number in document.words for number in question.documents)


def _prior(document: Document, question: Question, weights: Weights) -> float:
    """What the question asks for decides which sort of line comes first."""
    kind, intents, scored = document.entry.kind, question.intents, document.entry.is_scored
    prior, asked = 1.0, intents & document.about
    points = intents & {"points", "minus", "plus"}
    if points:
        other = weights.wrong_kind if kind is EntryKind.MILESTONE else 1.2 if points & asked else 0.9
        prior *= weights.right_kind if scored else other
    elif "deadline" in intents:
        other = weights.wrong_kind if scored else 0.95 if "deadline" in asked else 0.7
        prior *= weights.right_kind if kind is EntryKind.MILESTONE else other
    elif scored and "evidence" not in intents:
        prior *= 0.8
    if "minus" in intents:
        prior *= {EntryKind.DEDUCTION: 1.15, EntryKind.BONUS: 0.8}.get(kind, 1.0)
    if "plus" in intents:
        prior *= {EntryKind.BONUS: 1.2, EntryKind.DEDUCTION: 0.85}.get(kind, 1.0)
    if asked & {"where", "who", "how"} and kind is EntryKind.NOTE:
        prior *= 1.1
    if "agenda" in intents:
        prior *= 2.0 if "agenda" in document.about else 0.7
    return prior
