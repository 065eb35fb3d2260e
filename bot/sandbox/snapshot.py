"""Keeping a world in one JSON file, so that a demo goes on after a restart."""

import asyncio
import json
import logging
import os
import time
from pathlib import Path
from typing import Any

from bot.sandbox.world import World

DELAY = 0.3  # seconds of real time between a change and the writing of it, more when writing takes long
SHARE = 20  # of this many seconds, at most one is spent writing
FORMAT = 1

log = logging.getLogger("bot.sandbox")


class Snapshot:
    """Writes the file atomically, a moment after the last change; the bytes of files lie beside it."""

    def __init__(self, path: Path, world: World) -> None:
        self.path = path
        self.world = world
        self._timer: asyncio.TimerHandle | None = None
        self._took = 0.0

    def load(self) -> None:
        """Take the file over if there is one; a file of another format or bot raises ValueError."""
        if not self.path.exists():
            return
        saved = json.loads(self.path.read_text("utf-8"))
        if saved.get("format") != FORMAT or saved.get("bot") != self.world.state.bot_id:
            raise ValueError(f"{self.path.name}: không phải trạng thái của hộp cát này")
        self.world.state.restore(saved["state"])
        self.world.queue.restore(saved["queue"])
        self.world.events.seq = saved["seq"]
        self.world.calendar.offset = saved["calendar"]["offset"]
        self.world.calendar.version = saved["calendar"]["version"]
        hook = saved["hook"]
        self.world.hook.set(hook["url"], hook["secret"], hook["max_connections"])
        self.world.queue.webhook_active = bool(hook["url"])

    def soon(self) -> None:
        """Write within DELAY, or SHARE times what the last writing took."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(max(DELAY, SHARE * self._took), self.write)

    def write(self) -> None:
        """Write now, all or nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        began = time.monotonic()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(self.path.name + ".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(self._body(), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        self._took = time.monotonic() - began

    def _body(self) -> dict[str, Any]:
        world = self.world
        return {
            "format": FORMAT,
            "bot": world.state.bot_id,
            "seq": world.events.seq,
            "state": world.state.snapshot(),
            "queue": world.queue.snapshot(),
            "calendar": {"offset": world.calendar.offset, "version": world.calendar.version},
            "hook": {
                "url": world.hook.url,
                "secret": world.hook.secret,
                "max_connections": world.hook.max_connections,
            },
        }
