"""aiogram's session, with every trouble of the road under the names that the rest of the product waits out."""

import sys
from typing import Any

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import ClientDecodeError, TelegramNetworkError, TelegramServerError
from aiogram.methods import Response
from aiogram.methods.base import TelegramMethod, TelegramType


def troubles(*more: type[Exception]) -> tuple[type[Exception], ...]:
    """What the road to Telegram may raise, and `more`: for an except clause. A proxy's are none of aiohttp's."""
    found: list[type[Exception]] = [aiohttp.ClientError, OSError, *more]
    if socks := sys.modules.get("aiohttp_socks"):  # loaded only where there is a proxy
        found += [socks.ProxyError, socks.ProxyConnectionError, socks.ProxyTimeoutError]
    return tuple(found)


class Session(AiohttpSession):
    """Raises TelegramNetworkError and TelegramServerError alone for what is not Telegram's answer."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - the library's own signature
    ) -> TelegramType:
        try:
            return await super().make_request(bot, method, timeout)
        except troubles(UnicodeDecodeError) as error:  # a page of letters that are none, from a proxy
            raise TelegramNetworkError(method=method, message=type(error).__name__) from error

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        try:
            return super().check_response(bot, method, status_code, content)
        except (ClientDecodeError, TypeError) as error:
            data: Any = getattr(error, "data", None)
            if isinstance(data, dict) and data.get("ok") is True:
                # It took effect, and the answer is newer than the library: asking again would do it twice.
                return Response[Any].model_construct(ok=True, result=data.get("result"))
            raise TelegramServerError(method=method, message=f"HTTP {status_code} without an answer") from None
