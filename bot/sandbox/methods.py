"""Which Bot API methods the sandbox plays; the modules below register theirs on import."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from bot.sandbox.errors import bad
from bot.sandbox.world import World

Params = dict[str, Any]
Played = Callable[[World, Params], Any | Awaitable[Any]]

PLAYED: dict[str, Played] = {}


P = TypeVar("P", bound=Played)


def plays(*names: str) -> Callable[[P], P]:
    """Register a function for these methods."""

    def register(function: P) -> P:
        for name in names:
            PLAYED[name] = function
        return function

    return register


def played(method: str) -> Played:
    """The function for a method of the table, or 400 for those this sandbox does not play."""
    if method not in PLAYED:
        raise bad(f"method {method} is not played by the sandbox")
    return PLAYED[method]
