"""Button payloads: what a tap means, in at most 64 bytes, versioned. Ids only, never words.

Wire form: `1:<name>:<field>:<field>...`. An unknown version or name parses to None, so that a button from an older
product is answered kindly instead of failing.
"""

from dataclasses import dataclass, fields
from typing import ClassVar, Self, TypeVar, get_type_hints

VERSION = "1"
MOST_BYTES = 64
SEPARATOR = ":"

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
        hints = get_type_hints(cls)
        names = [f.name for f in fields(cls)]
        if len(values) != len(names):
            raise ValueError("another number of fields")
        return cls(**{n: (int(v) if hints[n] is int else v) for n, v in zip(names, values, strict=True)})


A = TypeVar("A", bound=Action)


def action(cls: type[A]) -> type[A]:
    """Register a button kind."""
    if not cls.name or cls.name in _known:
        raise ValueError(f"{cls.__name__} needs a name of its own")
    _known[cls.name] = cls
    return cls


def parse(data: str | None) -> Action | None:
    """What a tap means; None when it is not ours, of another version, or broken."""
    if not data or len(data.encode()) > MOST_BYTES:
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
