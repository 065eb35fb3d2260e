"""What in a text may tell of one person: shown to whoever is about to publish it, never decided here."""

import re
from collections.abc import Iterable
from typing import Final

_LOOKS: Final = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),  # an address
    re.compile(r"(?<![\w@])@\w{4,}"),  # a Telegram name
    re.compile(r"(?<![\d/.,-])(?:\+?84|0)(?:[ .\-]?\d){8,10}(?![\d/])"),  # a telephone number
    re.compile(r"(?<!\d)(?:\d{9}|\d{12})(?!\d)"),  # an identity number
    # Somebody by title and name: the name has capitals, so that "anh chị" and "ông bà" are nobody.
    re.compile(
        r"\b(?:[Aa]nh|[Cc]hị|[Ôô]ng|[Bb]à|[Cc]ô|[Cc]hú|[Đđ]ồng chí|[Đđ]/c|[Ee]m)"
        r"(?:\s+(?![ĐT]KT\b)[A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ]\w*)+"
    ),
)


def personal_in(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """Pieces of the text that look personal, in the order of the text; `names` are people and units to look for."""
    found: list[tuple[int, str]] = []
    for pattern in _LOOKS:
        found += [(match.start(), match[0].strip()) for match in pattern.finditer(text)]
    for name in names:
        if len(name) > 1:  # written as it is: "Lan" is somebody, "lan" is not
            found += [(m.start(), m[0]) for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
    return tuple(dict.fromkeys(piece for _, piece in sorted(found)))
