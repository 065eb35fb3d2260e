"""The sandbox as one object: start it on a loopback port, talk to it over HTTP, stop it."""

import time
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from bot.sandbox.botapi import BotApi
from bot.sandbox.calendar import MovedCalendar
from bot.sandbox.control import Control
from bot.sandbox.limits import UPLOAD_BYTES, Limits, RateLimiter
from bot.sandbox.snapshot import Snapshot
from bot.sandbox.state import State
from bot.sandbox.webhook import WebhookSender
from bot.sandbox.world import World

BODY_BYTES = 11 * UPLOAD_BYTES  # an album of ten files and its fields


class Sandbox:
    """A Telegram Bot API server for one bot, with its control API and page.

    `limits` are the rates in real time (Limits() as Telegram's, None fields switch one off);
    `state` is a file that keeps everything across restarts; `monotonic` and `real` are clocks for tests.
    """

    def __init__(
        self,
        token: str,
        username: str = "ThiDuaMauBot",
        name: str = "Trợ lý Khối",
        *,
        limits: Limits | None = None,
        state: str | Path | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        real: Callable[[], float] = time.time,
    ) -> None:
        number = token.partition(":")[0]
        if not number.isdigit() or not token.partition(":")[2]:
            raise ValueError("token phải có dạng 12345:CHỮ")
        path = None if state is None else Path(state)
        folder = None if path is None else path.with_name(path.name + ".files")
        self.world = World(
            state=State(int(number), username, name, folder),
            calendar=MovedCalendar(real),
            limiter=RateLimiter(limits or Limits(), monotonic),
            monotonic=monotonic,
        )
        self._snapshot = None if path is None else Snapshot(path, self.world)
        self._webhook = WebhookSender(self.world)
        self._runner: web.AppRunner | None = None
        self._api = BotApi(self.world, token)
        self._control = Control(self.world, self._api.log, f"{number}:…")
        self.url = ""

    def app(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(client_max_size=BODY_BYTES)
        app.add_routes([*self._api.routes(), *self._control.routes()])
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; returns the URL, "http://127.0.0.1:PORT"."""
        if self._snapshot is not None:
            self._snapshot.load()
            self.world.changed = self._snapshot.soon
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.url = f"http://{host}:{bound}"
        self._webhook.start()
        return self.url

    async def stop(self) -> None:
        """Let every waiting request go, write the state, close the port."""
        self.world.close()
        await self._webhook.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._snapshot is not None:
            self._snapshot.write()
