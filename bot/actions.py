"""Button payloads: what a tap means, in at most 64 bytes, versioned. Ids only, never words.

Wire form: `1:<name>:<field>:<field>...`. An unknown version or name parses to None, so that a button from an older
product is answered kindly instead of failing.
"""

import re
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import ClassVar, Self, TypeVar, get_type_hints
from zlib import crc32

VERSION = "1"
MOST_BYTES = 64
SEPARATOR = ":"
_NUMBER = re.compile(r"-?[0-9]{1,18}")

_known: dict[str, type["Action"]] = {}


class PayloadTooLong(ValueError):
    """More than 64 bytes: always a mistake in the product."""


@dataclass(frozen=True, slots=True)
class Action:
    """Base of every button. Subclasses are frozen dataclasses of int and str fields with a unique `name`."""

    name: ClassVar[str] = ""

    def pack(self) -> str:
        """The callback_data. Raises PayloadTooLong, or ValueError for a field that holds the separator."""
        values = [str(getattr(self, f.name)) for f in fields(self)]
        if any(SEPARATOR in value for value in values):
            raise ValueError(f"a field of {self.name} holds the separator")
        data = SEPARATOR.join((VERSION, self.name, *values))
        if len(data.encode()) > MOST_BYTES:
            raise PayloadTooLong(f"{self.name} packs to {len(data.encode())} bytes")
        return data

    @classmethod
    def unpack(cls, values: list[str]) -> Self:
        """Raises ValueError when the count or a type does not fit."""
        kinds = _fields(cls)  # type: ignore[arg-type]  # a class is hashable; mypy asks it of Self too
        if len(values) != len(kinds):
            raise ValueError("another number of fields")
        return cls(*(_number(value) if kind is int else value for kind, value in zip(kinds, values, strict=True)))


@cache
def _fields(kind: type[Action]) -> tuple[type, ...]:
    hints = get_type_hints(kind)
    return tuple(hints[field.name] for field in fields(kind))


def _number(text: str) -> int:
    """Raises ValueError for what `pack` never writes: digits of other scripts, or more than a database holds."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number of ours")
    return int(text)


def mark_of(text: str) -> str:
    """A short mark of what a button was made for, where that has no number: an old button then fits nothing newer."""
    return f"{crc32(text.encode(errors='replace')):08x}"


A = TypeVar("A", bound=Action)


def action(cls: type[A]) -> type[A]:
    """Register a button kind."""
    if not cls.name or cls.name in _known:
        raise ValueError(f"{cls.__name__} needs a name of its own")
    _known[cls.name] = cls
    return cls


@lru_cache(maxsize=4096)  # every route asks the same question of the same tap
def parse(data: str | None) -> Action | None:
    """What a tap means; None when it is not ours, of another version, or broken."""
    if not data or len(data.encode(errors="surrogatepass")) > MOST_BYTES:
        return None
    version, _, rest = data.partition(SEPARATOR)
    name, _, tail = rest.partition(SEPARATOR)
    kind = _known.get(name)
    if version != VERSION or kind is None:
        return None
    try:
        return kind.unpack(tail.split(SEPARATOR) if tail else [])
    except ValueError:
        return None
