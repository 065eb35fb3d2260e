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
    version: int = 1


class AnswerState(StrEnum):
    ANSWER = "answer"
    CHOOSE = "choose"
    UNKNOWN = "unknown"
