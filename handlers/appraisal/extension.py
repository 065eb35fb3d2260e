"""A secretary grants a unit another day: the day is typed, then the reason."""

from datetime import date
from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.buttons.extension import StartExtending
from bot.domain.calendar import Milestone, local
from bot.domain.errors import DomainError
from bot.domain.moments import parse_day
from bot.domain.people import Member
from bot.usecases.extension import GrantExtension
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import screens
from handlers.filters import Tapped
from handlers.replies import Replies, Screen, put, say
from handlers.screens import screen
from handlers.views.appraisal import extension as views


class Extending(StatesGroup):
    day = State()  # data: milestone, unit
    reason = State()  # and due_on


TYPED = F.text, ~F.text.startswith("/")


def add(router: Router) -> None:
    router.callback_query.register(start, Tapped(StartExtending))
    router.message.register(day_typed, StateFilter(Extending.day), *TYPED)
    router.message.register(reason_typed, StateFilter(Extending.reason), *TYPED)


def _ask_day(work: Work, milestone: Milestone, unit: str, words: Words) -> Screen:
    _, before = GrantExtension(work).beside(milestone, unit)
    return views.ask_day(milestone, work.bloc.unit(unit), before, words)


def _ask_reason(work: Work, moved: Milestone, unit: str, words: Words) -> Screen:
    days, before = GrantExtension(work).beside(moved, unit)
    return views.ask_reason(moved, work.bloc.unit(unit), days, before, words)


async def start(
    query: CallbackQuery, action: StartExtending, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    milestone = GrantExtension(work).find(actor, action.milestone, action.unit)
    await state.set_state(Extending.day)
    await state.set_data({"milestone": action.milestone, "unit": action.unit})
    return put(query, _ask_day(work, milestone, action.unit, words))


async def day_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    data = await state.get_data()
    day = parse_day(message.text or "", local(work.now).date())
    moved = GrantExtension(work).check(actor, data["milestone"], data["unit"], day)
    await state.set_state(Extending.reason)
    await state.set_data({**data, "due_on": day.isoformat()})
    return [say(message.chat.id, _ask_reason(work, moved, data["unit"], words))]


async def reason_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    data = await state.get_data()
    granting, day = GrantExtension(work), date.fromisoformat(data["due_on"])
    granting(actor, data["milestone"], data["unit"], day, message.text or "")
    milestone = granting.find(actor, data["milestone"], data["unit"])
    await state.clear()
    return [say(message.chat.id, views.granted(milestone, work.bloc.unit(data["unit"]), words))]


@screen(Extending.day)
def day_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    try:
        milestone = GrantExtension(work).find(actor, data["milestone"], data["unit"])
    except (DomainError, KeyError):
        return screens.current(work, actor, words, None, {})
    return _ask_day(work, milestone, data["unit"], words)


@screen(Extending.reason)
def reason_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    try:
        day = date.fromisoformat(data["due_on"])
        moved = GrantExtension(work).check(actor, data["milestone"], data["unit"], day)
    except (DomainError, KeyError):
        return day_screen(work, actor, words, data)
    return _ask_reason(work, moved, data["unit"], words)
