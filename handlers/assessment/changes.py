"""What the bloc changed under a draft, and what is kept of items that are no longer asked."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.buttons import assessment as buttons
from bot.domain.errors import StaleButton
from bot.domain.people import Member
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.assessment.talk import Talk
from handlers.filters import Tapped
from handlers.replies import Replies, put


def add(router: Router) -> None:
    for kind, handler in ((buttons.ShowChanges, show_changes), (buttons.ShowRemoved, show_removed)):
        router.callback_query.register(handler, Tapped(kind))


async def show_changes(
    query: CallbackQuery, action: buttons.ShowChanges, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    return put(query, await talk.go(talk.look(action.assessment), "changes", page=max(0, action.page)))


async def show_removed(
    query: CallbackQuery, action: buttons.ShowRemoved, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    if not talk.is_removed(assessment, action.place):
        raise StaleButton()
    return put(query, await talk.go(assessment, "removed", page=action.place))
