"""One written value to one typed value. Each raises Unfit with what is wrong and what to write."""

import calendar
import difflib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NAME, TEXT = 300, 4000  # most letters of a name and of a text

_NUMBER = re.compile(r"[-+]?[0-9]{1,9}([.,][0-9]{1,4})?")
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}([.,][0-9]{3})+")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_LOCAL_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_TIME = re.compile(r"([0-9]{1,2})\s*(?:[:hH]|giờ)\s*([0-9]{2})?(?::00|\s*phút)?")
_CODE = re.compile(r"[A-Za-z0-9.\-_]{1,24}")
_YES, _NO = frozenset({"true", "có", "yes"}), frozenset({"false", "không", "no"})


class Unfit(ValueError):
    """A value that cannot be taken; `what` and `instead` as in Problem."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(what)
        self.what, self.instead = what, instead


def fold(text: str) -> str:
    """Without marks and case, "đ" included; to find what was meant, never to show."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def nearest(written: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    by_fold = {re.sub(r"[\s\-]+", "_", fold(word)): word for word in known}
    near = difflib.get_close_matches(re.sub(r"[\s\-]+", "_", fold(written)), by_fold, n=1, cutoff=0.6)
    return by_fold[near[0]] if near else None


def brief(text: str) -> str:
    """A value short enough for a line of a terminal."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 60 else one_line[:59] + "…"


def shown(number: Decimal) -> str:
    """A number as Vietnamese readers write it."""
    return f"{number:f}".replace(".", ",")


def one_of(written: str, known: Iterable[str]) -> str:
    """What to write instead of a word that is none of `known`."""
    words = list(known)
    near = nearest(written, words)
    return (f"có phải anh/chị muốn viết {near}? " if near else "") + f"hãy viết một trong: {', '.join(words)}"


def text(written: str, longest: int) -> str:
    clean = written.strip()
    if not clean:
        raise Unfit("để trống", "hãy viết nội dung hoặc xóa dòng này")
    if len(clean) > longest:
        raise Unfit(f"dài {len(clean)} chữ, quá mức {longest}", f"hãy rút còn không quá {longest} chữ")
    return clean


def code(written: str) -> str:
    clean = written.strip()
    if not _CODE.fullmatch(clean):
        plain = re.sub(r"[^A-Za-z0-9.\-_]+", "-", unaccented(clean)).strip("-")[:24]
        raise Unfit(
            f'mã "{brief(clean)}" chỉ được có chữ không dấu, số và . - _, dài từ 1 đến 24 ký tự',
            f"hãy viết {plain}" if plain else "hãy viết mã khác",
        )
    return clean


def unaccented(written: str) -> str:
    """Like fold, keeping capitals."""
    apart = unicodedata.normalize("NFD", written.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def number(written: str) -> Decimal:
    """A decimal point or comma; what may mean thousands is asked about, not guessed."""
    clean = written.strip().replace("\u2212", "-").replace("\u2013", "-")
    if _THOUSANDS.fullmatch(clean):
        plain = re.sub("[.,]", "", clean)
        raise Unfit(
            f'số "{clean}" có thể hiểu hai cách', f"hãy viết {plain} nếu là phần nghìn, bỏ số 0 thừa nếu là số lẻ"
        )
    if not _NUMBER.fullmatch(clean):
        raise Unfit(f'"{brief(clean)}" không phải là số', "hãy chỉ viết chữ số, ví dụ 10 hoặc 7.5")
    value = Decimal(clean.replace(",", "."))
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def whole(written: str) -> int:
    value = number(written)
    if value != value.to_integral_value():
        raise Unfit(f'"{brief(written)}" không phải là số nguyên', "hãy viết số nguyên, ví dụ 3")
    return int(value)


def day(written: str) -> date:
    clean = written.strip()
    iso, local = _DATE.fullmatch(clean), _LOCAL_DATE.fullmatch(clean)
    if local:
        d, m, y = map(int, local.groups())
        raise Unfit(f'ngày "{clean}" không viết theo kiểu năm-tháng-ngày', f"hãy viết '{y:04}-{m:02}-{d:02}'")
    if not iso:
        raise Unfit(f'"{brief(clean)}" không phải là ngày', "hãy viết theo kiểu năm-tháng-ngày, ví dụ '2026-02-27'")
    y, m, d = map(int, iso.groups())
    if y == 0 or not 1 <= m <= 12:
        raise Unfit(f'không có ngày "{clean}"', "hãy viết tháng từ 01 đến 12")
    last = calendar.monthrange(y, m)[1]
    if not 1 <= d <= last:
        raise Unfit(f'không có ngày "{clean}"', f"tháng {m:02}/{y} có {last} ngày, hãy viết một ngày có thật")
    return date(y, m, d)


def moment(written: str) -> time:
    """17:00, 17h00, 17h; also 1020, which is what some tools make of an unquoted 17:00."""
    clean = written.strip()
    apart = _TIME.fullmatch(clean)
    if apart:
        hour, minute = int(apart[1]), int(apart[2] or 0)
    elif re.fullmatch(r"[1-9][0-9]{1,3}", clean) and 60 <= int(clean) < 24 * 60:
        hour, minute = divmod(int(clean), 60)
    else:
        raise Unfit(f'"{brief(clean)}" không phải là giờ', "hãy viết giờ và phút, ví dụ '17:00'")
    if hour > 23 or minute > 59:
        raise Unfit(f'không có giờ "{clean}"', "hãy viết giờ từ 00:00 đến 23:59")
    return time(hour, minute)


def flag(written: str) -> bool:
    clean = written.strip().casefold()
    if clean in _YES:
        return True
    if clean in _NO:
        return False
    raise Unfit(f'"{brief(written)}" không phải là true hay false', "hãy viết true hoặc false")


def zone(written: str, year: int) -> str:
    """A time zone that keeps Vietnamese time: every deadline is counted in it."""
    clean = written.strip()
    vietnam = "hãy viết Asia/Ho_Chi_Minh"
    try:
        there = ZoneInfo(clean)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unfit(f'không có múi giờ "{brief(clean)}"', vietnam) from None
    from_utc = {_offset(there, year, month) for month in range(1, 13)}
    if from_utc != {_offset(ZoneInfo("Asia/Ho_Chi_Minh"), year, 1)}:
        raise Unfit(f'múi giờ "{clean}" khác giờ Việt Nam, mà mọi hạn đều tính theo giờ Việt Nam', vietnam)
    return clean


def _offset(there: ZoneInfo, year: int, month: int) -> object:
    return datetime(year, month, 1, tzinfo=there).utcoffset()
