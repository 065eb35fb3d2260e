"""Whether a text or a file name carries a mark of classification. The bot takes nothing that does."""

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    CLEAR = "clear"
    DOUBTFUL = "doubtful"  # may be one: ask
    STAMPED = "stamped"  # refuse, and keep it nowhere


# Only the written "mật" counts, never "mat": too many plain words fold to it ("mặt trận", "ra mắt").
_HARMLESS: Final = re.compile(
    r"\b(?:bảo mật|mật khẩu|mật mã|mật độ|mật ong|mật thiết|thân mật|chu mật|cẩn mật|túi mật|sỏi mật|trú mật|mật mía"
    r"|bảo vệ bí mật(?: nhà nước| công tác)?|giữ (?:gìn )?bí mật|bỏ phiếu (?:kín|bí mật)|bí mật(?! nhà nước)"
    r"|(?:đã )?giải mật"
    r"|không (?:phải )?(?:là )?(?:tài liệu |văn bản |bản |nội dung )?mật"
    r"|không (?:có|chứa|đóng|thuộc|mang|sử dụng|gửi)(?: \w+){0,4}? (?:bí )?mật(?: nhà nước)?"
    r"|độ mật\s*:?\s*không(?: mật)?)\b",
    re.IGNORECASE,
)
_STAMPS: Final = re.compile(r"(?<!\bBÍ )\b(?:TUYỆT\s+MẬT|TỐI\s+MẬT|MẬT)\b")
_SAID: Final = re.compile(
    r"\bdấu\s+(?:chỉ\s+)?(?:độ\s+)?(?:(?:tuyệt|tối)\s+)?mật\b|\bđộ\s+mật\s*[:\-–]\s*\S*", re.IGNORECASE
)
_WORD: Final = re.compile(r"\bmật\b", re.IGNORECASE)
_TYPES: Final = r"(?:BC|KH|QĐ|QD|CV|TB|TTR|TTr|CT|NQ|ĐA|DA|BB|HD|PA|TM|TT|CĐ|GM|BCT|CTr)"
_NUMBERED: Final = re.compile(
    r"\d+\s*/\s*[A-ZĐa-z0-9][\w\-–./&…]*\s*\(\s*(?:M|TM|TuM|TUM)\s*\)"  # 12/BC-STP(M)
    rf"|\d+[\s_\-]+{_TYPES}(?:[\s_\-][\wĐ]+)*[\s_\-]*\((?:M|TM|TuM|TUM)\)"  # the same as a file name
    r"|\d+\s*/\s*[A-ZĐ][A-Za-zĐđ]*(?:-[A-ZĐ0-9]+)*-M\b"  # 12/BC-M
)
# In names without marks: "BC-TUYETMAT.pdf", "KH_toi_mat_2026.pdf", "MAT - bao cao.pdf"; and many that are none.
_BARE_NAME: Final = re.compile(r"(?i:\b(?:tuyet|toi)\s*mat\b)|\bMAT\b")
_PLAIN_MAT: Final = re.compile(
    r"\b(?:MAT (?:TRAN|BANG|TRAI|PHAI|HANG|TIEN|DAT|NUOC|DUONG|CAU|KHAU|MA|DO|VIEC|THOI|CAN|DIEM|TICH)"
    r"|(?:RA|CO|BE|DOI|THAY|VANG|GIAP|GAP|BAO|THAN|MOT|HAI|CHU|THIEU) MAT)\b",
    re.IGNORECASE,
)
_MAYBE_NUMBERED: Final = re.compile(
    rf"\d+\s*/\s*[A-ZĐ][A-Za-zĐđ]*(?:-[A-ZĐ0-9]+)*-(?:TM|TuM)\b|\b{_TYPES}-[\wĐ\-]*\s*\((?:M|TM|TuM)\)"
)


def verdict(text: str, file_name: str = "") -> Verdict:
    """Judge what a person wrote and what the file is called; the graver of the two counts."""
    found = {_judge(text), _judge(file_name.replace("_", " ")), _judge(file_name), _judge_name(file_name)}
    for grave in (Verdict.STAMPED, Verdict.DOUBTFUL):
        if grave in found:
            return grave
    return Verdict.CLEAR


def _judge_name(file_name: str) -> Verdict:
    """Files are often named without marks: there "TOI MAT" and a "MAT" that stands by itself are asked about."""
    bare = re.sub(r"[_\-.()\[\]]+", " ", file_name)
    return Verdict.DOUBTFUL if _BARE_NAME.search(_PLAIN_MAT.sub(" ", bare)) else Verdict.CLEAR


def _judge(text: str) -> Verdict:
    text = unicodedata.normalize("NFC", text)
    if _NUMBERED.search(text):
        return Verdict.STAMPED
    rest = _HARMLESS.sub(" · ", re.sub(r"\s+", " ", text))
    if _STAMPS.search(rest) or _SAID.search(rest):
        return Verdict.STAMPED
    if _WORD.search(rest) or _MAYBE_NUMBERED.search(text):
        return Verdict.DOUBTFUL
    return Verdict.CLEAR
