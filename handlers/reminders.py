"""/nhac: which reminders a person gets, and switching the early ones off."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.buttons.reminders import QuietEarly
from bot.domain.people import Member
from bot.usecases.ports.work import Work
from bot.usecases.reminders import SetEarlyReminders, early_reminders_on
from bot.words import Words
from handlers.filters import IsMember, Private, Tapped
from handlers.replies import Replies, Screen, notify, put, say


def settings(on: bool, words: Words) -> Screen:
    label = "reminders.switch-off" if on else "reminders.switch-on"
    button = InlineKeyboardButton(
        text=words.plain(label), callback_data=QuietEarly(on=0 if on else 1, settings=1).pack()
    )
    text = words("reminders.early-on" if on else "reminders.early-off")
    return Screen(f"{words('reminders.ladder')}\n\n{text}", InlineKeyboardMarkup(inline_keyboard=[[button]]))


async def show(message: Message, actor: Member, words: Words) -> Replies:
    return [say(message.chat.id, settings(early_reminders_on(actor), words))]


async def switch(query: CallbackQuery, action: QuietEarly, actor: Member, work: Work, words: Words) -> Replies:
    on = bool(action.on)
    SetEarlyReminders(work)(actor, on=on)
    if action.settings:
        return put(query, settings(on, words))
    return [notify(query, words.plain("reminders.switched-off"), alert=True)]


def build() -> Router:
    router = Router(name="reminders")
    router.message.register(show, Command("nhac", ignore_mention=True), Private(), IsMember())
    router.callback_query.register(switch, Tapped(QuietEarly), IsMember())
    return router
