"""Moments as people type them: "25/6 16:30", "16h30 ngày 25-06-2026", "hôm nay 15:00", "bây giờ"."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from bot.domain.calendar import at, local
from bot.domain.errors import DomainError

_DAY = re.compile(r"(?<![\d:h])(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?:\s*[/.\-]\s*(\d{4}|\d{2}))?(?![\d:h])")
_TIME = re.compile(r"(?<!\d)(\d{1,2})\s*(?:gio|[:h.])\s*(?:(\d{2})(?!\d))?")
_NOW = {"bay gio", "ngay bay gio", "luc nay", "now", "vua xong"}
_DAYS_BACK = {"hom nay": 0, "today": 0, "hom qua": 1, "yesterday": 1, "hom kia": 2}
_AFTERNOON = re.compile(r"\b(chieu|toi|pm)\b")
_NOISE = re.compile(r"\b(ngay|luc|vao|hoi|phut|sang|chieu|toi|am|pm|at|on)\b|[\s,;'’]")
_HALF_YEAR = timedelta(days=183)


class MomentNotUnderstood(DomainError):
    """Neither a day with a time, nor a time of today, nor "now"."""

    key = "moment.not-understood"


def parse_moment(text: str, now: datetime) -> datetime:
    """The moment meant, aware UTC; what was typed is Vietnamese time. Raises MomentNotUnderstood.

    A day without a year is this year's, or last year's when this year's is more than half a year ahead.
    """
    bare = bare_of(text)
    if bare in _NOW:
        return now
    day, rest = _take_day(bare, local(now).date())
    found = _TIME.search(rest)
    if found is None or _NOISE.sub("", rest[: found.start()] + rest[found.end() :]):
        raise MomentNotUnderstood()
    hour, minute = int(found[1]), int(found[2] or 0)
    if _AFTERNOON.search(rest) and hour < 12:
        hour += 12
    if hour > 23 or minute > 59:
        raise MomentNotUnderstood()
    return at(day, time(hour, minute))


class DayNotUnderstood(DomainError):
    """No day in what was typed."""

    key = "moment.day-not-understood"


def parse_day(text: str, today: date) -> date:
    """The day meant, of the coming half-year where none is named with its year. Raises DayNotUnderstood."""
    found = _DAY.fullmatch(re.sub(r"\b(ngay|den|het)\b", "", bare_of(text)).strip())
    try:
        if found is None:
            raise DayNotUnderstood()
        if found[3] is not None:
            return date(int(found[3]) + (2000 if len(found[3]) == 2 else 0), int(found[2]), int(found[1]))
        guess = date(today.year, int(found[2]), int(found[1]))
        return guess.replace(year=today.year + 1) if today - guess > _HALF_YEAR else guess
    except ValueError:
        raise DayNotUnderstood() from None


def bare_of(text: str) -> str:
    """Small letters without marks, digits of every width as plain ones."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("đ", "d")
    marks_off = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", marks_off).strip(" .!")


def _take_day(bare: str, today: date) -> tuple[date, str]:
    """(the day, what is left of the text); today where no day is named."""
    for name, back in _DAYS_BACK.items():
        if name in bare:
            return today - timedelta(back), bare.replace(name, " ", 1)
    for found in _DAY.finditer(bare):
        day = _date(int(found[1]), int(found[2]), found[3], today)
        if day is not None:
            return day, f"{bare[: found.start()]} {bare[found.end() :]}"
    return today, bare


def _date(day: int, month: int, year: str | None, today: date) -> date | None:
    try:
        if year is not None:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        guess = date(today.year, month, day)
        return guess.replace(year=today.year - 1) if guess - today > _HALF_YEAR else guess
    except ValueError:
        return None
