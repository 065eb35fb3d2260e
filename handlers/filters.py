"""What a route asks of an update before its handler is called."""

import re
from typing import Any

from aiogram.enums import ChatType
from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.actions import Action, parse
from bot.domain.people import Member


class Tapped(BaseFilter):
    """A tap on a button of this kind; hands the parsed `action` to the handler."""

    def __init__(self, kind: type[Action]) -> None:
        self.kind = kind

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        found = parse(query.data)
        return {"action": found} if isinstance(found, self.kind) else False


class IsMember(BaseFilter):
    """Somebody with at least one membership in force."""

    async def __call__(self, event: TelegramObject, actor: Member | None = None) -> bool:
        return actor is not None


class IsSecretary(BaseFilter):
    async def __call__(self, event: TelegramObject, actor: Member | None = None) -> bool:
        return actor is not None and actor.is_secretary


def _chat_type(event: TelegramObject) -> str | None:
    message = event.message if isinstance(event, CallbackQuery) else event
    chat = getattr(message, "chat", None)
    return chat.type if chat else None


class Private(BaseFilter):
    """A person alone with the bot."""

    async def __call__(self, event: TelegramObject) -> bool:
        return _chat_type(event) == ChatType.PRIVATE


class InGroup(BaseFilter):
    async def __call__(self, event: TelegramObject) -> bool:
        return _chat_type(event) in (ChatType.GROUP, ChatType.SUPERGROUP)


class ForBot(BaseFilter):
    """In a group: a message that mentions the bot by name, anywhere, or replies to one of its messages."""

    async def __call__(self, message: Message) -> bool:
        bot = message.bot
        if bot is None:
            return False
        replied_to = message.reply_to_message.from_user if message.reply_to_message else None
        if replied_to is not None and replied_to.id == bot.id:
            return True
        me = getattr(bot, "_me", None)
        name = me.username if me else None
        return bool(name and re.search(rf"@{re.escape(name)}(?!\w)", message.text or "", re.IGNORECASE))
