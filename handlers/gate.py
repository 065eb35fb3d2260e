"""Who is talking: one look-up per update, before any route is tried."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update

from bot.usecases.ports.work import Work
from handlers.errors import sender, words_for


class Gate(BaseMiddleware):
    """Outer middleware on updates: adds `actor` (None for strangers) and `words`."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        assert isinstance(event, Update)
        work: Work = data["work"]
        user, _ = sender(event)
        actor = work.people.member(user.id) if user else None
        data["actor"] = actor
        data["words"] = words_for(actor, user.language_code if user else None)
        return await handler(event, data)
