"""Key and params in, text out; dates and numbers as people in the chosen language write them.

Texts stand under keys in `locales/<language>/*.po` (one file a feature; `msgid` is the key). Params are escaped for
Telegram's HTML on the way in; the text of the catalogue itself may hold tags. A `Safe` param passes as it is.
"""

import html
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.domain.calendar import VIETNAM

if TYPE_CHECKING:  # loaded when the first text is asked for: a command that says nothing pays nothing
    from babel.messages import Catalog

LANGUAGES: Final = ("vi", "en")
LOCALES: Final = Path(__file__).resolve().parent.parent / "locales"


class Safe(str):
    """HTML that is already fit for Telegram."""

    __slots__ = ()


class UnknownKey(KeyError):
    """A key that no catalogue holds: always a mistake in the product."""


Texts = Mapping[str, str | tuple[str, ...]]


@cache
def texts(language: str) -> Texts:
    """Every key of one language; a plural text is a tuple of its forms. Raises ValueError for a key in two files."""
    from babel.messages.pofile import read_po

    found: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            catalogue: Catalog = read_po(file, locale=language)
        for message in catalogue:
            key = message.id if isinstance(message.id, str) else message.id[0]
            if not key:
                continue
            if key in found:
                raise ValueError(f"{path.name}: the key {key} stands in another file of {language} too")
            found[key] = tuple(message.string) if isinstance(message.string, (list, tuple)) else str(message.string)
    return found


class Words:
    """The texts of one language. `words("key", name=value)` gives Telegram HTML."""

    def __init__(self, language: str = "vi") -> None:
        self.language = language if language in LANGUAGES else "vi"

    def __call__(self, key: str, /, **params: object) -> Safe:
        """The text under `key`, params escaped. A plural text is chosen by the param `n`.

        Numbers and dates given as params are written in the language's own way. Raises UnknownKey.
        """
        text = texts(self.language).get(key) or texts("vi").get(key)
        if text is None or text == "":
            raise UnknownKey(key)
        if isinstance(text, tuple):
            text = text[self._form(params.get("n", 0))] if len(text) > 1 else text[0]
        return Safe(text.format_map({name: self._shown(value) for name, value in params.items()}))

    def plain(self, key: str, /, **params: object) -> str:
        """The same text without tags or escapes: for buttons, notices and file names."""
        return strip(self(key, **params))

    def has(self, key: str) -> bool:
        return key in texts(self.language) or key in texts("vi")

    def _form(self, n: object) -> int:
        return 0 if self.language == "vi" or n in (1, Decimal(1)) else 1

    def _shown(self, value: object) -> str:
        if isinstance(value, Safe):
            return value
        if isinstance(value, bool):
            return html.escape(str(value))
        if isinstance(value, (int, Decimal)):
            return self.number(value)
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, time):
            return self.clock(value)
        return html.escape(str(value), quote=False).replace('"', "&quot;")  # fit for an attribute too

    # -- numbers and dates -------------------------------------------------------------------------------

    def number(self, value: int | Decimal) -> str:
        """Decimal comma in Vietnamese; no trailing zeros; no grouping below 10 000."""
        from babel.numbers import format_decimal

        pattern = "#,##0.####" if abs(Decimal(value)) >= 10_000 else "0.####"
        return format_decimal(value, pattern, locale=self.language)

    def day(self, value: date) -> str:
        """19/6/2026."""
        from babel.dates import format_date

        return format_date(value, "d/M/y" if self.language == "vi" else "d MMM y", locale=self.language)

    def weekday(self, value: date) -> str:
        """thứ Sáu, 19/6/2026."""
        from babel.dates import format_date

        name = format_date(value, "EEEE", locale=self.language)
        if self.language == "vi":
            name = name[0].lower() + name[1:]
        return f"{name}, {self.day(value)}"

    def clock(self, value: time) -> str:
        """17:00."""
        return value.strftime("%H:%M")

    def moment(self, value: datetime) -> str:
        """17:00 ngày 19/6/2026, Vietnamese time whatever zone the value has. Raises ValueError for a naive one."""
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place here")
        here = value.astimezone(VIETNAM)
        return self.plain("common.moment", clock=here.time(), day=here.date())

    def size(self, octets: int) -> str:
        """1,4 MB."""
        for unit, step in (("MB", 1024 * 1024), ("KB", 1024)):
            if octets >= step:
                return f"{self.number(round(Decimal(octets) / step, 1))} {unit}"
        return f"{octets} B"


MOST_UNITS: Final = 4096  # UTF-16 units of one message after entity parsing, as Telegram counts


def within(text: str) -> str:
    """Telegram HTML that one message holds: what is too long loses its looks and its end, not everything."""
    if len(text) <= MOST_UNITS // 2:  # a character is two units at most
        return text
    plain = strip(text).encode("utf-16-le", "replace")
    if len(plain) <= 2 * MOST_UNITS:
        return text
    cut = plain[: 2 * (MOST_UNITS - 1)].decode("utf-16-le", "ignore")
    return html.escape(cut, quote=False) + "…"


def strip(text: str) -> str:
    """Telegram HTML as plain text."""
    import re

    return html.unescape(re.sub(r"<[^<>]*>", "", text))
