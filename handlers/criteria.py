"""/tieuchi: the table of criteria by groups, by code or by words."""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.buttons.ask import ListGroups, ListItems, OpenItem
from bot.domain.errors import StaleButton
from bot.domain.people import Member
from bot.usecases.ask import EntryGone, FindItems, OpenEntry
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import own
from handlers.commands import ToThisBot, anywhere
from handlers.filters import IsMember, Tapped
from handlers.library import LIBRARY
from handlers.replies import Replies, Screen, put, say
from handlers.views import criteria as views
from handlers.views.own import NOTHING


def build() -> Router:
    router = Router(name="criteria")
    router.message.register(show_criteria, anywhere("tieuchi"), ToThisBot(), IsMember())
    router.callback_query.register(list_groups, Tapped(ListGroups), IsMember())
    router.callback_query.register(list_items, Tapped(ListItems), IsMember())
    router.callback_query.register(open_item, Tapped(OpenItem), IsMember())
    return router


async def show_criteria(message: Message, command: CommandObject, actor: Member, work: Work, words: Words) -> Replies:
    reply_to = None if message.chat.type == "private" else message.message_id
    shown = _wanted((command.args or "").strip(), actor, work, words, alone=reply_to is None)
    return [say(message.chat.id, shown, reply_to=reply_to)]


async def list_groups(query: CallbackQuery, actor: Member, work: Work, words: Words) -> Replies:
    return put(query, views.groups(work.bloc, words))


async def list_items(query: CallbackQuery, action: ListItems, actor: Member, work: Work, words: Words) -> Replies:
    found = views.members_of(work.bloc, action.group)
    if not found:
        raise StaleButton()
    return put(query, views.items(views.heading_of(work.bloc, action.group, words), found, words))


async def open_item(query: CallbackQuery, action: OpenItem, actor: Member, work: Work, words: Words) -> Replies:
    alone = query.message is None or query.message.chat.type == "private"
    return put(query, _one(action.code, "", actor, work, words, alone=alone))


def _wanted(text: str, actor: Member, work: Work, words: Words, *, alone: bool) -> Screen:
    if not text:
        return views.groups(work.bloc, words)
    found = FindItems(work, LIBRARY)(actor, text)
    if not found:
        return views.nothing(text, words)
    if len(found) == 1:
        return _one(found[0].code, text, actor, work, words, alone=alone)
    return views.items(words("criteria.found", text=views.cut(text)), found, words)


def _one(code: str, text: str, actor: Member, work: Work, words: Words, *, alone: bool) -> Screen:
    """One line; how the person's own units stand with it only where nobody else reads along."""
    if code not in {item.code for item in work.bloc.items()}:
        raise EntryGone()
    answer = OpenEntry(work, LIBRARY)(actor, code, words, text)
    mine = own.about(code, actor, work, words) if alone else NOTHING
    return views.one(answer, work.bloc, work.bloc.item(code), words, mine)
