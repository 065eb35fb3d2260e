"""/han: the milestones of the bloc-year, the nearest first; with words, that milestone."""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.buttons.ask import ListCalendar, OpenMilestone
from bot.domain.people import Member
from bot.usecases.ask import EntryGone, FindMilestones, ListMilestones, OpenEntry
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.commands import ToThisBot, anywhere
from handlers.filters import IsMember, Tapped
from handlers.library import LIBRARY
from handlers.replies import Replies, Screen, put, say
from handlers.views import calendar as views


def build() -> Router:
    router = Router(name="calendar")
    router.message.register(show_calendar, anywhere("han"), ToThisBot(), IsMember())
    router.callback_query.register(list_calendar, Tapped(ListCalendar), IsMember())
    router.callback_query.register(open_milestone, Tapped(OpenMilestone), IsMember())
    return router


async def show_calendar(message: Message, command: CommandObject, actor: Member, work: Work, words: Words) -> Replies:
    reply_to = None if message.chat.type == "private" else message.message_id
    return [say(message.chat.id, _wanted((command.args or "").strip(), actor, work, words), reply_to=reply_to)]


async def list_calendar(query: CallbackQuery, action: ListCalendar, actor: Member, work: Work, words: Words) -> Replies:
    return put(query, _listed(actor, work, words, past=bool(action.past), page=action.page))


async def open_milestone(
    query: CallbackQuery, action: OpenMilestone, actor: Member, work: Work, words: Words
) -> Replies:
    if action.key not in {milestone.key for milestone in work.bloc.milestones}:
        raise EntryGone()
    return put(query, views.one(OpenEntry(work, LIBRARY)(actor, action.key, words), words))


def _listed(actor: Member, work: Work, words: Words, *, past: bool, page: int) -> Screen:
    ahead, gone = ListMilestones(work)(actor)
    shown, others = (gone, ahead) if past else (ahead, gone)
    return views.listed(shown, len(others), work.bloc, work.now, words, past=past, page=page)


def _wanted(text: str, actor: Member, work: Work, words: Words) -> Screen:
    if not text:
        return _listed(actor, work, words, past=False, page=0)
    found = FindMilestones(work, LIBRARY)(actor, text)
    if not found:
        return views.nothing(text, words)
    if len(found) == 1:
        return views.one(OpenEntry(work, LIBRARY)(actor, found[0].key, words, text), words)
    return views.found_by_words(found, text, work.now, words)
