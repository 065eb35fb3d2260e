"""/han: the milestones of the bloc-year, the nearest first; with words, that milestone."""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.buttons.ask import ListCalendar, OpenMilestone
from bot.domain.people import Member
from bot.usecases.ask import EntryGone, FindMilestones, ListMilestones, OpenEntry
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import own
from handlers.commands import ToThisBot, anywhere
from handlers.filters import IsMember, Tapped
from handlers.library import LIBRARY
from handlers.replies import Replies, Screen, put, say
from handlers.views import calendar as views
from handlers.views.own import NOTHING


def build() -> Router:
    router = Router(name="calendar")
    router.message.register(show_calendar, anywhere("han"), ToThisBot(), IsMember())
    router.callback_query.register(list_calendar, Tapped(ListCalendar), IsMember())
    router.callback_query.register(open_milestone, Tapped(OpenMilestone), IsMember())
    return router


async def show_calendar(message: Message, command: CommandObject, actor: Member, work: Work, words: Words) -> Replies:
    reply_to = None if message.chat.type == "private" else message.message_id
    shown = _wanted((command.args or "").strip(), actor, work, words, alone=reply_to is None)
    return [say(message.chat.id, shown, reply_to=reply_to)]


async def list_calendar(query: CallbackQuery, action: ListCalendar, actor: Member, work: Work, words: Words) -> Replies:
    return put(query, _listed(actor, work, words, past=bool(action.past), page=action.page))


async def open_milestone(
    query: CallbackQuery, action: OpenMilestone, actor: Member, work: Work, words: Words
) -> Replies:
    if action.key not in {milestone.key for milestone in work.bloc.milestones}:
        raise EntryGone()
    alone = query.message is None or query.message.chat.type == "private"
    return put(query, _one(action.key, "", actor, work, words, alone=alone))


def _one(key: str, text: str, actor: Member, work: Work, words: Words, *, alone: bool) -> Screen:
    """One milestone; how the person's own units stand with it only where nobody else reads along."""
    mine = own.about(key, actor, work, words) if alone else NOTHING
    return views.one(OpenEntry(work, LIBRARY)(actor, key, words, text), words, mine)


def _listed(actor: Member, work: Work, words: Words, *, past: bool, page: int) -> Screen:
    ahead, gone = ListMilestones(work)(actor)
    shown, others = (gone, ahead) if past else (ahead, gone)
    return views.listed(shown, len(others), work.bloc, work.now, words, past=past, page=page)


def _wanted(text: str, actor: Member, work: Work, words: Words, *, alone: bool) -> Screen:
    if not text:
        return _listed(actor, work, words, past=False, page=0)
    found = FindMilestones(work, LIBRARY)(actor, text)
    if not found:
        return views.nothing(text, words)
    if len(found) == 1:
        return _one(found[0].key, text, actor, work, words, alone=alone)
    return views.found_by_words(found, text, work.now, words)
