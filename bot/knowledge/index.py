"""The search index of one bloc at one revision, in memory: words, pairs of words, concepts."""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.bloc import Bloc
from bot.knowledge.entries import KEYWORD, Entry, EntryKind, entries_of
from bot.knowledge.lexicon import FACET, INTENT, SAME, Lexicon, lexicon
from bot.knowledge.question import Known, Question, Reading, understand
from bot.knowledge.text import Token, agreement, is_syllable, runs, sound, tokens

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` ranks; `coverage` (0 to 1) is how much of what the question says the entry holds."""

    entry: Entry
    score: float
    coverage: float


@dataclass(slots=True)
class _Document:
    entry: Entry
    words: dict[str, float] = field(default_factory=dict)
    surfaces: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    pairs: dict[Pair, float] = field(default_factory=dict)
    sounds: dict[Pair, float] = field(default_factory=dict)
    concepts: dict[str, float] = field(default_factory=dict)
    facets: set[str] = field(default_factory=set)
    about: set[str] = field(default_factory=set)  # intents that its title or keywords speak of


@dataclass(frozen=True, slots=True)
class Weights:
    """What was tuned, in one place."""

    pair: float = 0.7
    concept: float = 0.9
    title: float = 3.0
    loose: float = 0.6  # a word without marks that matches alone, out of its context
    loose_marked: float = 0.85
    denial: float = 0.7  # of "not X", beside the words themselves
    not_denied: float = 0.8
    sound: float = 0.75
    typo: float = 0.7
    facet_missing: float = 0.25
    wrong_kind: float = 0.6
    right_kind: float = 1.4


WEIGHTS: Final = Weights()
COHESION: Final = 0.3
LONG: Final = 11  # content words from which a question is also read clause by clause
SHORTEST: Final = 3  # content words that a clause must have to be read alone


class Index:
    """Built from a bloc; `search` ranks its lines for a question."""

    def __init__(self, bloc: Bloc, weights: Weights = WEIGHTS) -> None:
        self.bloc = bloc
        self.weights = weights
        self.lexicon = lexicon().extended(_own_names(bloc))
        self.documents = [self._document(entry) for entry in entries_of(bloc)]
        self.entries = {document.entry.id: document.entry for document in self.documents}
        self._word_idf = _idf((d.words for d in self.documents), len(self.documents))
        self._pair_idf = _idf((d.pairs for d in self.documents), len(self.documents))
        self._concept_idf = _idf((d.concepts for d in self.documents), len(self.documents))
        self._compounds = _compounds(entry for entry in self.entries.values())
        self._vocabulary = list(self._word_idf)
        self._rarest = math.log(1 + (len(self.documents) + 0.5) / 0.5)
        self._codes = {runs(entry_id): entry_id for entry_id in self.entries}

    # -- building ---------------------------------------------------------------------------------------

    def _document(self, entry: Entry) -> _Document:
        found = _Document(entry)
        for weight, text in entry.fields:
            words = tokens(text)
            for token in words:
                found.words[token.key] = max(found.words.get(token.key, 0.0), weight)
                found.surfaces[token.key].add(token.surface)
            for first, second in zip(words, words[1:], strict=False):
                pair = (first.key, second.key)
                found.pairs[pair] = max(found.pairs.get(pair, 0.0), weight)
                heard = (sound(first.key), sound(second.key))
                found.sounds[heard] = max(found.sounds.get(heard, 0.0), weight)
            for match in self.lexicon.matches(words, marked=True, least=0.95):
                name = match.phrase.name
                if match.phrase.kind == SAME:
                    found.concepts[name] = max(found.concepts.get(name, 0.0), weight)
                elif match.phrase.kind == FACET:
                    found.facets.add(name)
                elif match.phrase.kind == INTENT and weight >= KEYWORD:
                    found.about.add(name)
        return found

    # -- asking -----------------------------------------------------------------------------------------

    def understand(self, text: str) -> Question:
        return understand(
            text,
            self.lexicon,
            Known(
                word=lambda word: word in self._word_idf,
                pair=lambda a, b: (a, b) in self._pair_idf,
                compound=lambda a, b: (a, b) in self._compounds,
            ),
        )

    def codes_in(self, text: str) -> tuple[str, ...]:
        """Ids of the bloc that the text names, however they are spaced: "tc1.6", "TC 1.6", "tc 1 6"."""
        said = runs(text)
        longest = max((len(code) for code in self._codes), default=0)
        found: list[str] = []
        place = 0
        while place < len(said):
            for size in range(min(longest, len(said) - place), 0, -1):
                entry_id = self._codes.get(said[place : place + size])
                if entry_id is not None and any(run.isdigit() for run in said[place : place + size]):
                    found.append(entry_id)
                    place += size - 1
                    break
            place += 1
        return tuple(dict.fromkeys(found))

    def search(self, text: str) -> list[Hit]:
        """Every line that shares something with the question, best first."""
        return self.rank(self.understand(text))

    def rank(self, question: Question) -> list[Hit]:
        best: dict[str, Hit] = {}
        for reading in _parts(question.readings):
            near = self._near(reading)
            ceiling = [self._importance(word.token) * word.weight for word in reading.words]
            for document in self.documents:
                hit = self._hit(document, question, reading, near, ceiling)
                if hit and (document.entry.id not in best or hit.score > best[document.entry.id].score):
                    best[document.entry.id] = hit
        return sorted(best.values(), key=lambda hit: -hit.score)

    def _importance(self, token: Token) -> float:
        return self._word_idf.get(token.key, self._rarest)

    def _near(self, reading: Reading) -> list[dict[str, float]]:
        """For each word, the words of the bloc that it may be, with how surely."""
        found: list[dict[str, float]] = []
        for word in reading.words:
            key = word.token.key
            near = {key: 1.0}
            if key not in self._word_idf and len(key) > 3 and word.weight > 0 and not word.token.is_number:
                for other, _, _ in process.extract(
                    key, self._vocabulary, scorer=OSA.distance, score_cutoff=1, limit=5, processor=None
                ):
                    near[other] = self.weights.typo if not is_syllable(key) else -self.weights.typo
            found.append(near)
        return found

    def _hit(
        self,
        document: _Document,
        question: Question,
        reading: Reading,
        near: list[dict[str, float]],
        importance: list[float],
    ) -> Hit | None:
        weights = self.weights
        size = len(reading.words)
        strength = [0.0] * size  # how well each word is matched at all
        covered = [0.0] * size  # how surely it is the same word
        field_weight = [0.0] * size
        for n, word in enumerate(reading.words):
            for key, quality in near[n].items():
                if quality < 0:  # a good syllable of its own: only beside a word that fits
                    quality = -quality if self._beside(document, reading, n, key) else 0.0
                if quality and key in document.words:
                    agreed = self._agreed(document, word.token, key, question.marked) * quality
                    if agreed > strength[n]:
                        strength[n], field_weight[n] = agreed, document.words[key]
        score = sum(
            strength[n] * field_weight[n] * self._importance(word.token) * max(word.weight, 0.1)
            for n, word in enumerate(reading.words)
        )
        if not score and not any(match.phrase.name in document.concepts for match in reading.concepts):
            return None
        for n, word in enumerate(reading.words):
            lonely = not (n and reading.words[n - 1].weight == 1.0) and not (
                n + 1 < size and reading.words[n + 1].weight == 1.0
            )
            exact = question.marked and word.token.surface in document.surfaces.get(word.token.key, ())
            loose = 1.0 if lonely else weights.loose_marked if exact else weights.loose
            covered[n] = strength[n] * loose
        for n in range(size - 1):
            first, second = reading.words[n], reading.words[n + 1]
            pair = (first.token.key, second.token.key)
            if pair in document.pairs:
                agreed = min(strength[n], strength[n + 1])
                score += weights.pair * document.pairs[pair] * agreed * self._pair_idf[pair] * max(
                    min(first.weight, second.weight), 0.1
                )
                covered[n], covered[n + 1] = max(covered[n], strength[n]), max(covered[n + 1], strength[n + 1])
                continue
            heard = (sound(pair[0]), sound(pair[1]))
            if heard in document.sounds and min(first.weight, second.weight) == 1.0:
                score += weights.pair * weights.sound * document.sounds[heard] * self._rarest * 0.7
                covered[n], covered[n + 1] = max(covered[n], weights.sound), max(covered[n + 1], weights.sound)
            elif strength[n] > 0 and strength[n + 1] > 0 and (pair[0] not in document.words or pair[1] not in document.words):
                covered[n], covered[n + 1] = max(covered[n], strength[n]), max(covered[n + 1], strength[n + 1])
        for match in reading.concepts:
            there = document.concepts.get(match.phrase.name)
            if there is None:
                continue
            score += weights.concept * there * self._concept_idf[match.phrase.name]
            for n in range(match.start, match.end):
                covered[n] = max(covered[n], 0.9)
        total = sum(importance)
        matched = sum(c * i for c, i in zip(covered, importance, strict=True))
        for pair in reading.denials:
            weight = weights.denial * self._pair_idf[pair]
            total += weight
            if pair in document.pairs:
                matched += weight
                score += weights.pair * 2 * document.pairs[pair] * self._pair_idf[pair]
            else:
                score *= weights.not_denied
        coverage = matched / total if total else 0.0
        score += weights.title * self._title_share(document, reading, covered)
        score *= self._prior(document, question)
        if question.facets - document.facets or not self._right_time(document, question):
            coverage *= weights.facet_missing
        score *= 0.15 + 0.85 * coverage
        return Hit(document.entry, score, coverage)

    def _beside(self, document: _Document, reading: Reading, n: int, key: str) -> bool:
        words = reading.words
        before = n > 0 and (words[n - 1].token.key, key) in document.pairs
        return before or (n + 1 < len(words) and (key, words[n + 1].token.key) in document.pairs)

    def _agreed(self, document: _Document, token: Token, key: str, marked: bool) -> float:
        if not marked or key != token.key:
            return 1.0
        return max(agreement(token.surface, surface) for surface in document.surfaces[key])

    def _title_share(self, document: _Document, reading: Reading, covered: Sequence[float]) -> float:
        said = {word.token.key: c for word, c in zip(reading.words, covered, strict=True) if c > 0}
        best = 0.0
        for title in _titles(document.entry):
            weight = sum(self._word_idf.get(key, 0.0) for key in title)
            if weight:
                share = sum(self._word_idf.get(key, 0.0) * said.get(key, 0.0) for key in title) / weight
                best = max(best, share)
        return best

    def _right_time(self, document: _Document, question: Question) -> bool:
        """Whether every year and document number that the question names is one of this line's."""
        years_right = all(year in document.entry.years or str(year) in document.words for year in question.years)
        return years_right and all(number in document.words for number in question.documents)

    def _prior(self, document: _Document, question: Question) -> float:
        """What the question asks for decides which sort of line comes first."""
        weights, kind, intents = self.weights, document.entry.kind, question.intents
        prior = 1.0
        points = bool(intents & {"points", "minus", "plus"})
        if "deadline" in intents and not points:
            if kind is EntryKind.MILESTONE:
                prior *= weights.right_kind
            elif document.entry.is_scored:
                prior *= weights.wrong_kind
            else:
                prior *= 0.9
        if points:
            if kind is EntryKind.MILESTONE:
                prior *= weights.wrong_kind
            elif document.entry.is_scored:
                prior *= weights.right_kind
        elif "deadline" not in intents and document.entry.is_scored and "evidence" not in intents:
            prior *= 0.8
        if intents & {"where", "who"} and kind is EntryKind.NOTE:
            prior *= 1.1
        if "minus" in intents:
            prior *= 1.15 if kind is EntryKind.DEDUCTION else 0.8 if kind is EntryKind.BONUS else 1.0
        if "plus" in intents:
            prior *= 1.2 if kind is EntryKind.BONUS else 0.85 if kind is EntryKind.DEDUCTION else 1.0
        if "agenda" in intents:
            prior *= 2.0 if "agenda" in document.about else 0.7
        return prior


def _parts(readings: Sequence[Reading]) -> Iterator[Reading]:
    """The readings themselves; of a long one also its clauses, since the question hides among courtesies."""
    for reading in readings:
        yield reading
        if sum(word.weight == 1.0 for word in reading.words) < LONG:
            continue
        clauses = sorted({word.token.clause for word in reading.words})
        for first in clauses:
            for last in clauses:
                if first <= last <= first + 1 and (first, last) != (clauses[0], clauses[-1]):
                    part = reading.between(first, last)
                    if sum(word.weight == 1.0 for word in part.words) >= SHORTEST:
                        yield part


_titles_cache: dict[int, list[list[str]]] = {}


def _titles(entry: Entry) -> list[list[str]]:
    found = _titles_cache.get(id(entry))
    if found is None:
        found = [[token.key for token in tokens(title)] for title in entry.titles]
        _titles_cache[id(entry)] = found
    return found


def _idf(documents: Iterable[dict[str, float]] | Iterable[dict[Pair, float]], count: int) -> dict:  # type: ignore[type-arg]
    seen: dict = defaultdict(int)  # type: ignore[type-arg]
    for document in documents:
        for term in document:
            seen[term] += 1
    return {term: math.log(1 + (count - n + 0.5) / (n + 0.5)) for term, n in seen.items()}


def _compounds(entries: Iterable[Entry]) -> set[Pair]:
    """Pairs of words that mostly stand together in the bloc: one word of two syllables."""
    single: Counter[str] = Counter()
    double: Counter[Pair] = Counter()
    for entry in entries:
        for _, text in entry.fields:
            keys = [token.key for token in tokens(text)]
            single.update(keys)
            double.update(itertools.pairwise(keys))
    return {pair for pair, n in double.items() if n / min(single[pair[0]], single[pair[1]]) >= COHESION}


def _own_names(bloc: Bloc) -> Iterable[tuple[str, Iterable[str]]]:
    for unit in bloc.units:
        yield f"unit-{unit.code}", (unit.name, *unit.other_names)
