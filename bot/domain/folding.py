"""Vietnamese without its marks: to find, never to show."""

import unicodedata


def fold(text: str) -> str:
    """Lower case, without marks, single spaces. The d with a stroke does not decompose: it is folded by hand."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return " ".join(bare.replace("\u0111", "d").split())
