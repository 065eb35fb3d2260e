"""A fact as a short text: kept in tables, carried by buttons, hashed into receipts."""

import re
from decimal import Decimal

from bot.domain.criteria import Awaited, Choice, Count, Fact, Mark, NotArising, Points, Rate, YesNo

_MARKS = {Mark.NONE: "", Mark.EXPECTED: "e", Mark.ESTIMATED: "a"}
_NUMBER = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,24})?")


def pack(fact: Fact, mark: Mark = Mark.NONE) -> str:
    """`r95.5` a rate, `r48-50` done of total, `c3` a choice, `n2` a count, `y1` yes, `p7.5` points.

    `x` is not arising, `w` awaited. An `e` behind it marks what is expected, an `a` an estimate (about).
    """
    return _bare(fact) + _MARKS[mark]


def _bare(fact: Fact) -> str:
    match fact:
        case Rate(percent=None, done=done, total=total):
            return f"r{_plain(done)}-{_plain(total)}"
        case Rate(percent=percent):
            return f"r{_plain(percent)}"
        case Choice(place=place):
            return f"c{place}"
        case Count(number=number):
            return f"n{number}"
        case YesNo(yes=yes):
            return f"y{int(yes)}"
        case Points(value=value):
            return f"p{_plain(value)}"
        case NotArising():
            return "x"
        case Awaited():
            return "w"


def unpack(text: str) -> Fact:
    """Raises ValueError for anything that `pack` does not make."""
    kind, body = text[:1], text[1:]
    match kind:
        case "r" if "-" in body:
            done, total = body.split("-")
            return Rate(done=_number(done), total=_number(total))
        case "r":
            return Rate(percent=_number(body))
        case "c":
            return Choice(int(body))
        case "n":
            return Count(int(body))
        case "y" if body in ("0", "1"):
            return YesNo(body == "1")
        case "p":
            return Points(_number(body))
        case "x" if not body:
            return NotArising()
        case "w" if not body:
            return Awaited()
    raise ValueError(text)


def unpack_marked(text: str) -> tuple[Fact, Mark]:
    """The same with its mark. Raises ValueError."""
    for mark, letter in _MARKS.items():
        if letter and text.endswith(letter):
            return unpack(text.removesuffix(letter)), mark
    return unpack(text), Mark.NONE


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def _plain(value: Decimal | None) -> str:
    """No exponent, no trailing zeros: equal values give equal texts."""
    assert value is not None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
