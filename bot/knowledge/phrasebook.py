"""How people ask for what a bloc's file usually holds, in words that no file has: topics, read from `data/phrasebook`.

A topic is one thing that a file may hold one line about. Its *gists* are official wordings: they find the bloc's line.
Its *asks* are how officers put it: they find the topic. Neither names a line of any bloc.
"""

import gc
import heapq
import itertools
import math
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.compiled import kept
from bot.knowledge.entries import EntryKind
from bot.knowledge.lexicon import SAME, Lexicon, lexicon
from bot.knowledge.own_words import used
from bot.knowledge.question import Question, Reading, written_out
from bot.knowledge.text import Token, agreement, is_syllable, words_of
from bot.knowledge.themes import Profile, Themes

DATA: Final = Path(__file__).parent / "data" / "phrasebook"

PAIR: Final = 0.6  # of the rarity of two words side by side
CONCEPT: Final = 0.7  # of the rarity of a concept
SLIP: Final = 0.7  # of a word that may be a slip of the finger
FILLER: Final = 0.25  # the least that any word weighs: "không" and "có" tell topics apart too
PASSING: Final = 0.6  # likewise where it is told what a text is about
ASKING: Final = 0.6  # likewise of a word that says what is asked for
OTHER_WORD: Final = 0.55  # marks that agree no better make it another word
BAG: Final = 0.5  # how much a topic as a whole counts beside its nearest line
SAID: Final = 0.75  # how much more it counts that the question is covered than that the line is
SAID_OUTSIDE: Final = (
    0.4  # likewise of what files do not hold: there it is the line's further words that tell ("năm sau")
)
BAG_OUTSIDE: Final = 0.3
MOST_READINGS: Final = 2
MOST_TOPICS: Final = 8
MOST_COMPARED: Final = 16  # topics whose lines are looked at one by one
NO_SLIP_UP_TO: Final = 3  # letters

Term: TypeAlias = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """`kinds`: the sorts of line that mostly answer it. `usual`: a bloc's file mostly holds such a line."""

    id: str
    gists: tuple[str, ...]
    asks: tuple[str, ...]
    kinds: frozenset[EntryKind] = frozenset(EntryKind)
    usual: bool = True


class Near(NamedTuple):
    """A topic and how near the question comes to one of its lines: above 0, about 1.3 where that is said whole."""

    topic: Topic
    closeness: float


Lines: TypeAlias = dict[int, list[int]]  # topic -> places of lines within it


class Phrasebook:
    """Finds the topics that a question may be about."""

    def __init__(self, topics: Sequence[Topic], known: Lexicon) -> None:
        self.topics = tuple(topics)
        self._at: dict[Term, dict[str, Lines]] = defaultdict(dict)  # term -> the word with its marks -> where
        terms_of: list[list[list[Term]]] = []
        for number, topic in enumerate(self.topics):
            terms_of.append([])
            for place, text in enumerate((*topic.gists, *topic.asks)):
                terms = _terms(written_out(words_of(text), known), known)
                terms_of[-1].append(list(terms))
                for term, written in terms.items():
                    self._at[term].setdefault(written, {}).setdefault(number, []).append(place)
        count, total = sum(map(len, terms_of)), len(self.topics)
        self._rarity: dict[Term, float] = {}
        self._topic_rarity: dict[Term, float] = {}
        for term, at in self._at.items():
            share, lines = _share(term), sum(len(places) for held in at.values() for places in held.values())
            holding = len(set().union(*at.values()))
            self._rarity[term] = share * math.log(1 + count / (1 + lines))
            self._topic_rarity[term] = share * math.log(1 + (total - holding + 0.5) / (holding + 0.5))
        self._rarest, self._topic_rarest = math.log(1 + count), math.log(1 + (total + 0.5) / 0.5)
        self._mass = [[sum(self._rarity[term] for term in line) for line in lines] for lines in terms_of]
        self._themes = Themes(self._counts(), _share, count)
        self._keys = sorted(term for term in self._at if isinstance(term, str))
        self._begin(known)

    def _begin(self, known: Lexicon) -> None:
        self._known = known
        self._slips = lru_cache(4096)(partial(_slips_of, self._keys))

    def __getstate__(self) -> dict[str, Any]:
        """Without what a process makes for itself."""
        return {name: held for name, held in vars(self).items() if name not in ("_known", "_slips")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """With the lexicon that is in use, which must be the one it was made with."""
        vars(self).update(state)
        self._begin(lexicon())

    def _counts(self) -> Iterator[tuple[Term, dict[int, int]]]:
        """Each term, and in how many lines of which topics it stands."""
        for term, at in self._at.items():
            held: dict[int, int] = {}
            for lines in at.values():
                for topic, places in lines.items():
                    held[topic] = held.get(topic, 0) + len(places)
            yield term, held

    def nearest(self, question: Question) -> list[Near]:
        """The topics nearest to the question, the nearest first, at most eight."""
        best: dict[int, float] = {}
        for reading in question.readings[:MOST_READINGS]:
            for topic, closeness in self._of_reading(reading, question.marked):
                if closeness > best.get(topic, 0.0):
                    best[topic] = closeness
        ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))[:MOST_TOPICS]
        return [Near(self.topics[topic], closeness) for topic, closeness in ranked]

    def about(self, text: str) -> Profile:
        """What a stored text is about, as shares of topics by their places."""
        return self._themes.profile(dict.fromkeys(_terms(written_out(words_of(text), self._known), self._known), 1.0))

    def asked_about(self, question: Question) -> Profile:
        """What a question is about, in its likeliest reading."""
        reading = question.readings[0]
        terms: dict[Term, float] = {}
        weights = [max(word.weight, PASSING) for word in reading.words]
        for word, weight in zip(reading.words, weights, strict=True):
            terms[word.token.key] = max(weight, terms.get(word.token.key, 0.0))
        for (first, one), (second, other) in itertools.pairwise(zip(reading.words, weights, strict=True)):
            pair = first.token.key, second.token.key
            terms[pair] = max(min(one, other), terms.get(pair, 0.0))
        terms.update(dict.fromkeys((("", match.phrase.name) for match in reading.concepts), 1.0))
        return self._themes.profile(terms)

    def _of_reading(self, reading: Reading, marked: bool) -> Iterator[tuple[int, float]]:
        """Topics as a whole first; the lines of the likeliest ones then."""
        sought, mass, bag_mass = self._sought(reading, marked)
        bag = [0.0] * len(self.topics)
        wanted: list[tuple[float, Lines]] = []
        for term, weight, typed in sought:
            worth, in_bag = weight * self._rarity[term], weight * self._topic_rarity[term]
            fits = [(_fit(typed, written) if typed else 1.0, lines) for written, lines in self._at[term].items()]
            wanted += [(worth * fit, lines) for fit, lines in fits if fit]
            if len(fits) == 1:  # as nearly all have
                gained = in_bag * fits[0][0]
                for topic in fits[0][1] if gained else ():
                    bag[topic] += gained
                continue
            best: dict[int, float] = {}
            for fit, lines in sorted(fits, key=itemgetter(0)):  # so that the better form has the last word
                if fit:
                    best.update(dict.fromkeys(lines, fit))
            for topic, fit in best.items():
                bag[topic] += in_bag * fit
        for held, place in heapq.nlargest(MOST_COMPARED, zip(bag, range(0, -len(bag), -1), strict=True)):
            if not held:
                break
            topic, masses = -place, self._mass[-place]
            shared = [0.0] * len(masses)
            for worth, lines in wanted:
                for line in lines.get(topic, ()):
                    shared[line] += worth
            said, in_bag = (SAID, BAG) if self.topics[topic].usual else (SAID_OUTSIDE, BAG_OUTSIDE)
            asked, rest = said * mass, 1 - said
            closest = max(
                [one / (asked + rest * own) for one, own in zip(shared, masses, strict=True) if one], default=0.0
            )
            yield topic, (1 - in_bag) * closest + in_bag * held / bag_mass

    def _sought(self, reading: Reading, marked: bool) -> tuple[list[tuple[Term, float, str]], float, float]:
        """Known terms with their weight and what was typed with marks; what all terms weigh, by line and by topic."""
        found: dict[Term, tuple[float, str]] = {}
        mass = bag_mass = 0.0
        weights = [1.0 if word.weight == 1.0 else ASKING if word.weight else FILLER for word in reading.words]
        for word, weight in zip(reading.words, weights, strict=True):
            key, typed = word.token.key, word.token.surface if marked else ""
            if key in found:
                continue
            if key in self._rarity:
                found[key] = weight, typed
                mass += weight * self._rarity[key]
                bag_mass += weight * self._topic_rarity[key]
                continue
            mass += weight * self._rarest
            bag_mass += weight * self._topic_rarest
            if len(key) > NO_SLIP_UP_TO and not word.token.is_number:
                for other in self._slips(key):
                    found.setdefault(other, (SLIP * weight, typed))
        joined: dict[Term, float] = {}
        for n, (first, second) in enumerate(itertools.pairwise(reading.words)):
            joined.setdefault((first.token.key, second.token.key), min(weights[n], weights[n + 1]))
        for match in reading.concepts:
            joined.setdefault(("", match.phrase.name), 1.0)
        for term, weight in joined.items():
            if term in self._rarity:  # what nobody else puts together tells little against a line, so it weighs half
                found[term] = weight, ""
                mass += 0.5 * weight * self._rarity[term]
                bag_mass += 0.5 * weight * self._topic_rarity[term]
        return [(term, weight, typed) for term, (weight, typed) in found.items()], mass or 1.0, bag_mass or 1.0


def _slips_of(known: Sequence[str], key: str) -> tuple[str, ...]:
    """Known words that are one slip away; none where the word is a syllable as it stands and short."""
    if is_syllable(key) and len(key) < 5:
        return ()
    found = process.extract(key, known, scorer=OSA.distance, score_cutoff=1, limit=4, processor=None)
    return tuple(other for other, _, _ in found)


def _fit(typed: str, written: str) -> float:
    if typed == written:
        return 1.0
    fit = agreement(typed, written)
    return fit if fit > OTHER_WORD else 0.0


def _share(term: Term) -> float:
    if isinstance(term, str):
        return 1.0
    return CONCEPT if term[0] == "" else PAIR


def _terms(words: Sequence[Token], known: Lexicon) -> dict[Term, str]:
    """Words, words side by side, and concepts of a line; a single word with its marks."""
    found: dict[Term, str] = {}
    for word in words:
        found.setdefault(word.key, word.surface)
    for first, second in itertools.pairwise(words):
        found.setdefault((first.key, second.key), "")
    for match in known.matches(words, marked=True, least=0.95):
        if match.phrase.kind == SAME:
            found.setdefault(("", match.phrase.name), "")
    return found


def topics_in(folder: Path) -> list[Topic]:
    """The topics of every file of a folder, in the order of their names."""
    found: list[Topic] = []
    for path in sorted(folder.glob("*.toml")):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        kinds = frozenset(map(EntryKind, tables.pop("kinds")))
        found += [_topic(name, table, kinds) for name, table in tables.items()]
    return found


def _topic(name: str, table: Mapping[str, Any], kinds: frozenset[EntryKind]) -> Topic:
    return Topic(name, _lines(table["gist"]), _lines(table["ask"]), kinds, table.get("usual", True))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


@cache
def phrasebook() -> Phrasebook:
    """The shipped phrasebook with the installation's own topics, read once."""
    with staying():
        return kept("phrasebook", Phrasebook, used(), _phrasebook)


@contextmanager
def staying() -> Iterator[None]:
    """What is built here is never looked through for garbage: that takes as long as building it, again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was:
            gc.enable()


def _phrasebook() -> Phrasebook:
    own = [
        _topic(f"own-{name}", table, frozenset(map(EntryKind, table["kinds"]))) for name, table in used().topics.items()
    ]
    return Phrasebook([*topics_in(DATA), *own], lexicon())
