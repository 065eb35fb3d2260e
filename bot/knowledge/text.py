"""Vietnamese text, folded to be found and compared by its marks to be ranked. Nothing folded is ever shown."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

HOOK, TILDE, GRAVE, ACUTE, DOT = "\u0309", "\u0303", "\u0300", "\u0301", "\u0323"
TONES: Final = frozenset({HOOK, TILDE, GRAVE, ACUTE, DOT})
STROKE: Final = "\u0335"

_PLAIN: Final = re.compile("[\n -~\u00a1-\u00ac\u00ae-\u02af\u1e00-\u1eff\u2010-\u2027]*")  # nothing to normalise
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_BREAK: Final = re.compile(r"[,.;:?!\n\r()…]+")
ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_VERSION_DOT: Final = re.compile(r"(?<=\d)[.,/](?=\d)|(?<=\w)\.(?=\w)")


class Token(NamedTuple):
    """One syllable or run of digits. `surface` keeps the marks, `key` is what the index is looked up by."""

    surface: str
    key: str
    clause: int = 0
    upper: bool = False

    @property
    def is_number(self) -> bool:
        return self.key.isdigit()


def clean(text: str) -> str:
    """Composed, without invisible or stacked characters; controls become spaces. Case is kept."""
    if _PLAIN.fullmatch(text):
        return text
    kept = []
    for char in unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text)):
        category = unicodedata.category(char)
        if category == "Cc":
            kept.append("\n" if char == "\n" else " ")
        elif category not in ("Cf", "Mn", "Cs", "Co"):
            kept.append(char)
    return "".join(kept)


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Lower case without marks; `đ` has no decomposition and is mapped by hand."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
    return bare.replace("đ", "d")


@lru_cache(maxsize=20_000)
def key_of(word: str) -> str:
    """The look-up key: folded, with y written as i (kỷ luật, kỉ luật); a lone y stays."""
    folded = fold(word)
    return folded.replace("y", "i") if len(folded) > 1 else folded


@lru_cache(maxsize=20_000)
def marks(word: str) -> Counter[str]:
    """The marks of a word, wherever they sit: hòa and hoà have the same."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    found = Counter(c for c in decomposed if unicodedata.category(c) == "Mn")
    if strokes := decomposed.count("đ"):
        found[STROKE] = strokes
    return found


@lru_cache(maxsize=50_000)
def agreement(typed: str, stored: str) -> float:
    """How well the marks that a person typed fit a stored word with the same letters, 0 to 1.

    Forgotten marks and a swapped hỏi or ngã are usual slips; other marks usually mean another word.
    """
    mine, theirs = marks(typed), marks(stored)
    if mine == theirs:
        return 1.0
    if mine <= theirs:
        return 0.92
    if _one_wave(mine) == _one_wave(theirs):
        return 0.9
    if _without_tones(mine) == _without_tones(theirs):
        return 0.5
    return 0.4 if _without_tones(mine) <= _without_tones(theirs) else 0.3


def _one_wave(found: Counter[str]) -> Counter[str]:
    return Counter({HOOK if mark == TILDE else mark: n for mark, n in found.items()})


def _without_tones(found: Counter[str]) -> Counter[str]:
    return Counter({mark: n for mark, n in found.items() if mark not in TONES})


def is_marked(text: str) -> bool:
    """Whether the person typed any Vietnamese mark at all."""
    return any(c in "đĐ" or unicodedata.category(c) == "Mn" for c in unicodedata.normalize("NFD", text))


_HEADS: Final = (
    ("ngh", "ng"),
    ("gh", "g"),
    ("ph", "f"),
    ("tr", "c"),
    ("ch", "c"),
    ("gi", "z"),
    ("qu", "kw"),
    ("d", "z"),
    ("r", "z"),
    ("x", "s"),
    ("k", "k"),
    ("c", "k"),
    ("n", "l"),
)
_TAILS: Final = (("ng", "n"), ("nh", "n"), ("ch", "t"), ("c", "t"))


@lru_cache(maxsize=20_000)
def sound(key: str) -> str:
    """A rough sound: what regional speech and quick typing mix up (x/s, d/gi/r, ch/tr, l/n, -n/-ng, -t/-c) is one."""
    for written, heard in _HEADS:
        if key.startswith(written) and not (written == "n" and key.startswith(("ng", "nh"))):
            key = heard + key[len(written) :]
            break
    for written, heard in _TAILS:
        if key.endswith(written) and len(key) > len(written) + 1:
            return key[: -len(written)] + heard
    return key


_SYLLABLE: Final = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    r"(?:i?a(?:ch?|[imoptu]|nh?|ng)?|i?eu?(?:ch?|[mopt]|nh?|ng)?|i(?:ch?|[mptu]|nh?|ng)?|o[aeo]?(?:ch?|[imopt]|nh?|ng)?"
    r"|ui?[aeou]?(?:ch?|[imptu]|nh?|ng)?)"
)


def is_syllable(key: str) -> bool:
    """Whether the key could be written Vietnamese: then it is less likely a slip of the finger."""
    return _SYLLABLE.fullmatch(key) is not None


def tokens(text: str, most: int = 400) -> list[Token]:
    """The words of a text in order, with the number of the clause they stand in; at most `most`."""
    found: list[Token] = []
    for clause, piece in enumerate(_clauses(clean(text))):
        found += _quarters([_token(word, clause) for word in _WORD.findall(piece)])
        if len(found) >= most:
            return found[:most]
    return found


def words_of(text: str, most: int = 400) -> list[Token]:
    """The same without telling clauses apart, for text that is stored."""
    return _quarters(list(map(_token, _WORD.findall(clean(text))[:most])))


def _quarters(words: list[Token]) -> list[Token]:
    """ "quý III" as "quý 3", in place."""
    for n in range(1, len(words)):
        if words[n].key in ROMAN and words[n - 1].key == "qui":
            words[n] = Token(ROMAN[words[n].key], ROMAN[words[n].key], words[n].clause)
    return words


@lru_cache(maxsize=20_000)
def _token(word: str, clause: int = 0) -> Token:
    lower = word.lower()
    return Token(lower, key_of(lower), clause, len(word) > 1 and word.isupper())


def _clauses(text: str) -> Iterator[str]:
    whole = _VERSION_DOT.sub(" ", text)  # "TC1.6" and "7,5" are no ends of clauses
    yield from (piece for piece in _BREAK.split(whole) if piece.strip())


def runs(text: str) -> tuple[str, ...]:
    """Letter and digit runs of a code, folded: "TC 1.6" gives ("tc", "1", "6")."""
    return tuple(token.key for token in tokens(text))
