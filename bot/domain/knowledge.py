"""What can be answered from: notes with their source, and what an answer is."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Note:
    """An approved answer with its source (`hoi_dap`)."""

    id: str
    question: str
    answer: str
    source: str
    basis: str = ""  # co_so
    keywords: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    illustrative: bool = True
    kept: bool = False  # kept by the secretariat from an answer of its own, not read from a bloc file
    version: int = 1


@dataclass(frozen=True, slots=True)
class KeptPhrasing:
    """One more way to ask for a line of the bloc (`entry` is its id), kept by the secretariat."""

    id: str
    entry: str
    text: str
    version: int = 1


class AnswerState(StrEnum):
    ANSWER = "answer"
    CHOOSE = "choose"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question. `html` is for Telegram, `text` the same as the person reads it.

    `entries` are ids, best first (empty when unknown); `choices` are (id, label) to be opened with one tap; `related`
    are lines of the bloc, likewise, that one may want to read next.
    """

    state: AnswerState
    entries: tuple[str, ...]
    html: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    related: tuple[tuple[str, str], ...] = ()

    @property
    def entry(self) -> str:
        """The line that was answered with; empty for anything but an answer."""
        return self.entries[0] if self.state is AnswerState.ANSWER and self.entries else ""


@dataclass(frozen=True, slots=True)
class Before:
    """What was asked right before, and the line that answered it."""

    question: str
    entry: str
