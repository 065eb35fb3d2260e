"""The one place that speaks python-telegram-bot: sends one message and says what became of it."""

import json
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

import httpx
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError
from telegram.ext import BaseRateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.domain.sending import (
    Bug,
    Delivered,
    Keyboard,
    MediaKind,
    Moved,
    Outcome,
    Outgoing,
    Refusal,
    Refused,
    Stopped,
    Ticket,
    Unsure,
    Wait,
)
from bot.pace import Lane, Pace, answers_tap, draws

RECONNECT: Final = 5.0  # seconds until the next try when Telegram cannot be reached
SHORTEST_FLOOD_WAIT: Final = 1.0
MOST_REASON: Final = 300
NEVER_LEFT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

# Telegram has no codes below 400 and 403: the sentence is all there is. Lower case.
BLOCKED: Final = ("blocked by the user", "user_is_blocked", "bot was kicked")
UNREACHABLE: Final = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "input_user_deactivated",
    "peer_id_invalid",
    "can't initiate conversation",
    "chat was deactivated",
    "chat was deleted",
    "bot is not a member",
    "not enough rights",
    "have no rights to send",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_send_plain_forbidden",
    "topic_closed",
    "group is deactivated",
)
GONE: Final = ("message to edit not found", "message can't be edited", "message_id_invalid")


class Flooded(TelegramError):
    """429. Raised instead of the library's RetryAfter, which warns of its own deprecation whenever it is made."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too Many Requests: retry after {seconds:g}")
        self.seconds = seconds


class Answered(TelegramError):
    """An HTTP status that the library does not tell apart."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class _Request(HTTPXRequest):
    """Keeps the status of an answer, which the library drops from its NetworkError."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, payload = await super().do_request(*args, **kwargs)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise Flooded(_retry_after(payload))
        if status >= 500 or (status >= 400 and status not in (400, 401, 403, 404, 409)):
            raise Answered(status)
        if status < 300 and not _is_telegrams(payload):
            raise TelegramError("an answer that is not Telegram's")
        return status, payload


def _is_telegrams(payload: bytes) -> bool:
    """A login page or a broken proxy answers 200 as well; the library would fail on it with a KeyError."""
    try:
        return "result" in json.loads(payload)
    except (ValueError, TypeError):
        return False


def _retry_after(payload: bytes) -> float:
    """Seconds; a reverse proxy of one's own may answer 429 without saying how long."""
    try:
        return max(SHORTEST_FLOOD_WAIT, float(json.loads(payload)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return RECONNECT


class PacedBot(BaseRateLimiter[tuple[Lane, Ticket]]):
    """python-telegram-bot's own extension point for rate limits, drawing from the common budget."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def initialize(self) -> None:
        """Nothing of its own to open."""

    async def shutdown(self) -> None:
        """Nothing of its own to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: tuple[Lane, Ticket] | None,
    ) -> Any:
        lane, ticket = rate_limit_args or (Lane.BROADCAST, Ticket())
        if draws(endpoint):
            await self._pace.turn(data.get("chat_id"), lane)
        elif answers_tap(endpoint):
            await self._pace.turn(None)
        ticket.left = True
        try:
            return await callback(*args, **kwargs)
        except Flooded as error:
            self._pace.pause_for(error.seconds)
            raise


class Messenger:
    """Sends composed messages. No call raises for what Telegram or the network did; it is in the Outcome.

    `base_url` is a Bot API server ("https://api.telegram.org" or one's own), `proxy` an http:// or socks5:// address.
    """

    def __init__(self, token: str, base_url: str, proxy: str | None, pace: Pace, *, timeout: float = 20.0) -> None:
        quiet_libraries()
        self._token = token
        self._request = _Request(
            connection_pool_size=64,
            read_timeout=timeout,
            write_timeout=timeout,
            connect_timeout=timeout,
            pool_timeout=timeout,
            proxy=proxy or None,
            # aiogram's client does not read proxies from the environment either: both must take the same way.
            httpx_kwargs={"trust_env": False},
        )
        root = base_url.rstrip("/")
        self._bot: ExtBot[tuple[Lane, Ticket]] = ExtBot(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._request,
            get_updates_request=self._request,
            rate_limiter=PacedBot(pace),
        )

    async def open(self) -> None:
        """Ready to send. Asks Telegram nothing: the product starts without a network too."""
        # Not ExtBot.initialize: it calls getMe, and puts the token into the error when that is refused.
        await self._request.initialize()

    async def close(self) -> None:
        await self._request.shutdown()

    async def send(self, chat_id: int, message: Outgoing, ticket: Ticket | None = None) -> Outcome:
        """Send once. `ticket` tells a caller that gives up whether it had already left."""
        ticket = ticket or Ticket()
        return await self._outcome(self._sending(chat_id, message, ticket))

    async def edit(self, chat_id: int, message_id: int, message: Outgoing, ticket: Ticket | None = None) -> Outcome:
        """Replace the text and the keyboard of a message of ours; the same text again counts as delivered."""
        call = self._bot.edit_message_text(
            message.html,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=_markup(message.keyboard),
            rate_limit_args=(Lane.BROADCAST, ticket or Ticket()),
        )
        return await self._outcome(call, edited=message_id)

    def _sending(self, chat_id: int, message: Outgoing, ticket: Ticket) -> Coroutine[Any, Any, Any]:
        common: dict[str, Any] = {
            "chat_id": chat_id,
            "parse_mode": ParseMode.HTML,
            "reply_markup": _markup(message.keyboard),
            "rate_limit_args": (Lane.BROADCAST, ticket),
        }
        if message.media is None:
            preview = LinkPreviewOptions(is_disabled=True)
            return self._bot.send_message(text=message.html, link_preview_options=preview, **common)
        if message.media.kind is MediaKind.PHOTO:
            return self._bot.send_photo(photo=message.media.file_id, caption=message.html, **common)
        return self._bot.send_document(document=message.media.file_id, caption=message.html, **common)

    async def _outcome(self, call: Coroutine[Any, Any, Any], *, edited: int = 0) -> Outcome:
        try:
            result = await call
        except Flooded as error:
            return Wait(error.seconds, self._reason(error), everyone=True)
        except ChatMigrated as error:
            return Moved(error.new_chat_id)
        except Forbidden as error:
            return _forbidden(self._reason(error))
        except BadRequest as error:  # a NetworkError to the library, so it stands before it
            return _bad_request(self._reason(error), edited)
        except InvalidToken as error:
            return Stopped(self._reason(error))
        except Answered as error:
            passing = error.status >= 500 or error.status == httpx.codes.PROXY_AUTHENTICATION_REQUIRED
            return Wait(RECONNECT, self._reason(error)) if passing else Bug(self._reason(error))
        except NetworkError as error:  # TimedOut as well
            left = not isinstance(error.__cause__, NEVER_LEFT)
            return Unsure(self._reason(error)) if left else Wait(RECONNECT, self._reason(error))
        except TelegramError as error:  # an answer that is not Telegram's: a login page, a broken proxy
            return Unsure(self._reason(error))
        return Delivered(getattr(result, "message_id", edited))

    def _reason(self, error: TelegramError) -> str:
        return error.message.replace(self._token, "***")[:MOST_REASON]


def _forbidden(reason: str) -> Outcome:
    blocked = any(mark in reason.lower() for mark in BLOCKED)
    return Refused(Refusal.BLOCKED if blocked else Refusal.UNREACHABLE, reason)


def _bad_request(reason: str, edited: int) -> Outcome:
    said = reason.lower()
    if edited and "message is not modified" in said:
        return Delivered(edited)
    if any(mark in said for mark in BLOCKED):
        return Refused(Refusal.BLOCKED, reason)
    if any(mark in said for mark in UNREACHABLE) or (edited and any(mark in said for mark in GONE)):
        return Refused(Refusal.UNREACHABLE, reason)
    return Bug(reason)


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in keyboard]
    )


def quiet_libraries() -> None:
    """httpx logs every address, token included, at INFO; the other two log what people wrote at DEBUG or on errors."""
    for name, level in (("httpx", logging.WARNING), ("httpcore", logging.WARNING), ("telegram", logging.WARNING)):
        logging.getLogger(name).setLevel(level)
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)
