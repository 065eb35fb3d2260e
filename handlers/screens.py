"""Where a person stands: each conversation state has a screen, shown again after a restart or after a stale button.

A screen only reads. It is called with the transaction, the person, their words and the state's data.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from aiogram.fsm.state import State

from bot.domain.people import Member
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.replies import Screen

Render: TypeAlias = Callable[[Work, Member, Words, dict[str, Any]], Screen]
_screens: dict[str | None, Render] = {}


def screen(state: State | None) -> Callable[[Render], Render]:
    """Register the screen of a state; None is the home screen of somebody who is in no conversation."""

    def register(render: Render) -> Render:
        name = state.state if state else None
        if name in _screens:
            raise ValueError(f"state {name} has a screen already")
        _screens[name] = render
        return render

    return register


def known() -> frozenset[str | None]:
    """The states that have a screen."""
    return frozenset(_screens)


def current(work: Work, actor: Member, words: Words, state: str | None, data: dict[str, Any]) -> Screen:
    """The screen on which this person stands now; the home screen for a state that this version does not know."""
    render = _screens.get(state) or _screens[None]
    return render(work, actor, words, data)
