"""Wherever a conversation can stand there is a screen to show again."""

from aiogram.fsm.state import StatesGroup

from handlers import screens
from handlers.routing import build_dispatcher
from storage.fsm import TalkStorage


def test_every_state_of_a_conversation_has_a_screen() -> None:
    build_dispatcher(TalkStorage())  # every feature is loaded
    states = {
        state.state
        for group in StatesGroup.__subclasses__()
        if group.__module__.startswith("handlers.")
        for state in group.__all_states__
    }
    assert len(states) > 20
    assert states <= set(screens._screens), states - set(screens._screens)
