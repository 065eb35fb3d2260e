"""What is kept of the questions that people ask: figures, and the words of those that were not answered well."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.contact import Letter
from bot.domain.errors import StaleButton
from bot.domain.moments import bare_of

LONGEST_MISSED: Final = 300  # characters of a question that are kept
KEPT_FOR: Final = timedelta(days=90)
FIGURES_OVER: Final = timedelta(days=30)


class Count(StrEnum):
    """What is counted by day and entry; the words of the question are not."""

    ANSWERED = "answered"
    OFFERED = "offered"  # asked to choose between lines
    CHOSEN = "chosen"  # one of the offered lines was opened
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why the words of a question are kept for a while."""

    UNKNOWN = "unknown"
    UNCHOSEN = "unchosen"
    DISLIKED = "disliked"


@dataclass(frozen=True, slots=True)
class Missed:
    """One question that was not answered well. Who asked it is not kept."""

    id: int
    key: str
    text: str
    why: Why
    entry: str  # the line that was disliked, "" otherwise
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """The same question, however often and however spelt; `text` is its newest wording."""

    key: str
    text: str
    times: int
    whys: frozenset[Why]
    entries: tuple[str, ...]
    last_at: datetime


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A line of the secretariat's list: a letter that waits, or a missed question, or both in one."""

    letter: Letter | None
    group: Group | None

    @property
    def source(self) -> str:
        return (
            source_of_letter(self.letter.id) if self.letter else source_of_missed(self.group.key if self.group else "")
        )

    @property
    def text(self) -> str:
        return self.letter.text if self.letter else self.group.text if self.group else ""

    @property
    def times(self) -> int:
        return (1 if self.letter else 0) + (self.group.times if self.group else 0)

    @property
    def last_at(self) -> datetime:
        moments = [self.letter.asked_at] if self.letter else []
        return max([*moments, self.group.last_at] if self.group else moments)


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody said of an answer; `missed` is the question that was kept because of it."""

    up: bool
    missed: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the last 30 days."""

    answered: int = 0
    offered: int = 0
    chosen: int = 0
    unknown: int = 0
    up: int = 0
    down: int = 0

    @property
    def asked(self) -> int:
        return self.answered + self.offered + self.unknown


class QuestionGone(StaleButton):
    """The question was handled by somebody else, or its time was over."""

    key = "questions.gone"


def shortened(text: str) -> str:
    """As much of a question as is kept, on one line."""
    return one_line(text)[:LONGEST_MISSED].strip()


def one_line(text: str) -> str:
    """Composed, on one line, without control characters or signs that turn the writing."""
    text = unicodedata.normalize("NFC", text)
    return " ".join("".join(" " if unicodedata.category(c).startswith(("C", "Z")) else c for c in text).split())


def folded(text: str) -> str:
    """The same question spelt otherwise is the same: no marks, no capitals, no punctuation, y as i."""
    return " ".join(word.replace("y", "i") if len(word) > 1 else word for word in re.findall(r"[^\W_]+", bare_of(text)))


def key_of(text: str) -> str:
    """What the same questions have in common: short, and no words of theirs."""
    return hashlib.sha256((folded(shortened(text)) or shortened(text)).encode(errors="replace")).hexdigest()[:16]


def voter_of(person_id: int, question: str, entry: str) -> str:
    """One person and answer as a digest, so that nobody counts twice and no list of who said what is kept.

    `question` is the mark of what was asked.
    """
    return hashlib.sha256(f"{person_id}\n{question}\n{entry}".encode()).hexdigest()


def grouped(missed: Iterable[Missed]) -> list[Group]:
    """The most frequent first, then the newest."""
    by_key: dict[str, list[Missed]] = {}
    for one in sorted(missed, key=lambda each: (each.at, each.id)):
        by_key.setdefault(one.key, []).append(one)
    groups = [
        Group(
            key,
            found[-1].text,
            len(found),
            frozenset(one.why for one in found),
            tuple(dict.fromkeys(one.entry for one in found if one.entry)),
            found[-1].at,
        )
        for key, found in by_key.items()
    ]
    return sorted(groups, key=lambda group: (group.times, group.last_at), reverse=True)


# -- where a kept answer comes from: a letter or a missed question ---------------------------------------------

_LETTER, _MISSED = "l", "m"


def source_of_letter(letter_id: int) -> str:
    return f"{_LETTER}{letter_id}"


def source_of_answer(letter_id: int) -> str:
    """Of an answer that a secretary has begun."""
    return f"answer:{letter_id}"


def source_of_missed(key: str) -> str:
    return f"{_MISSED}{key}"


def letter_in(source: str) -> int | None:
    """The letter's id, None where it is no letter."""
    number = source.removeprefix(_LETTER)
    return int(number) if source.startswith(_LETTER) and re.fullmatch(r"[0-9]{1,18}", number) else None


def missed_in(source: str) -> str | None:
    key = source.removeprefix(_MISSED)
    return key if source.startswith(_MISSED) and re.fullmatch(r"[0-9a-f]{16}", key) else None
