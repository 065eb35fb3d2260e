"""A stretch of the calendar that a question names: a day, a month, a quarter."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.domain.calendar import Milestone
from bot.knowledge.text import ROMAN, clean, fold, key_of

_DAY: Final = re.compile(
    r"(?<![\d.,/-])(\d{1,2})(?:\s*[/-]\s*|\.|\s+thang\s+)(\d{1,2})(?:\s*(?:[/.-]|nam)\s*(20\d\d))?(?![\d%/])"
)
_SAID_DAY: Final = re.compile(r"\b(?:ngay|hom|mung|mong|truoc|den|toi|han|bua)\s*$")
_COUNTED: Final = re.compile(r"\s*(?:ngay|diem|nguoi|phut|trang|lan|don vi|chi tieu|tieu chi|ho so|d\b)")
_MONTHS: Final = {
    "gieng": 1,
    "hai": 2,
    "ba": 3,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "muoi mot": 11,
    "muoi hai": 12,
    "chap": 12,
}
_YEAR: Final = r"(?:\s*(?:nam|[/.-])\s*(20\d\d))?"
_MONTH: Final = re.compile(rf"\bthang\s+(\d{{1,2}}|muoi(?!\s+(?:mot|hai))|{'|'.join(_MONTHS)})\b{_YEAR}(?![/.,]?\d)")
_NEXT: Final = ("sau", "toi", "ke", "mai", "ke tiep")
_NEAR: Final = re.compile(r"\b(?:(?P<what>tuan|thang|hom|bua|ngay) (?P<which>nay|ni|sau|toi|ke tiep|ke|mai))\b(?! \d)")
_FROM_TO: Final = re.compile(r"\d\s*(?:den|toi|-|–|cho den)\s*(?:het\s+)?(?:ngay\s+)?\d")
_QUARTER: Final = re.compile(rf"\bquy\s+([1-4]|iv|i{{1,3}})\b{_YEAR}")


@dataclass(frozen=True, slots=True)
class Span:
    """`kind`: "day", "days", "month" or "quarter"; `number`: of the month or quarter; `words`: keys that said so.

    `last`: day and month of the last of several days.
    """

    kind: str
    number: int
    day: int = 0
    year: int | None = None
    words: frozenset[str] = frozenset()
    last: tuple[int, ...] = ()

    def starts(self, year: int) -> date:
        """Its first day, in `year` where it names none."""
        month = 3 * self.number - 2 if self.kind == "quarter" else self.number
        return _day(self.year or year, month, self.day or 1) or date(self.year or year, month, 28)  # 29/2

    @property
    def wraps(self) -> bool:
        """Whether it runs into the year after."""
        return bool(self.last) and (self.number, self.day) > (self.last[1], self.last[0])

    def holds(self, milestone: Milestone) -> bool:
        """Whether the milestone is due in it, or runs over it."""
        first = milestone.starts_on or milestone.due_on
        return any(self._has(day) for day in (first, milestone.due_on)) or self._between(first, milestone.due_on)

    def _has(self, day: date) -> bool:
        if self.year is not None and day.year != self.year:
            return False
        if self.kind == "quarter":
            return (day.month - 1) // 3 + 1 == self.number
        return day.month == self.number and (self.kind == "month" or (self.kind == "day" and day.day == self.day))

    def _between(self, first: date, last: date) -> bool:
        if self.kind not in ("day", "days"):
            return False
        for year in {first.year - self.wraps, first.year, last.year}:
            start = _day(year, self.number, self.day) if self.year in (None, year) else None
            end = _day(year + self.wraps, self.last[1], self.last[0]) if self.last else start
            if start and end and first <= end and start <= last:
                return True
        return False


def span_in(text: str) -> Span | None:
    """The one stretch that is named; None for none, for several, or for what is no date ("18.5", "48/50")."""
    plain = fold(clean(text))
    found = [*_days(plain), *_months(plain), *_quarters(plain)]
    days = [one for one in found if one.kind == "day"]
    if len(days) == 2 and _FROM_TO.search(plain):
        return _days_from(*days)
    found = days or found  # "ngày 15 tháng 12" names its month too
    return found[0] if len(found) == 1 else None


def _days(plain: str) -> list[Span]:
    found = []
    for match in _DAY.finditer(plain):
        day, month, year = int(match[1]), int(match[2]), int(match[3]) if match[3] else None
        sure = match[3] or "thang" in match[0] or _SAID_DAY.search(plain[: match.start()])
        if (sure or ("." not in match[0] and not _COUNTED.match(plain[match.end() :]))) and _day(
            year or 2024, month, day
        ):  # 2024: a leap year
            keys = frozenset({"ngay", "thang", "nam", *re.findall(r"\d+", match[0])})
            found.append(Span("day", month, day, year, keys))
    return found


def near(text: str, today: date) -> Span | None:
    """The stretch that is named from today on: today, tomorrow, this or the next week or month; None for none."""
    plain = fold(clean(text))
    found = list(_NEAR.finditer(plain))
    if len(found) != 1:
        return None
    said, after = found[0]["what"], found[0]["which"] in _NEXT
    keys = frozenset(key_of(word) for word in found[0][0].split())
    if said in ("hom", "bua", "ngay"):
        day = today + timedelta(days=after)
        return Span("day", day.month, day.day, day.year, keys)
    if said == "thang":
        month = today.year * 12 + today.month - 1 + after
        return Span("month", month % 12 + 1, 0, month // 12, keys)
    first = today + timedelta(days=7 - today.weekday()) if after else today
    last = first + timedelta(days=6 - first.weekday())
    wraps = last.year > first.year
    return Span("days", first.month, first.day, last.year - wraps, keys, (last.day, last.month))


def _days_from(first: Span, last: Span) -> Span | None:
    """From one day to a later one, at most of the year after; None where the years do not fit."""
    wraps = (first.number, first.day) > (last.number, last.day)
    years = {one.year - (wraps and one is last) for one in (first, last) if one.year}
    if len(years) > 1:
        return None
    keys = first.words | last.words | {"tu", "den", "toi", "trong", "khoang", "het", "cho"}
    return Span("days", first.number, first.day, max(years, default=None), keys, (last.day, last.number))


def _months(plain: str) -> list[Span]:
    found = []
    for match in _MONTH.finditer(plain):
        number = int(match[1]) if match[1].isdigit() else _MONTHS.get(match[1], 10)
        if 1 <= number <= 12:
            found.append(Span("month", number, 0, _year(match[2]), frozenset({"thang", "nam", *match[1].split()})))
    return found


def _quarters(plain: str) -> list[Span]:
    return [
        Span("quarter", int(ROMAN.get(match[1], match[1])), 0, _year(match[2]), frozenset({"qui", "nam", match[1]}))
        for match in _QUARTER.finditer(plain)
    ]


def _year(said: str | None) -> int | None:
    return int(said) if said else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
