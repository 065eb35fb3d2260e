"""aiogram draws from the common sending budget: a session middleware."""

from typing import TYPE_CHECKING

from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods.base import TelegramMethod, TelegramType

from bot.pace import Lane, Pace, answers_tap, draws

if TYPE_CHECKING:
    from aiogram.client.bot import Bot
    from aiogram.methods import Response


class PacedRequests(BaseRequestMiddleware):
    """`bot.session.middleware(PacedRequests(pace))`. A 429 holds everybody and is raised to the caller as it came."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: "Bot",
        method: TelegramMethod[TelegramType],
    ) -> "Response[TelegramType]":
        endpoint = method.__api_method__
        chat_id = getattr(method, "chat_id", None)
        if draws(endpoint) and chat_id is not None:
            await self._pace.turn(chat_id, Lane.REPLY)
        elif draws(endpoint) or answers_tap(endpoint):
            await self._pace.turn(None)
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as error:
            self._pace.pause_for(error.retry_after)
            raise
