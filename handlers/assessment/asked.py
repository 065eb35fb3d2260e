"""A question in the middle of a form: told apart from a value before either is taken."""

from typing import Any

from aiogram.filters import BaseFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.domain import typed, typed_reference
from bot.domain.errors import DomainError
from bot.domain.people import Member
from bot.domain.typed_own_state import asks_own_state
from bot.domain.typed_question import asks_aside, sounds_like_question
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.assessment.talk import Spot, Talk

ABOUT_ITEM = frozenset({"part", "evidence", "explanation", "line"})  # kinds of spots that show one item


class IsQuestion(BaseFilter):
    """Something typed at a step of the form, which is a question and not what the step waits for.

    Explanations and sections of the report are free text: there only a short and plain question counts, any other is
    asked by /hoi. No body is called by a question, so that one where an addressee is waited for is none.
    """

    async def __call__(
        self, message: Message, state: FSMContext, work: Work, words: Words, actor: Member | None = None
    ) -> bool:
        spot, text = Spot.of(await state.get_data()), message.text or ""
        if spot is None or actor is None:
            return False
        if asks_own_state(text):
            return True
        if spot.kind in ("explanation", "section"):
            return asks_aside(text)
        if spot.kind == "evidence":
            return typed_reference.asks(text)
        if spot.kind == "addressee":
            return sounds_like_question(text)
        if spot.kind != "part":
            return False
        try:
            bloc = Talk(work, actor, words).look(spot.assessment).bloc
            if spot.proof and not typed_reference.asks(text):
                return False
            return typed.asks(bloc.item(spot.code).part(spot.part), text, bloc.scale.step)
        except KeyError:  # the bloc has taken the question out meanwhile: no value is waited for
            return sounds_like_question(text)
        except DomainError:
            return False


def item_on_screen(data: dict[str, Any]) -> str:
    """The code of the item that the person's screen is about; empty elsewhere."""
    spot = Spot.of(data)
    return spot.code if spot is not None and spot.kind in ABOUT_ITEM else ""
