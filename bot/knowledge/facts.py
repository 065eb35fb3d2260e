"""What a question's own numbers and words pick out of a line: the band of a rate, of a delay, a named level."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.criteria import Item, ItemKind, Level, PartKind, band
from bot.knowledge.entries import KEYWORD
from bot.knowledge.index import Index
from bot.knowledge.lexicon import SAME
from bot.knowledge.question import DENIALS, Question
from bot.knowledge.text import Token, agreement, clean, fold, tokens

SUBJECT: Final = 0.7  # of what the question says that the line must hold, for a figure to be taken for its own
# What makes a level one that was missed, lost or is not there: "thỏa ước hết hiệu lực" is no "thỏa ước còn hiệu lực".
_MISSED: Final = re.compile(
    r"\b(?:het han|het hieu luc|mat|hong|hoan(?! thanh)|muon|tre|thieu|huy|lo han|qua han"
    r"|cham (?:han|tre|nop|tien do))\b"
)
_MISSED_MARKED: Final = re.compile(r"\b(?:chậm|nguyên|cựu|sắp|từ|lộ)\b")


@dataclass(frozen=True, slots=True)
class Picked:
    """`level` is what the question is about; `percent` or `days` the number that led to it."""

    level: Level
    percent: Decimal | None = None
    days: int | None = None


def pick(item: Item, question: Question, index: Index, *, named: bool = False) -> Picked | None:
    """The level that the question speaks of, where it speaks of one; `named`: it is surely about this item."""
    if question.percent is None and not question.days:
        return _by_name(item, question, index)
    return _by_rate(item, question, index, named) or _by_delay(item, question, index, named)


def _by_rate(item: Item, question: Question, index: Index, named: bool) -> Picked | None:
    if question.percent is None or not 0 <= question.percent <= 100:
        return None
    if question.turned - set(fold(item.name).split()) or _asks_what_is_lost(item, question):
        return None
    reached = index.lexicon.words_of("percentage")
    if _other_numbers(question, index, str(question.percent)):
        return None
    if not index.is_its_own(item.code, question, reached):
        return None
    if not named and index.covers(question, item.code) < SUBJECT:
        return None
    level = _only_band(item, PartKind.RATE, question.percent)
    return Picked(level, percent=question.percent) if level else None


def _asks_what_is_lost(item: Item, question: Question) -> bool:
    """How much is lost below a share: of a table that gives points for it, the level is no answer."""
    return "minus" in question.intents and item.kind is not ItemKind.DEDUCTION


def _by_delay(item: Item, question: Question, index: Index, named: bool) -> Picked | None:
    """What is late must be what the line is about: the late hand-in of something else has its own rule, or none."""
    if not question.days:
        return None
    if not named and ("evidence" in question.intents or not index.is_titled(item.code, question)):
        return None
    level = _only_band(item, PartKind.LATENESS, Decimal(question.days))
    return Picked(level, days=question.days) if level else None


def _only_band(item: Item, kind: PartKind, figure: Decimal) -> Level | None:
    """The band of the one part of this kind; where there are two, nobody knows which of them the figure is about."""
    parts = [part for part in item.parts if part.kind is kind]
    return band(parts[0], figure) if len(parts) == 1 else None


def _by_name(item: Item, question: Question, index: Index) -> Picked | None:
    """The level whose whole label was said, in its words or their equivalents; nothing where two fit or one is denied.

    A wrong level on top of an answer is worse than none: the whole table stands below it anyway.
    """
    readings = [_said(tuple(w.token for w in reading.words), question.marked, index) for reading in question.readings]
    found: list[tuple[int, Level]] = []
    for level in item.levels:
        words = tokens(level.label)
        if level.start is not None or level.below is not None or not words:
            continue
        label = _said(words, True, index)
        if any(label.within(said, question.marked) for said in readings):
            found.append((len(words), level))
    longest = max((size for size, _ in found), default=0)
    best = [level for size, level in found if size == longest]
    if len(best) != 1 or any(not _is_part(level.label, best[0].label) for _, level in found):
        return None
    return Picked(best[0]) if _is_meant(best[0], item, question, index) else None


def _is_meant(level: Level, item: Item, question: Question, index: Index) -> bool:
    """Whether all that is said is the item's name, the level's label, and that it was reached, not missed."""
    if "minus" in question.intents and (level.points or 0) > 0:
        return False
    if _names_a_unit(question):
        return False  # whether the level is that unit's, the table does not say
    said = f"{item.name} {level.label}"
    if _other_numbers(question, index, said):
        return False
    missed = set(_MISSED.findall(fold(question.text))) | set(_MISSED_MARKED.findall(clean(question.text).lower()))
    if missed - set(_MISSED.findall(fold(said))) - set(_MISSED_MARKED.findall(said.lower())):
        return False
    reached = index.lexicon.words_of("grading")
    return index.is_its_own(item.code, question, [*tokens(level.label), *reached], KEYWORD)


def _is_part(label: str, whole: str) -> bool:
    return {token.key for token in tokens(label)} <= {token.key for token in tokens(whole)}


def _other_numbers(question: Question, index: Index, own: str) -> bool:
    """Whether figures are said beside these, those of codes and the years: nobody knows then what each is about."""
    known = Counter(token.key for token in tokens(" ".join([*index.codes_in(question.text), own])))
    said = Counter(token.key for token in tokens(question.text) if token.is_number)
    return any(number not in {str(year) for year in question.years} for number in said - known)


def _names_a_unit(question: Question) -> bool:
    return bool(question.readings[0].units)


@dataclass(frozen=True, slots=True)
class _Said:
    """A text as concepts and the words between them; `denies`: it says "not" other than as a closing particle."""

    concepts: frozenset[str]
    words: tuple[Token, ...]
    denies: bool

    def within(self, other: "_Said", marked: bool) -> bool:
        if self.denies != other.denies or not self.concepts <= other.concepts:
            return False
        return all(any(_same(word, typed, marked) for typed in other.words) for word in self.words)


def _said(words: Sequence[Token], marked: bool, index: Index) -> _Said:
    matches = [m for m in index.lexicon.matches(words, marked=marked) if m.phrase.kind == SAME]
    inside = {n for match in matches for n in range(match.start, match.end)}
    return _Said(
        frozenset(match.phrase.name for match in matches),
        tuple(word for n, word in enumerate(words) if n not in inside),
        any(word.key in DENIALS for word in words[:-1]),
    )


def _same(word: Token, typed: Token, marked: bool) -> bool:
    return typed.key == word.key and (not marked or agreement(typed.surface, word.surface) >= 0.9)
