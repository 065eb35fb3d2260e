"""Entries of a list in the report, as people type them: one a message or several numbered ones; and a body's name."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from bot.domain.errors import DomainError
from bot.domain.folding import fold

MOST_ADDRESSEE: Final = 120  # characters of the body that a proposal goes to

_NUMBERED: Final = re.compile(r"\s*(\d{1,2})\s*[.)/]\s+(?=\S)")
_TO: Final = re.compile(r"(?:kính\s+)?gửi(?:\s+(?:tới|đến|cho))?\s*:?\s+", re.I)


# Folded, without signs: an officer who is asked for the next entry and has none says so in words.
_NONE: Final = re.compile(
    r"(?:don vi )?khong(?: co)?"
    r"(?: (?:gi|noi dung|kien nghi|de xuat|y kien|dien hinh|tien tien|phat sinh|them|khac|nua|a))*"
)
# No body is called like that: the next proposal was typed where the addressee of the last one is asked for.
_SENTENCE: Final = re.compile(
    r"(?:de nghi|kien nghi|de xuat|xin|bo tri|bo sung|tang cuong|sua doi|som|cho phep|quan tam|xem xet|tiep tuc)\b"
)
_SHORT: Final = {
    "ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan", "mttq": "mat tran to quoc", "tdkt": "thi dua khen thuong",
    "hd": "hoi dong", "tw": "trung uong", "vp": "van phong", "snv": "so noi vu", "tp": "thanh pho",
}  # fmt: skip
_DONE: Final = frozenset({"xong", "xong roi", "het", "het roi", "done"})


class AddresseeNotRead(DomainError):
    """No name of a body: without a letter, too long for one, or more of the proposal. Params: `most`."""

    key = "assessment.addressee-not-read"


def says_none(text: str) -> bool:
    """Whether what was typed for an entry says that there is none."""
    return _NONE.fullmatch(_bare(text)) is not None


def says_done(text: str) -> bool:
    """Whether it says that the list is complete."""
    return _bare(text) in _DONE


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def split_entries(text: str) -> list[str]:
    """The entries of a message: those of a list that is numbered from its first line, else the whole message.

    Only numbers one behind the other part entries: a dash or a heading may belong to what one entry says.
    """
    found: list[list[str]] = []
    last = 0
    for line in unicodedata.normalize("NFC", text).strip().splitlines():
        number = _NUMBERED.match(line)
        if number and (not found or (last and int(number.group(1)) == last + 1)):
            last = int(number.group(1))
            found.append([line[number.end() :]])
        elif found:
            found[-1].append(line)
        else:
            found.append([line])
    return [entry for lines in found if (entry := "\n".join(lines).strip())]


def read_addressee(text: str, known: Sequence[str]) -> str:
    """The body that a proposal goes to; one that is known as it is spelled there. Raises AddresseeNotRead."""
    if text in known:
        return text
    name = " ".join(unicodedata.normalize("NFC", text).split()).strip(" .,;:")
    name = _TO.sub("", name, count=1) if _TO.match(name) else name
    more = "\n" in text.strip() or fold(name).startswith("ly do")  # the proposal goes on in a second message
    if name.isdecimal() and 1 <= int(name) <= len(known):
        return known[int(name) - 1]
    if not any(c.isalpha() for c in name) or len(name) > MOST_ADDRESSEE or more or _SENTENCE.match(fold(name)):
        raise AddresseeNotRead(most=MOST_ADDRESSEE)
    return next((each for each in known if _spelled_out(each) == _spelled_out(name)), name)


def _spelled_out(name: str) -> str:
    """To compare by: without marks and signs, the usual abbreviations in full."""
    words = re.findall(r"\w+", fold(name))
    return " ".join(_SHORT.get(word, word) for word in words)
