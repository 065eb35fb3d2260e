"""How well one reading of a question fits one line of the bloc: a score to rank by, a coverage to trust by."""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from bot.knowledge.documents import Document, Pair
from bot.knowledge.entries import KEYWORD, EntryKind
from bot.knowledge.question import NAMING, UNIT, Question, Reading, Word
from bot.knowledge.text import Token, is_syllable
from bot.knowledge.vocabulary import Forms, Vocabulary
from bot.knowledge.weights import Weights

SOFT = frozenset({"past", "next"})  # facets that are often said in passing
NO_TYPO_UP_TO = 3  # letters: shorter words are another word rather than a slip


class Known(NamedTuple):
    """A typed word that the bloc has. `gain` is its score at full strength, `loose` its cover out of context."""

    place: int
    key: str
    forms: Forms
    loose: float
    gain: float


class Slip(NamedTuple):
    """A word of the bloc that a typed one may be; empty `forms` or `beside` ask for nothing."""

    key: str
    quality: float
    forms: tuple[str, ...]  # any of which the line must have
    beside: tuple[Pair, ...]  # likewise


class Slipped(NamedTuple):
    """A typed word that the bloc does not have."""

    place: int
    slips: tuple[Slip, ...]
    loose: float
    gain: float


class Alike(NamedTuple):
    """A pair that sounds like two typed words, and which written forms go with their marks."""

    pair: Pair
    first: tuple[str, ...]
    second: tuple[str, ...]


class Joined(NamedTuple):
    """Two typed words side by side."""

    place: int
    pair: Pair
    gain: float
    alike: tuple[Alike, ...]
    heard: float  # the score of one that sounds alike
    mistyped: bool


class Meant(NamedTuple):
    name: str
    start: int
    end: int
    gain: float
    cover: float


class Denied(NamedTuple):
    """ "không X" where the bloc says so too."""

    pair: Pair
    worth: float
    gain: float


class Sought:
    """One reading made ready to be compared with many lines. `worth`: what each word counts in the coverage."""

    def __init__(self, question: Question, reading: Reading, vocabulary: Vocabulary, weights: Weights) -> None:
        self._vocabulary, self._weights, self._words = vocabulary, weights, reading.words
        self.marked = question.marked
        self._rarities = [vocabulary.words.rarity(word.token.key) for word in reading.words]  # 0 where no line has it
        self.worth = [
            (rarity or vocabulary.rarest) * word.weight
            for rarity, word in zip(self._rarities, reading.words, strict=True)
        ]
        self.known: list[Known] = []
        self.slipped: list[Slipped] = []
        self._add_words()
        self.joined = list(self._joined())
        self.meant = [
            Meant(
                m.phrase.name,
                m.start,
                m.end,
                weights.concept
                * vocabulary.concepts.rarity(m.phrase.name)
                * (NAMING if m.phrase.name.startswith(UNIT) else 1),
                # one syllable without marks may be many words
                weights.loose if m.size == 1 and not self.marked else weights.meant,
            )
            for m in reading.concepts
            if m.phrase.name in vocabulary.concepts
        ]
        self.denied = [
            Denied(pair, weights.denial * rarity, 2 * weights.pair * rarity)
            for pair, rarity in ((pair, vocabulary.pairs.rarity(pair)) for pair in reading.denials)
        ]
        self.total = sum(self.worth) + sum(denied.worth for denied in self.denied)
        self.spare = self._spare()

    # -- making ready ------------------------------------------------------------------------------------

    def _counted(self, *words: Word) -> float:
        return max(self._weights.asking, min(word.weight for word in words))

    def _add_words(self) -> None:
        for n, word in enumerate(self._words):
            surface, key = word.token.surface, word.token.key
            neighbours = self._words[max(n - 1, 0) : n] + self._words[n + 1 : n + 2]
            loose = 1.0 if all(other.weight < 1.0 for other in neighbours) else self._weights.loose
            gain = (self._rarities[n] or self._vocabulary.rarest) * self._counted(word)
            if self._rarities[n]:
                self.known.append(Known(n, key, self._vocabulary.forms(surface, key), loose, gain))
            elif len(key) > NO_TYPO_UP_TO and word.weight and not word.token.is_number:
                self.slipped.append(Slipped(n, tuple(self._slips(n, word.token)), loose, gain))

    def _slips(self, n: int, token: Token) -> Iterator[Slip]:
        spelt_well = is_syllable(token.key)  # then it is rarely a slip of another word
        for key in self._vocabulary.slips(token.key):
            forms = self._fitting(token, key) if self.marked else ()
            beside = self._beside(n, key) if spelt_well else ()
            if (forms or not self.marked) and (beside or not spelt_well):
                yield Slip(key, self._weights.typo, forms, beside)

    def _fitting(self, token: Token, key: str) -> tuple[str, ...]:
        forms = self._vocabulary.forms(token.surface, key)
        return tuple(written for written, fit in forms if fit >= self._weights.fitting)

    def _beside(self, n: int, key: str) -> tuple[Pair, ...]:
        before = [(word.token.key, key) for word in self._words[max(n - 1, 0) : n]]
        after = [(key, word.token.key) for word in self._words[n + 1 : n + 2]]
        return tuple(pair for pair in before + after if pair in self._vocabulary.pairs)

    def _joined(self) -> Iterator[Joined]:
        vocabulary, weights = self._vocabulary, self._weights
        heard = 0.7 * weights.pair * weights.sound * vocabulary.rarest
        mistyped = {slipped.place for slipped in self.slipped}
        for n, (first, second) in enumerate(itertools.pairwise(self._words)):
            pair = (first.token.key, second.token.key)
            gain = weights.pair * vocabulary.pairs.rarity(pair) * self._counted(first, second)
            alike = tuple(self._alike(first.token, second.token)) if first.weight == second.weight == 1.0 else ()
            slip = n in mistyped or n + 1 in mistyped
            if gain or alike or slip:
                yield Joined(n, pair, gain, alike, heard, slip)

    def _alike(self, first: Token, second: Token) -> Iterator[Alike]:
        for pair in self._vocabulary.alike(first.key, second.key):
            if not self.marked:
                yield Alike(pair, (), ())
                continue
            one, other = self._fitting(first, pair[0]), self._fitting(second, pair[1])
            if one and other:
                yield Alike(pair, one, other)

    def _spare(self) -> float:
        """What words that do not count can add to the score at most."""
        words = sum(known.gain for known in self.known if not self.worth[known.place])
        return words + sum(j.gain for j in self.joined if not (self.worth[j.place] or self.worth[j.place + 1]))

    # -- comparing ---------------------------------------------------------------------------------------

    def compare(self, document: Document, prior: float, trust: float, least: float) -> tuple[float, float] | None:
        """Score and coverage (0 to 1) of the line; None where nothing fits or the score stays below `least`.

        `prior` and `trust` are the factors of both that do not lie in the words.
        """
        weights = self._weights
        strength = self._strengths(document)
        covered = [0.0] * len(strength)
        meant = [one for one in self.meant if one.name in document.concepts]
        score = self._score_words(document, strength, covered)
        if not score and not meant:
            return None
        score += self._score_pairs(document, strength, covered, meant)
        for name, start, end, gain, cover in meant:
            score += gain * document.concepts[name]
            for n in range(start, end):
                covered[n] = max(covered[n], cover)
        held = sum(map(float.__mul__, covered, self.worth))
        for pair, worth, gain in self.denied:
            weight = document.pairs.get(pair, 0.0)
            if weight >= KEYWORD:  # said in passing, it is not what the line is about
                held += worth
                score += gain * weight
            else:
                score *= weights.not_denied
        coverage = held / self.total if self.total else 0.0
        factor = prior * (0.1 + 0.9 * coverage * trust) ** weights.power
        if (score + weights.title) * factor < least:
            return None
        score += weights.title * self._title(document, covered)
        return score * factor, coverage * trust

    def _strengths(self, document: Document) -> list[float]:
        """How surely the line has each word."""
        words, written = document.words, document.written
        found = [0.0] * len(self._words)
        for place, key, forms, _, _ in self.known:
            if key in words:
                found[place] = 1.0
                if self.marked:
                    for form, fit in forms:
                        if form in written:
                            found[place] = fit
                            break
        for place, slips, _, _ in self.slipped:
            found[place] = max((slip.quality for slip in slips if _holds(document, slip)), default=0.0)
        return found

    def _score_words(self, document: Document, strength: list[float], covered: list[float]) -> float:
        """The score of the words; sets what each covers without looking at its neighbours."""
        score, other_word = 0.0, self._weights.other_word
        for place, key, _, loose, gain in self.known:
            if sure := strength[place]:
                score += sure * document.words[key] * gain
                if sure > other_word:
                    covered[place] = sure * loose
        for place, slips, loose, gain in self.slipped:
            if sure := strength[place]:
                score += sure * max(document.words.get(slip.key, 0.0) for slip in slips) * gain
                if sure > other_word:
                    covered[place] = sure * loose
        return score

    def _score_pairs(
        self, document: Document, strength: list[float], covered: list[float], meant: list[Meant]
    ) -> float:
        """The score of words side by side; sets what they cover together."""
        score, sound = 0.0, self._weights.sound
        scored = {
            n for one in meant for n in range(one.start, one.end - 1)
        }  # a concept's own pairs are not scored again
        for place, pair, gain, alike, heard, mistyped in self.joined:
            first, second = strength[place], strength[place + 1]
            weight = document.pairs.get(pair)
            if weight is not None:
                if place not in scored:
                    score += gain * min(first, second) * weight
            elif alike and (weight := max((_heard(document, one) for one in alike), default=0.0)):
                score += heard * weight
                first = second = sound
            elif not mistyped:
                continue
            if first and second:
                covered[place] = max(covered[place], first)
                covered[place + 1] = max(covered[place + 1], second)
        return score

    def _title(self, document: Document, covered: list[float]) -> float:
        """How much of the line's best title was said."""
        said = {word.token.key: cover for word, cover in zip(self._words, covered, strict=True) if cover}
        best = 0.0
        for worths, total in document.titles(self._vocabulary.words.rarity):
            held = 0.0
            for key, worth in worths:
                if key in said:
                    held += worth * said[key]
            best = max(best, held / total)
        return best


def _holds(document: Document, slip: Slip) -> bool:
    return (
        slip.key in document.words
        and (not slip.forms or any(form in document.written for form in slip.forms))
        and (not slip.beside or any(pair in document.pairs for pair in slip.beside))
    )


def _heard(document: Document, alike: Alike) -> float:
    """The weight of a pair that sounds like what was typed; 0 where it is missing or its marks are others."""
    if alike.pair not in document.pairs:
        return 0.0
    for forms in (alike.first, alike.second):
        if forms and not any(form in document.written for form in forms):
            return 0.0
    return document.pairs[alike.pair]


class Standing:
    """What a question asks for, against what sort of line each is: the factors of its score and of its coverage."""

    def __init__(self, question: Question, weights: Weights) -> None:
        self._question, self._weights = question, weights
        self._timeless = not (question.years or question.documents)
        self._known: dict[tuple[object, ...], tuple[float, float]] = {}

    def of(self, document: Document) -> tuple[float, float]:
        found = self._known.get(document.sort)
        if found is None:
            missing = {facet for facet in self._question.facets - document.facets if _is_missed(facet, document)}
            weights = self._weights
            trust = 1.0 if not missing else weights.soft_facet if missing <= SOFT else weights.off_facet
            if _is_contrary(document, self._question):
                trust = weights.off_facet
            found = _prior(document, self._question, weights), trust
            self._known[document.sort] = found
        if self._timeless or is_of_time(document, self._question):
            return found
        return found[0], self._weights.off_facet


def is_of_time(document: Document, question: Question) -> bool:
    """Whether every year and document number that the question names is one of this line's."""
    entry, later = document.entry, "next" in document.facets
    years = all(
        year in entry.years or str(year) in document.words or (later and year - 1 in entry.years)
        for year in question.years
    )
    return years and all(number in document.words for number in question.documents)


def _is_missed(facet: str, document: Document) -> bool:
    """Of a family ("award.province") only where the line has another one of it: nothing said fits each of them."""
    family, dot, _ = facet.partition(".")
    return not dot or any(held.startswith(f"{family}.") for held in document.facets)


def _is_contrary(document: Document, question: Question) -> bool:
    """Whether one is about what is taken off and the other about what is added."""
    return any(
        said in question.intents and other not in question.intents and said not in about and other in about
        for said, other in (("minus", "plus"), ("plus", "minus"))
        for about in (document.about,)
    )


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
    if _is_contrary(document, question):
        prior *= weights.wrong_kind
    if asked & {"where", "who", "how"} and kind is EntryKind.NOTE:
        prior *= 1.1
    if "agenda" in intents:
        prior *= 2.0 if "agenda" in document.about else 0.7
    return prior
