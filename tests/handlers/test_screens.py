"""Every conversation state can be drawn again."""

from collections.abc import Iterator

from aiogram.fsm.state import StatesGroup

from handlers import screens
from handlers.routing import build_router


def _groups(of: type[StatesGroup] = StatesGroup) -> Iterator[type[StatesGroup]]:
    for group in of.__subclasses__():
        if group.__module__.startswith("handlers."):
            yield group
        yield from _groups(group)


def test_every_state_has_a_screen_to_come_back_to_after_a_restart() -> None:
    build_router()
    states = {state.state for group in _groups() for state in group.__states__}
    assert len(states) > 20
    assert not states - screens.known()
