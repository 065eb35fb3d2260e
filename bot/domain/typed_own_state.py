"""Whether a question is about nothing but the asker's own affairs: "toi phai nop cai gi bay gio", "mình còn thiếu gì".

Words are taken without their marks. Every one of them has to be known here: a criterion, a report or another unit that
is named makes it a question about the bloc.
"""

import re
from typing import Final

from bot.domain.folding import fold

LONGEST: Final = 80  # characters
_GOING_ON: Final = frozenset({"tiep", "tiep tuc", "lam tiep", "dien tiep", "lam tiep di", "continue"})
_MINE: Final = re.compile(r"\b(?:toi|minh|em|chung toi|ben em|ben minh|ben toi|don vi toi|don vi minh|don vi em)\b")
_NOW: Final = re.compile(r"\b(?:bay gio|hien tai|hien nay|luc nay|gio)\b")
_DOING: Final = re.compile(r"\b(?:nop|lam|thieu|viec|hoan thanh|xong|lam do|cham tre)\b")
_ASKING: Final = re.compile(r"\b(?:gi|chi|nao|chua|den dau|toi dau|nhung gi|the nao roi|ra sao roi)\b")
_KNOWN: Final = frozenset(
    re.findall(
        r"\w+",
        "toi minh em chung ben don vi co quan phai can nop lam gi chi bay gio hien tai nay luc con thieu viec xong "
        "chua nhung cai nao den dau roi dang o a vay the oi ad bot da duoc hoan thanh do muc khau buoc tiep theo va "
        "thi la cho hoi xin anh voi so vay nhi ha ra sao hay",
    )
)
# Of other units, or what is there to be done at all: for the bloc's own data.
_OTHERS: Final = re.compile(r"\bdon vi nao|\bco quan nao|\bbuoc nao\b")


def asks_own_state(text: str) -> bool:
    """Whether the person wants to know what they have to do, have done, or go on with."""
    said = fold(text).strip(" ?!.…,;")
    if said in _GOING_ON:
        return True
    words = re.findall(r"\w+", said)
    if not words or len(text) > LONGEST or not _KNOWN.issuperset(words) or _OTHERS.search(said):
        return False
    return bool((_MINE.search(said) or _NOW.search(said)) and _DOING.search(said) and _ASKING.search(said))
