"""`/trangthai`."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.buttons.status import ExportPeriod, ShowStatus
from bot.domain.calendar import Period
from bot.domain.errors import StaleButton
from bot.domain.people import Member
from bot.usecases.assessment_form import TableOfPeriod, periods_to_export
from bot.usecases.contact import known_units
from bot.usecases.ports.work import Work
from bot.usecases.status import StatusOfBloc, StatusOfUnit, WaitingForMe
from bot.words import Words
from handlers import form_file
from handlers.filters import Private, Tapped
from handlers.replies import Replies, Screen, put, say
from handlers.views import status as views


def build() -> Router:
    router = Router(name="status")
    router.message.register(show, Command("trangthai", ignore_mention=True), Private())
    router.callback_query.register(show_again, Tapped(ShowStatus), Private())
    router.callback_query.register(export, Tapped(ExportPeriod), Private())
    return router


def status_screen(work: Work, actor: Member, words: Words) -> Screen:
    """What waits for the person, their own units, and for a secretary the bloc."""
    parts = []
    waiting = WaitingForMe(work)(actor)
    if waiting:
        parts.append(views.to_approve(waiting, words))
    parts += [
        views.unit(StatusOfUnit(work)(actor, code), words, fills=code in actor.fills)
        for code in known_units(work, actor)
    ]
    if actor.is_secretary:
        parts.append(views.bloc(StatusOfBloc(work)(actor), periods_to_export(work), words))
    return views.screen(parts or [views.nobody(words)], words)


async def show(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    await state.clear()
    return [say(message.chat.id, status_screen(work, actor, words))]


async def show_again(query: CallbackQuery, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    await state.clear()
    return put(query, status_screen(work, actor, words))


async def export(query: CallbackQuery, action: ExportPeriod, work: Work, actor: Member, words: Words) -> Replies:
    if action.period not in {period.value for period in Period}:
        raise StaleButton()
    table = TableOfPeriod(work)(actor, Period(action.period))
    return [query.answer(), form_file.all_units(query.from_user.id, table, words)]
