"""Questions that say little by themselves: what they lean on is the question before, or the item on the screen."""

from dataclasses import dataclass
from typing import Final

from bot.domain.calendar import Period
from bot.knowledge.entries import EntryKind
from bot.knowledge.index import Index
from bot.knowledge.question import Question, Word

MOST_OWN: Final = 2  # content words up to which a question that starts with "còn", "thế" … may lean
SCORED: Final = frozenset({EntryKind.CRITERION, EntryKind.BONUS, EntryKind.DEDUCTION})
_OF_POINTS: Final = frozenset({"points", "evidence", "how", "deliver"})
# What can be asked of a line without naming it again.
_OF_ITS_OWN: Final = {
    EntryKind.MILESTONE: frozenset({"deadline", "deliver", "who", "where", "how"}),
    EntryKind.NOTE: frozenset({"how"}),
    EntryKind.CRITERION: _OF_POINTS,  # what a whole bloc adds or takes away is not in a criterion
    EntryKind.BONUS: _OF_POINTS | {"plus"},
    EntryKind.DEDUCTION: _OF_POINTS | {"minus"},
}
_ALL_ASKED: Final = frozenset().union(*_OF_ITS_OWN.values())


@dataclass(frozen=True, slots=True)
class Lean:
    """`own`: content words that the question adds; `marked`: it starts or ends as one that goes on; `period`: named."""

    own: tuple[str, ...]  # keys
    marked: bool
    period: Period | None

    @property
    def leans(self) -> bool:
        return not self.own or (self.marked and len(self.own) <= MOST_OWN)


def lean_of(question: Question, index: Index) -> Lean:
    """How far the question needs something else to be understood."""
    reading = question.readings[0]
    in_period: set[int] = set()
    period: Period | None = None
    for match in reading.concepts:
        for each, names in index.periods.items():
            if match.phrase.name in names:
                in_period.update(range(match.start, match.end))
                period = each
    asking = {n for m in reading.concepts if index.lexicon.asks(m.phrase) for n in range(m.start, m.end)}
    told = index.lexicon.keys_of("percentage")
    figure = {n for n, w in enumerate(reading.words) if w.token.key in told and question.percent is not None}
    apart = in_period | asking | figure
    own = tuple(w.token.key for n, w in enumerate(reading.words) if w.weight == 1.0 and n not in apart)
    return Lean(own, _goes_on(reading.words, index), period)


def suits(kind: EntryKind, question: Question) -> bool:
    """Whether a line of this kind says what is asked for; a question without any such word suits every line."""
    if question.percent is not None or question.days is not None:
        return kind in SCORED
    asked = question.intents & _ALL_ASKED
    if (asked & {"plus", "minus"}) - _OF_ITS_OWN[kind]:
        return False
    return not asked or bool(asked & _OF_ITS_OWN[kind])


def _goes_on(words: tuple[Word, ...], index: Index) -> bool:
    keys = [word.token.key for word in words]
    for phrase in index.lexicon.talk["leaning"]:
        said = [token.key for token in phrase]
        if keys[: len(said)] == said or (len(said) > 1 and keys[-len(said) :] == said):
            return True
    return False
