"""A fact as a short text: kept in tables, carried by buttons, hashed into receipts."""

import re
from decimal import Decimal

from bot.domain.criteria import Choice, Count, Fact, Points, Rate, YesNo

_NUMBER = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,24})?")


def pack(fact: Fact) -> str:
    """`r95.5` a rate, `r48-50` done of total, `c3` a choice, `n2` a count, `y1` yes, `p7.5` points."""
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
    raise ValueError(text)


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def _plain(value: Decimal | None) -> str:
    """No exponent, no trailing zeros: equal values give equal texts."""
    assert value is not None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
