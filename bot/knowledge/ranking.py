"""The last word on which line answers a question: the words, the phrasebook and the sort of fact, weighed together.

What weighs how much was fitted by cross-validation over the question files (`python -m benchmarks tuning`); the numbers
stand in `data/tuned.toml`.
"""

import math
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import mul
from pathlib import Path
from typing import Final

from bot.knowledge.entries import Entry, EntryKind
from bot.knowledge.index import EVERY_KIND, Index, Plain
from bot.knowledge.links import Links
from bot.knowledge.phrasebook import Phrasebook, Topic, phrasebook
from bot.knowledge.question import Question

DATA: Final = Path(__file__).parent / "data" / "tuned.toml"
MOST_BY_WORDS: Final = 12  # lines that are taken from the search by words
WORD_FOR_WORD: Final = 0.6  # a topic this near is asked for in the phrasebook's own words, or nearly
AS_NEAR: Final = 0.95
OTHER_NUMBER: Final = 4.0  # off the score: too rare in the question files to be fitted, but never on a right line there
OFF: Final = 0.4  # and then the line is not to be trusted, as with another year
ANOTHER_TIME: Final = 0.05
UNDENIED: Final = 4.0  # likewise; once on a right line, 25 times on a wrong one
SURELY: Final = 0.6  # a link this strong is as good as certain
MOST_PLAIN: Final = 6  # lines that share most words, whatever those are worth
EVIDENCE: Final = ("relative", "words", "topics", "titles", "plain", "plain_kind", "theme", "theme_body")
CONFIDENCE: Final = (
    *("score", "coverage", "most_covered", "timely", "words", "topics"),
    *("outside", "usual", "unheld", "content", "ahead", "outside_first"),
    *("unasked", "asks_when", "asks_points", "asks_who", "milestone", "note"),
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line, its score (only differences tell), and what speaks for it, in the order of EVIDENCE.

    `timely`: less than 1 where it does not speak of the sort of fact that is asked for, or of that time.
    """

    entry: Entry
    score: float
    coverage: float
    values: tuple[float, ...]
    timely: float
    of_time: bool  # not another year's or another document's

    @property
    def evidence(self) -> Mapping[str, float]:
        return dict(zip(EVIDENCE, self.values, strict=True))


@dataclass(frozen=True, slots=True)
class Held:
    """A topic that the question comes near to, and how surely the bloc holds a line about it, 0 to 1."""

    topic: Topic
    closeness: float
    held: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best first. `sure` is how likely the bloc's data answers the question at all, 0 to 1."""

    lines: tuple[Ranked, ...]
    near: tuple[Held, ...]  # topics of the phrasebook
    sure: float

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(line.entry.id for line in self.lines)


@dataclass(slots=True)
class _Candidate:
    by_words: float = 0.0
    coverage: float = 0.0
    topics: float = 0.0
    titles: float = 0.0


class Ranker:
    """Ranks the lines of one bloc."""

    def __init__(self, index: Index, book: Phrasebook | None = None) -> None:
        self.index, self._book = index, book or phrasebook()
        self.links = Links(index, self._book)

    def rank(self, question: Question, kinds: Collection[EntryKind] = EVERY_KIND) -> Ranking:
        """The lines of these kinds that have anything to say."""
        near = [self._held(topic, closeness) for topic, closeness in self._book.nearest(question)]
        found = self._candidates(question, near, kinds)
        plain, alike = self.index.plainly(question), self.links.alike(self._book.asked_about(question))
        for entry_id in plain.best(MOST_PLAIN, kinds):
            found.setdefault(entry_id, _Candidate())
        best = max((one.by_words for one in found.values()), default=0.0)
        standing, otherwise = self.index.standings(question), self.index.said_otherwise(question)
        lines = [
            self._weighed(
                question,
                entry_id,
                one,
                best,
                plain,
                alike.get(entry_id, (0.0, 0.0)),
                standing(entry_id),
                otherwise(entry_id),
            )
            for entry_id, one in found.items()
        ]
        lines.sort(key=lambda line: (-line.score, line.entry.id))
        sure = 0.0
        if lines:
            as_asked = self._as_asked(near, lines[0]) * lines[0].timely ** 2
            sure = max(_sure(signs_of(question, lines, near)), as_asked) * trusted(lines[0])
        return Ranking(tuple(lines), tuple(near), sure)

    def _as_asked(self, near: Sequence[Held], first: Ranked) -> float:
        """How sure it is when people ask in just these words for what the line is about, whatever its own words are."""
        if not near or near[0].closeness < WORD_FOR_WORD:
            return 0.0
        if any(not one.topic.usual and one.closeness >= AS_NEAR * near[0].closeness for one in near):
            return 0.0  # as likely it is something that no file holds
        return self.links.of(near[0].topic).get(first.entry.id, 0.0)

    def _held(self, topic: Topic, closeness: float) -> Held:
        links = [*self.links.of(topic).values(), *self.links.titled(topic).values()]
        return Held(topic, closeness, min(1.0, 2 * max(links, default=0.0)))

    def _candidates(
        self, question: Question, near: Sequence[Held], kinds: Collection[EntryKind]
    ) -> dict[str, _Candidate]:
        found: dict[str, _Candidate] = {}
        for hit in self.index.rank(question, MOST_BY_WORDS, kinds):
            found[hit.entry.id] = _Candidate(hit.score, hit.coverage)
        for one in near:
            for entry_id, strength in self.links.titled(one.topic).items():
                line = found.setdefault(entry_id, _Candidate())
                line.titles = _either(line.titles, min(0.9, (one.closeness * strength) ** 1.5))
            for entry_id, strength in self.links.of(one.topic).items():
                line = found.setdefault(entry_id, _Candidate())
                line.topics = _either(line.topics, min(0.95, one.closeness * min(1.0, strength / SURELY)))
        return {entry_id: line for entry_id, line in found.items() if self.index.entries[entry_id].kind in kinds}

    def _weighed(
        self,
        question: Question,
        entry_id: str,
        one: _Candidate,
        best: float,
        plain: Plain,
        alike: tuple[float, float],
        standing: tuple[float, float],
        otherwise: tuple[bool, bool],
    ) -> Ranked:
        prior, timely = standing
        shared = plain.of(entry_id)
        values = (
            one.by_words / best if best else 0.0,
            one.by_words / self.index.rarest,
            one.topics,
            one.titles,
            shared,
            shared * prior,
            *alike,
        )
        score = sum(map(mul, tuned().weights, values))
        other_number, undenied = otherwise
        score -= OTHER_NUMBER * other_number + UNDENIED * undenied
        timely *= OFF if other_number else 1.0
        of_time = self.index.is_of_time(question, entry_id) and not other_number
        return Ranked(self.index.entries[entry_id], score, one.coverage, values, timely, of_time)


def trusted(line: Ranked) -> float:
    """What is never left to the fitted numbers: a line of another year is no answer, however well its words fit."""
    return 1.0 if line.of_time else ANOTHER_TIME


def _either(one: float, other: float) -> float:
    """How likely at least one of two independent signs is right."""
    return 1 - (1 - one) * (1 - other)


def signs_of(question: Question, lines: Sequence[Ranked], near: Sequence[Held]) -> dict[str, float]:
    """What tells how far the best of these lines can be trusted, by the names of CONFIDENCE."""
    if not lines:
        return {}
    first = lines[0]
    content = sum(word.weight == 1.0 for word in question.readings[0].words)
    outside = max((one.closeness for one in near if not one.topic.usual), default=0.0)
    usual = max((one.closeness for one in near if one.topic.usual), default=0.0)
    kind, asks = first.entry.kind, question.intents
    values = (
        first.score,
        first.coverage,
        max(line.coverage for line in lines),
        first.timely,
        math.log1p(first.evidence["words"]),
        first.evidence["topics"],
        outside,
        usual,
        max((one.closeness * (1 - one.held) for one in near), default=0.0),
        math.log1p(content),
        outside - usual,
        bool(near) and not near[0].topic.usual,
        not asks,
        *(name in asks for name in ("deadline", "points", "who")),
        *(kind is wanted for wanted in (EntryKind.MILESTONE, EntryKind.NOTE)),
    )
    return dict(zip(CONFIDENCE, map(float, values), strict=True))


def _sure(signs: Mapping[str, float]) -> float:
    weights = tuned()
    told = weights.bias + sum(weights.confidence[name] * value for name, value in signs.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, told))))


@dataclass(frozen=True)
class Tuned:
    """The fitted numbers, and the three limits by which an answer is given, offered or refused."""

    evidence: Mapping[str, float]
    confidence: Mapping[str, float]
    bias: float
    least: float  # of `sure`, for anything to be answered
    apart: float  # of the score, that the first line must be ahead of the second

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """Those of the evidence, in the order of EVIDENCE."""
        return tuple(self.evidence[name] for name in EVIDENCE)


@cache
def tuned() -> Tuned:
    """The shipped numbers, read once."""
    held = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return Tuned(held["evidence"], held["confidence"], held["bias"], held["least"], held["apart"])
