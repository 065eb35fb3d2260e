"""Updates from Telegram into the inbox: committed first, confirmed to Telegram only then.

Both libraries' own loops confirm an update before its handler has finished, so neither is used.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import TelegramAPIError, TelegramNotFound, TelegramRetryAfter, TelegramUnauthorizedError
from aiohttp import web
from yarl import URL

from bot.inbound.patience import GaveUp, Patience
from bot.inbound.session import troubles
from bot.usecases.ports.inbox import Inbox, RawUpdate
from bot.usecases.ports.work import StoreUnavailable

log = logging.getLogger(__name__)

ALLOWED: Final = ("message", "edited_message", "callback_query", "my_chat_member")
POLL_SECONDS = 50
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
CONFLICT = 409
FAREWELL_SECONDS = 3.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class TokenRefused(Exception):
    """Telegram does not know the token: nothing will work until the operator corrects it."""


def raw_update(update: dict[str, Any]) -> RawUpdate:
    """An update with the lane in which its order counts: its chat, else its sender."""
    held = next((value for key, value in update.items() if key != "update_id" and isinstance(value, dict)), {})
    chat = held.get("chat") or (held.get("message") or {}).get("chat") or held.get("from") or {}
    text = json.dumps(update, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair could neither be stored nor quoted back: it becomes a question mark here.
    body = text.encode(errors="replace").decode()
    return RawUpdate(int(update["update_id"]), int(chat.get("id", 0)), body)


class CannotListen(Exception):
    """Somebody else has the address on which Telegram was to be heard; it is the message."""


class _Receiver:
    def __init__(self, bot: Bot, inbox: Inbox, received: Callable[[], None]) -> None:
        self._bot, self._inbox, self._received = bot, inbox, received

    async def _commit(self, updates: Sequence[dict[str, Any]]) -> None:
        rows = [raw_update(update) for update in updates]
        new = await asyncio.to_thread(self._inbox.add, self._bot.id, rows)
        log.info("received", extra={"updates": len(rows), "new": len(new)})
        if new:
            self._received()


class PollingReceiver(_Receiver):
    """Long polling. The offset is confirmed by the next request, which goes out only after the commit."""

    def __init__(self, bot: Bot, inbox: Inbox, received: Callable[[], None]) -> None:
        super().__init__(bot, inbox, received)
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Receive until `stop`. Raises TokenRefused."""
        try:
            await self._receive()
        finally:
            self._ended.set()

    async def _receive(self) -> None:
        offset: int | None = None
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            try:
                updates = await self._fetch(offset)
                if updates:
                    await self._commit(updates)
                    offset = int(updates[-1]["update_id"]) + 1
                else:
                    # All is confirmed. After a quiet week Telegram numbers anew, perhaps below an old offset.
                    offset = None
                wait = FIRST_WAIT
            except Unwell as error:
                log.warning("receiving waits", extra={"status": error.status})
                if error.status == CONFLICT:
                    await self._settle(error.why)
                await self._pause(error.seconds or wait)
                wait = min(2 * wait, LONGEST_WAIT)
            except troubles(StoreUnavailable) as error:
                log.warning("receiving waits", extra={"error": type(error).__name__})
                await self._pause(wait)
                wait = min(2 * wait, LONGEST_WAIT)

    async def stop(self) -> None:
        """End the long poll; what was not confirmed comes again next time."""
        self._stopping.set()
        with suppress(TimeoutError):  # a database that keeps a commit waiting is not waited for
            await asyncio.wait_for(self._ended.wait(), FAREWELL_SECONDS)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _settle(self, why: str) -> None:
        """409: somebody else has our updates."""
        if "webhook is active" in why:
            await self._drop_webhook()
        elif "getUpdates" in why:
            log.warning("another process polls with this token: stop one of the two")

    async def _drop_webhook(self) -> None:
        """This installation polls: a webhook left by an earlier one would keep its updates away. None are dropped."""
        log.warning("a webhook was set: it is removed")
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
        except TelegramAPIError as error:
            log.warning("webhook stays", extra={"error": type(error).__name__})

    async def _fetch(self, offset: int | None) -> list[dict[str, Any]]:
        asking = asyncio.ensure_future(self._get_updates(offset))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not asking.done():
            asking.cancel()
            await asyncio.wait({asking})
            return [] if asking.cancelled() or asking.exception() else asking.result()
        return asking.result()

    async def _get_updates(self, offset: int | None) -> list[dict[str, Any]]:
        session = self._bot.session
        assert isinstance(session, AiohttpSession)  # the raw answer is wanted, through its proxy and connector
        client = await session.create_session()
        body = {"timeout": POLL_SECONDS, "allowed_updates": ALLOWED, "limit": 100}
        if offset is not None:
            body["offset"] = offset
        url = session.api.api_url(token=self._bot.token, method="getUpdates")
        async with client.post(url, json=body, timeout=aiohttp.ClientTimeout(total=POLL_SECONDS + 15)) as response:
            return _result(await _json(response), response.status)


class Unwell(Exception):
    """Telegram answered, but not with updates. `seconds` is how long it asked us to wait."""

    def __init__(self, status: int, why: str = "", seconds: float | None = None) -> None:
        super().__init__(str(status))
        self.status, self.why, self.seconds = status, why, seconds


async def _json(response: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        found = json.loads(await response.text())
    except ValueError as error:
        raise Unwell(response.status) from error
    return found if isinstance(found, dict) else {}


def _result(answer: dict[str, Any], status: int) -> list[dict[str, Any]]:
    if answer.get("ok"):
        return list(answer["result"])
    if status in (401, 404):
        raise TokenRefused(str(status))
    retry = (answer.get("parameters") or {}).get("retry_after")
    raise Unwell(status, str(answer.get("description", "")), float(retry) if retry else None)


class WebhookReceiver(_Receiver):
    """An HTTP endpoint for Telegram: secret checked, update committed, then 200. Any failure makes Telegram repeat."""

    def __init__(
        self, bot: Bot, inbox: Inbox, received: Callable[[], None], *, url: str, secret: str, host: str, port: int
    ) -> None:
        super().__init__(bot, inbox, received)
        self._url, self._secret, self._host, self._port = url, secret, host, port
        self._runner: web.AppRunner | None = None
        self._patience = Patience()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Listen, tell Telegram where, and stay until `stop`. Raises TokenRefused, CannotListen."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_post(URL(self._url).path or "/", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=FAREWELL_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            raise CannotListen(f"{self._host}:{self._port}") from error
        try:
            await self._announce()
        except GaveUp:
            return
        await self._stopping.wait()

    async def _announce(self) -> None:
        """Until Telegram has heard it: it may be away just when we start."""
        wait = FIRST_WAIT
        while True:
            try:
                await self._bot.set_webhook(self._url, secret_token=self._secret, allowed_updates=list(ALLOWED))
                return
            except (TelegramUnauthorizedError, TelegramNotFound):
                raise TokenRefused from None
            except TelegramAPIError as error:
                log.warning("the webhook is not set yet", extra={"error": type(error).__name__})
                await self._patience.wait(error.retry_after if isinstance(error, TelegramRetryAfter) else wait)
                wait = min(2 * wait, LONGEST_WAIT)

    async def stop(self) -> None:
        """Finish the request in hand and listen no more; Telegram keeps what comes meanwhile."""
        self._patience.end()
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), self._secret.encode()):
            return web.Response(status=403)
        try:
            update = await request.json()
            raw_update(update)
        except (ValueError, KeyError, TypeError, AttributeError):
            return web.Response(status=400)
        try:
            await self._commit([update])
        except StoreUnavailable:
            return web.Response(status=503)
        return web.Response()
