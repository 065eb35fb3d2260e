"""What people type, as facts. Numbers the Vietnamese way: "18,5", "18 rưỡi", "95 %", "48 trên 50", "mười lăm"."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from bot.domain.criteria import (
    Awaited,
    Choice,
    Count,
    Fact,
    FactNotAllowed,
    Item,
    ItemKind,
    Mark,
    NotArising,
    Part,
    PartKind,
    Points,
    Rate,
    YesNo,
    check,
)
from bot.domain.errors import DomainError
from bot.domain.folding import fold
from bot.domain.typed_question import is_topic, sounds_like_question


class NotRead(DomainError):
    """What was typed is not a fact of this kind. Params: `given`, and an `example` that fits the part."""

    key = "assessment.not-read"


class RateNotRead(NotRead):
    key = "assessment.rate-not-read"


class ScoreNotRead(NotRead):
    key = "assessment.score-not-read"


class CountNotRead(NotRead):
    key = "assessment.count-not-read"


class ChoiceNotRead(NotRead):
    key = "assessment.choice-not-read"


class YesNoNotRead(NotRead):
    key = "assessment.yes-no-not-read"


class Negative(NotRead):
    """A number below zero; what is taken away is counted by the machine."""

    key = "assessment.negative"


class NotWhole(NotRead):
    """A count with a fraction."""

    key = "assessment.not-whole"


class TwoReadings(NotRead):
    """Two values fit ("1.200", or "0,95" for a rate). Params: `one`, `other`."""

    key = "assessment.two-readings"


class TwoRates(NotRead):
    """Done and total do not give the percentage typed beside them. Params: `one`, `other` (percent)."""

    key = "assessment.two-rates"


MOST_TYPED: Final = 60  # characters; a longer text is no number
MOST_DIGITS: Final = 12  # of one number
SLACK: Final = Decimal("0.5")  # how far a rounded percentage may be from done/total
_FULL_WIDTH: Final = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}
_FRACTIONS: Final = {"½": "5", "¼": "25", "¾": "75"}
_NUMBER: Final = r"\d[\d.,\s]*\d|\d"
_PERCENT: Final = r"\s*(?:%|phan tram)"
_RATIO: Final = re.compile(
    rf"({_NUMBER})\s*(?:/|tren(?: tong(?: so)?)?|trong(?: tong(?: so)?)?)\s*({_NUMBER})"
    rf"(?:\s*[=(:-]?\s*({_NUMBER}){_PERCENT}\s*\)?)?"
)
_NONE: Final = re.compile(r"(khong|ko|k|chua)( co)?( \w+){0,3}?( nao)?")
_UNITS: Final = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5,
    "sau": 6, "bay": 7, "tam": 8, "chin": 9,
}  # fmt: skip
_NUMBER_WORDS: Final = frozenset(_UNITS) | {
    "muoi", "chuc", "tram", "le", "linh", "ruoi", "phay", "tren", "nghin", "ngan", "trieu", "tru", "am", "nua",
}  # fmt: skip
_FULL: Final = frozenset({"du", "du diem", "toi da", "diem toi da", "tron diem"})
_YES: Final = frozenset({"co", "yes", "y", "dung", "dung vay"})
# "có 1 người", "có hai vụ"; "có thể", "có lẽ" or a "không" behind it say something else.
_THERE_IS: Final = re.compile(r"co (?!the\b|le\b|ve\b)(?:(?!khong\b|ko\b|chua\b|0\b)\w+ ?){1,4}")
_NO: Final = frozenset({"khong", "khong co", "ko", "k", "no", "n", "chua", "chua co"})


_ABSENT: Final = re.compile(
    r"(?:(?:khong|ko|k|chua)(?: co)? phat sinh(?: (?:nhiem vu|viec|noi dung)(?: nay)?)?|kps|khong ap dung|n/a)"
)
_LATER: Final = r"(?:(?:se )?bo sung sau|cap nhat sau|du kien,? bo sung sau)"
_PENDING: Final = re.compile(
    rf"(?:(?:chua co (?:so(?: lieu)?|ket qua|thong bao)|(?:dang )?(?:cho|doi) (?:so lieu|ket qua|thong bao))"
    rf"(?:,? {_LATER})?|{_LATER}|du kien)"
)
# "tầm" and "tám" are one once folded, so what may be a number word is a mark only before a digit.
_ESTIMATE: Final = re.compile(
    r"(?:(?:so )?uoc(?: tinh| dat| thuc hien| khoang| chung| la)*\s+|khoang\s+|xap xi\s+|[~≈]\s*"
    r"|(?:tam|chung|tren duoi)\s+(?=\d))(.+)"
    r"|(.+?)[\s,(]+(?:so )?uoc(?: tinh| dat)?\)?"
)
_EXPECTED: Final = re.compile(rf"du kien(?: dat| la| xep loai)?[\s:]+(.+)|(.+?)[\s,(]+(?:du kien|{_LATER})\)?")


def read_marked(item: Item, part: Part, text: str, step: Decimal) -> tuple[Fact, Mark]:
    """The same, with "ước 95%", "khoảng 95", "95% (dự kiến)", "không phát sinh" and "bổ sung sau" understood.

    Where only zero times can be meant, "không phát sinh" is a zero: no violations arose, or no bonus is claimed.
    """
    given = _plain(text)
    if len(given) > MOST_TYPED or (part.kind is not PartKind.CHOICE and sounds_like_question(text)):
        return read(part, text, step), Mark.NONE  # which says why not
    if _ABSENT.fullmatch(given):
        return (NotArising() if item.kind is ItemKind.CRITERION and part.top > 0 else _zero(part)), Mark.NONE
    if _PENDING.fullmatch(given):
        return Awaited(), Mark.EXPECTED
    marked = _marked(given)
    if marked is None:
        return read(part, text, step), Mark.NONE
    value, mark = marked
    try:
        if part.kind is PartKind.CHOICE:  # a label may begin like a mark
            return read(part, text, step), Mark.NONE
    except NotRead:
        pass
    try:
        return read(part, value, step), mark
    except NotRead as error:
        error.params["given"] = " ".join(text.split())[:MOST_TYPED]
        raise


def _marked(given: str) -> tuple[str, Mark] | None:
    """What is left of a folded text without its mark; None without one."""
    for pattern, mark in ((_EXPECTED, Mark.EXPECTED), (_ESTIMATE, Mark.ESTIMATED)):
        if found := pattern.fullmatch(given):
            return (found.group(1) or found.group(2)).strip(), mark
    return None


def _zero(part: Part) -> Fact:
    """The answer that says "none" where one does; else that none arose."""
    match part.kind:
        case PartKind.COUNT:
            return Count(0)
        case PartKind.CEILING:
            return YesNo(False)
        case PartKind.CHOICE if part.optional:
            return Choice(0)
        case PartKind.SCORE:
            return Points(Decimal(0))
        case _:
            return NotArising()


def read(part: Part, text: str, step: Decimal) -> Fact:
    """The fact that `text` gives for `part`, checked. Raises NotRead or FactNotAllowed, each with params."""
    given = _plain(text)
    if len(given) > MOST_TYPED or (part.kind is not PartKind.CHOICE and sounds_like_question(text)):
        given = ""  # "3 văn bản thì được mấy điểm" asks about three and does not give it; a label stays a label
    readers = {
        PartKind.RATE: _rate,
        PartKind.SCORE: _score,
        PartKind.COUNT: _count,
        PartKind.CHOICE: _choice,
        PartKind.CEILING: _yes_no,
    }
    reader = readers.get(part.kind)
    if reader is None:
        raise FactNotAllowed()
    try:
        return reader(part, given, step)
    except NotRead as error:
        error.params["given"] = " ".join(text.split())[:MOST_TYPED]  # as typed, not as folded
        raise


def asks(part: Part, text: str, step: Decimal) -> bool:
    """Whether what was typed where `part` waits for its value is a question: it sounds like one, and is no value."""
    if not (sounds_like_question(text) or is_topic(text)):
        return False
    bare = text.rstrip("?？ ")
    if bare != text and not sounds_like_question(bare) and _is_value(part, bare, step):
        return False  # "95%?": somebody is not sure, and is asked to type it again
    return not _is_value(part, text, step)


def _is_value(part: Part, text: str, step: Decimal) -> bool:
    """Whether it is a value of this kind, allowed or not; "trừ mấy điểm?" only begins like a negative one."""
    given = _plain(text)
    if _ABSENT.fullmatch(given) or _PENDING.fullmatch(given):
        return True
    if part.kind is not PartKind.CHOICE and not sounds_like_question(text) and (marked := _marked(given)):
        text = marked[0]
    try:
        read(part, text, step)
    except NotRead as error:
        return isinstance(error, (NotWhole, TwoReadings, TwoRates))
    except FactNotAllowed:
        return True
    return True


def _plain(text: str) -> str:
    """NFC, half-width, fractions as decimals, folded."""
    text = unicodedata.normalize("NFC", text).translate(_FULL_WIDTH).replace("\ufe0f", "").replace("\u20e3", "")
    for sign, decimals in _FRACTIONS.items():
        text = re.sub(rf"(\d)\s*{sign}", rf"\1,{decimals}", text).replace(sign, f"0,{decimals}")
    text = text.replace("−", "-").replace("–", "-").replace("⁄", "/")
    return fold(text).strip(" .;!")


# -- one reader a kind ---------------------------------------------------------------------------------


def _rate(part: Part, given: str, step: Decimal) -> Fact:
    _refuse_negative(given)
    if ratio := _RATIO.fullmatch(given):
        return _ratio(part, ratio, step)
    over = re.split(r"\s*(?:/|\btren\b)\s*", given)
    if len(over) == 2 and all(over):  # in words: "bốn mươi tám trên năm mươi"
        done, total = _words(over[0]), _words(over[1])
        if done is not None and total is not None:
            fact = Rate(done=done, total=total)
            check(part, fact, step)
            return fact
    bare = re.sub(rf"{_PERCENT}$", "", given)
    values = list(_readings(bare))
    if not values:
        raise RateNotRead(given=given)
    if bare == given and 0 < values[0] < 1:
        raise TwoReadings(one=values[0], other=values[0] * 100, sign="%")
    return _only(part, [Rate(percent=value) for value in values], step)


def _ratio(part: Part, ratio: re.Match[str], step: Decimal) -> Fact:
    # Done and total are counts, so "1.200" is twelve hundred here.
    done, total = (list(_readings(ratio.group(n)))[-1:] for n in (1, 2))
    if not done or not total:
        raise RateNotRead(given=ratio.group(0))
    fact = Rate(done=done[0], total=total[0])
    check(part, fact, step)
    if ratio.group(3):
        said = next(iter(_readings(ratio.group(3))), None)
        if said is None or abs(said - fact.value) > SLACK:
            raise TwoRates(one=round(fact.value, 2), other=said if said is not None else ratio.group(3))
    return fact


def _score(part: Part, given: str, step: Decimal) -> Fact:
    _refuse_negative(given)
    if given in _FULL:
        return Points(part.top)
    if given == "khong diem":
        return Points(Decimal(0))
    bare = re.sub(r"\s*(?:diem|d)$", "", given)
    bare = re.sub(r"^(?:du|duoc)\s+", "", bare)
    if out_of := re.fullmatch(r"(.+?)\s*/\s*(.+)", bare):
        top = next(iter(_readings(out_of.group(2))), None)
        bare = out_of.group(1) if top == part.top else ""
    values = list(_readings(bare))
    if not values:
        raise ScoreNotRead(given=given, top=part.top, example=_example(part.top, step))
    return _only(part, [Points(value) for value in values], step)


def _count(part: Part, given: str, step: Decimal) -> Fact:
    _refuse_negative(given)
    if _NONE.fullmatch(given):
        return Count(0)
    given = re.sub(r"^(?:co|la|duoc|gom|tong(?: cong| so)?)(?: la)? (?=\S)", "", given)
    values = list(_readings(given)) or list(_readings(_without_unit(given)))
    if not values:
        raise CountNotRead(given=given)
    whole = [value for value in values if value == int(value)]
    if not whole:
        raise NotWhole(given=given, value=values[0])
    return _only(part, [Count(int(value)) for value in whole], step)


def _choice(part: Part, given: str, step: Decimal) -> Fact:
    labels = {place: fold(level.label) for place, level in zip(part.places, part.levels, strict=True)}
    found = {place for place, label in labels.items() if label == given}
    if not found:
        given = re.sub(r"^(?:(?:chon|lay|o|la) )?(?:muc|so|phuong an|lua chon|y|dong)? ?(?:thu )?(?=\d+$)", "", given)
    if not found and len(given) >= 2 and not given[0].isdigit():
        found = {place for place, label in labels.items() if label.startswith(given)}
    if not found and given.isdecimal():
        number = int(given)
        if 1 <= number <= len(part.places):
            found.add(part.places[number - 1])
        found |= {
            place for place, level in zip(part.places, part.levels, strict=True) if number and level.points == number
        }
    if not found and part.optional and (given == "0" or given in _NO):
        return Choice(0)
    if len(found) != 1:
        raise ChoiceNotRead(given=given, n=len(part.places), example=part.levels[0].label)
    return Choice(found.pop())


def _yes_no(part: Part, given: str, step: Decimal) -> Fact:
    if given in _YES or given in _NO:
        return YesNo(given in _YES)
    if _NONE.fullmatch(given):
        return YesNo(False)
    if _THERE_IS.fullmatch(given):
        return YesNo(True)
    raise YesNoNotRead(given=given)


# -- numbers -------------------------------------------------------------------------------------------


def _refuse_negative(given: str) -> None:
    if re.match(r"(?:-|tru\b|am\b)\s*\S", given):
        raise Negative(given=given)


def _only(part: Part, facts: list[Fact], step: Decimal) -> Fact:
    """The one reading that the part allows; two that do are asked about, none raises why the first is not."""
    refused: FactNotAllowed | None = None
    allowed: list[Fact] = []
    for fact in facts:
        try:
            check(part, fact, step)
        except FactNotAllowed as error:
            refused = refused or error
        else:
            allowed.append(fact)
    if len(allowed) > 1:
        one, other = (getattr(fact, "value", None) for fact in allowed[:2])
        raise TwoReadings(one=one, other=other, sign="")
    if not allowed:
        assert refused is not None
        raise refused
    return allowed[0]


def _readings(text: str) -> Iterator[Decimal]:
    """Every value that `text` can mean: the decimal reading first, then the one with thousands grouped."""
    text = text.strip().removeprefix("+").strip()
    seen: list[Decimal] = []
    if sum(c.isdigit() for c in text) > MOST_DIGITS:
        return
    if half := re.fullmatch(r"(\d+)\s+ruoi", text):
        seen.append(Decimal(half.group(1)) + Decimal("0.5"))
    elif re.fullmatch(r"\d+", text):
        seen.append(Decimal(text))
    else:
        if re.fullmatch(r"\d+\s?[.,]\s?\d+", text):
            seen.append(Decimal(re.sub(r"\s", "", text).replace(",", ".")))
        if re.fullmatch(r"[1-9]\d{0,2}(?:([.,\s])\d{3})(?:\1\d{3})*", text):
            seen.append(Decimal(re.sub(r"[.,\s]", "", text)))
        if not seen and (spoken := _words(text)) is not None:
            seen.append(spoken)
    yield from dict.fromkeys(seen)


def _without_unit(given: str) -> str:
    """ "3 văn bản" as "3"; a text that goes on with figures or number words stays whole and is not read."""
    head = re.match(r"(\d[\d.,]*)\s+(\D{1,40})$", given) or re.match(
        r"(.+?)\s+((?:van ban|vu|truong hop|nguoi|bai|tin|dot|lan|sang kien)\b\D*)$", given
    )
    if head is None or set(head.group(2).split()) & _NUMBER_WORDS:
        return given
    return head.group(1)


def _words(text: str) -> Decimal | None:
    """A number in Vietnamese words up to 999, with "phẩy" and "rưỡi"; None when it is none."""
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        return Decimal(text.replace(",", "."))
    if text == "nua":
        return Decimal("0.5")
    if text == "khong":  # zero only where a count is asked: elsewhere it may mean that nothing arose
        return None
    whole, comma, decimals = text.partition(" phay ")
    tokens = whole.split()
    half = len(tokens) > 1 and tokens[-1] == "ruoi" and not comma
    value, scale = _whole(tokens[:-1] if half else tokens)
    if value is None:
        return None
    if half:
        return Decimal(value) + Decimal(scale) / 2
    if not comma:
        return Decimal(value)
    digits = [str(_UNITS[word]) for word in decimals.split() if word in _UNITS]
    if not digits or len(digits) != len(decimals.split()):
        return None
    return Decimal(f"{value}.{''.join(digits)}")


def _whole(tokens: list[str]) -> tuple[int | None, int]:
    """The number that `tokens` say, and what a following "rưỡi" halves (100 after "trăm", else 1)."""
    hundreds = 0
    if "tram" in tokens:
        at = tokens.index("tram")
        if at > 1 or (at == 1 and tokens[0] not in _UNITS):
            return None, 1
        hundreds = 100 * (_UNITS[tokens[0]] if at else 1)
        tokens = tokens[at + 1 :]
        if not tokens:
            return hundreds, 100
        if tokens[0] in ("le", "linh"):
            return (hundreds + _UNITS[tokens[1]] if len(tokens) == 2 and tokens[1] in _UNITS else None), 1
        if len(tokens) == 1 and tokens[0] in _UNITS:  # "một trăm hai" is 120
            return hundreds + 10 * _UNITS[tokens[0]], 1
    rest = _tens(tokens)
    return (None if rest is None else hundreds + rest), 1


def _tens(tokens: list[str]) -> int | None:
    match tokens:
        case [unit] if unit in _UNITS:
            return _UNITS[unit]
        case ["muoi" | "chuc"]:
            return 10
        case ["muoi", unit] if unit in _UNITS:
            return 10 + _UNITS[unit]
        case [tens, "muoi" | "chuc"] if tens in _UNITS:
            return 10 * _UNITS[tens]
        case [tens, "muoi", unit] if tens in _UNITS and unit in _UNITS:
            return 10 * _UNITS[tens] + _UNITS[unit]
        case [tens, unit] if _UNITS.get(tens) and unit in _UNITS and not _about(tens, unit):  # "chín lăm" is 95
            return 10 * _UNITS[tens] + _UNITS[unit]
        case _:
            return None


def _about(one: str, other: str) -> bool:
    """ "hai ba" says "two or three", while "hai tư" and "bốn lăm" can only be numbers."""
    return _UNITS[other] == _UNITS[one] + 1 and other not in ("lam", "nham", "tu")


def _example(top: Decimal, step: Decimal) -> Decimal:
    """A value between 0 and `top` that shows the decimal comma where the step allows one."""
    return top / 2 // 1 + step if step < 1 and top > 1 else top
