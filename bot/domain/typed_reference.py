"""Evidence given as text: a link, or number and date of a document already sent."""

import re
import unicodedata
from datetime import date
from typing import Final

from bot.domain.assessment import EvidenceKind
from bot.domain.errors import DomainError
from bot.domain.typed_question import is_topic, sounds_like_question


class ReferenceNotRead(DomainError):
    """Neither a link nor a document's number and date."""

    key = "assessment.reference-not-read"


class FigureTyped(ReferenceNotRead):
    """A figure: what was answered is meant to be corrected, and no document is named."""

    key = "assessment.figure-no-reference"


class WordsNeeded(DomainError):
    """A figure where an explanation in words is asked for."""

    key = "assessment.words-needed"


class DateMissing(ReferenceNotRead):
    """A document's number without its date. Params: `number`."""

    key = "assessment.date-missing"


class NoSuchDay(DateMissing):
    """A day that the calendar does not have. Params: `number`, `day` as typed."""

    key = "assessment.no-such-day"


MOST_LINES: Final = 10
_FIGURE: Final = re.compile(r"\d{1,6}(?:[.,]\d+)?(?:\s*/\s*\d{1,6})?\s*(?:%|điểm|diem|đ)?", re.I)
_LINK: Final = re.compile(
    r"https?://[^\s<>]{4,500}|(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:vn|com|org|net)(?:/[^\s<>]*)?", re.I
)
_NUMBER: Final = re.compile(
    r"\b\d{1,6}[a-zA-Z]?\s*/\s*(?:\d{4}\s*/\s*)?[A-ZĐa-zđ][\wĐđ.&-]*(?:\s*-\s*[A-ZĐ][\wĐđ.&-]*)*"
)
_PARTY: Final = re.compile(r"\b\d{1,6}\s*-\s*[A-ZĐ]{1,6}\s*/\s*[A-ZĐa-zđ][\wĐđ.&-]*")  # 05-NQ/ĐU
# By its sort and a bare number: only with its date is it surely a document.
_BARE: Final = re.compile(
    r"\b(?:báo cáo|kế hoạch|quyết định|công văn|nghị quyết|tờ trình|thông báo|biên bản|chỉ thị|hướng dẫn|chương trình"
    r"|văn bản|giấy chứng nhận|giấy xác nhận|bằng khen|giấy khen)\s+số\s*:?\s*\d{1,6}\b",
    re.I,
)
_DATE: Final = re.compile(
    r"\b(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\b|\b(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})\b", re.I
)


def read_references(text: str) -> list[tuple[EvidenceKind, str]]:
    """(kind, title) of every line. Raises ReferenceNotRead, or DateMissing for a number without a date."""
    lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_LINES:
        raise ReferenceNotRead()
    read = [_read(part) for line in lines for part in _parts(line)]
    if len(read) > MOST_LINES:
        raise ReferenceNotRead()
    return read


def _parts(line: str) -> list[str]:
    """Several documents in one line, each with a number and a date of its own, are as many pieces."""
    parts = [part.strip() for part in line.split(";") if part.strip()]
    whole = len(parts) > 1 and all(_number_in(part) and _dated(part) for part in parts)
    return parts if whole else [line]


def _number_in(line: str) -> re.Match[str] | None:
    """A document's number, the Party's way of writing them included."""
    return _NUMBER.search(line) or _PARTY.search(line)


def is_figure(text: str) -> bool:
    """Whether it is a figure and nothing else."""
    return _FIGURE.fullmatch(" ".join(text.split())) is not None


def expect_words(text: str) -> None:
    """Raise WordsNeeded for a figure and nothing else."""
    if is_figure(text):
        raise WordsNeeded()


def asks(text: str) -> bool:
    """Whether what was typed where a document is waited for is a question: it sounds like one, and names none."""
    return (sounds_like_question(text) or is_topic(text)) and not names_document(text)


def names_document(text: str) -> bool:
    """Whether it is a link or has a document's number in it, its date or not."""
    try:
        read_references(text)
    except DateMissing:
        return True  # its date is asked for
    except ReferenceNotRead:
        return False
    return True


def _read(line: str) -> tuple[EvidenceKind, str]:
    if len(line) > 500:
        raise ReferenceNotRead()
    if _LINK.fullmatch(line.split()[0]) or re.search(r"https?://", line):
        return EvidenceKind.LINK, line
    number = _number_in(line)
    if _FIGURE.fullmatch(line):
        raise FigureTyped()
    if number is None and not (_BARE.search(line) and _dated(line)):
        raise ReferenceNotRead()
    if number is None:
        return EvidenceKind.DOCUMENT, line
    if not _dated(line):
        if typed := _DATE.search(line):
            raise NoSuchDay(number=number.group(0), day=typed.group(0))
        raise DateMissing(number=number.group(0))
    return EvidenceKind.DOCUMENT, line


def _dated(line: str) -> bool:
    for found in _DATE.finditer(line):
        day, month, year = (int(part) for part in found.groups() if part)
        try:
            date(year, month, day)
        except ValueError:
            continue
        return True
    return False
