"""How well each line can fit at most, told cheaply from where the terms stand, before any line is compared."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Final

from bot.knowledge.matching import Sought
from bot.knowledge.vocabulary import Places, Vocabulary
from bot.knowledge.weights import Weights

MOST_TOUCHED: Final = 12_000  # places that are looked at for one reading, those of the rarest terms first


@dataclass(slots=True)
class Bounds:
    """By place, what a line's own terms add at most to its score and to the worth that it covers.

    A line whose score is 0 shares nothing that counts; `spare` and `spare_cover` may come on top for all the others.
    """

    score: list[float]
    cover: list[float]
    spare: float
    spare_cover: float = 0.0


@dataclass(slots=True)
class _Term:
    places: Places
    gain: float = 0.0
    share: float = 0.0

    @property
    def size(self) -> int:
        return sum(len(held) for _, held in self.places)


def bounds(sought: Sought, vocabulary: Vocabulary, weights: Weights) -> Bounds:
    """Never less than what a comparison finds."""
    terms: dict[Hashable, _Term] = {}
    for term, places, gain, share in _wanted(sought, vocabulary, weights):
        found = terms.get(term) or terms.setdefault(term, _Term(places))
        found.gain += gain
        found.share += share
    made = Bounds([0.0] * vocabulary.size, [0.0] * vocabulary.size, sought.spare)
    touched = 0
    for term in sorted(terms.values(), key=lambda one: one.size):
        if touched and touched + term.size > MOST_TOUCHED:  # what nearly every line has tells them little apart
            made.spare += term.gain * max(weight for weight, _ in term.places)
            made.spare_cover += term.share
        else:
            touched += term.size
            _touch(made, term)
    return made


def _touch(made: Bounds, term: _Term) -> None:
    score, cover, share = made.score, made.cover, term.share
    for weight, places in term.places:
        gain = term.gain * weight
        for place in places:
            score[place] += gain
            cover[place] += share


def _wanted(
    sought: Sought, vocabulary: Vocabulary, weights: Weights
) -> Iterator[tuple[Hashable, Places, float, float]]:
    """Terms, where they stand, and what each adds to the score (at weight 1) and to the cover."""
    worth, words, pairs = sought.worth, vocabulary.words, vocabulary.pairs
    context = max(1 - weights.loose, weights.other_word)  # what neighbours add to a word's own cover
    for n, key, forms, loose, gain in sought.known:
        if worth[n]:
            fit = forms[0][1] if sought.marked else 1.0
            alone = fit * loose if fit > weights.other_word else 0.0
            yield key, words.places(key), fit * gain, alone * worth[n]
    for n, slips, _, gain in sought.slipped:
        around = sum(worth[max(n - 1, 0) : n + 2])
        for slip in slips:
            yield slip.key, words.places(slip.key), slip.quality * gain, around
    for n, pair, gain, alike, heard, _ in sought.joined:
        if both := worth[n] + worth[n + 1]:
            yield pair, pairs.places(pair), gain, context * both
            for other in alike:
                yield other.pair, pairs.places(other.pair), heard, weights.sound * both
    for name, start, end, gain, cover in sought.meant:
        yield (name,), vocabulary.concepts.places(name), gain, cover * sum(worth[start:end])
    for pair, one, gain in sought.denied:
        yield pair, pairs.places(pair), gain, one
