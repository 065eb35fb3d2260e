"""Following the calendar of a training ground: only one on loopback can move it."""

import asyncio
import ipaddress
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.clock import Calendar

log = logging.getLogger(__name__)
ASK_SECONDS = 2.0
WAIT_SECONDS = 25
RETRY_SECONDS = 1.0


def on_loopback(base_url: str) -> bool:
    """Whether the Bot API server is on this very machine."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Ground:
    """The sandbox behind `base_url`, if there is one. `moved` is called whenever its calendar was moved."""

    def __init__(self, base_url: str, calendar: Calendar, moved: Callable[[], None]) -> None:
        self._url = f"{base_url}/sandbox/calendar"
        self._calendar, self._moved = calendar, moved
        self._version: int | None = None

    async def find(self) -> bool:
        """Take over the calendar as it stands now. False where the server is no sandbox: nothing is asked again."""
        async with aiohttp.ClientSession() as client:
            try:
                self._take(await self._ask(client, {}, ASK_SECONDS))
            except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
                return False
        return True

    async def follow(self) -> None:
        """Take over every move, for ever."""
        async with aiohttp.ClientSession() as client:
            while True:
                params = {"after": str(self._version or 0), "wait": str(WAIT_SECONDS)}
                try:
                    self._take(await self._ask(client, params, WAIT_SECONDS + ASK_SECONDS))
                except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
                    await asyncio.sleep(RETRY_SECONDS)

    async def _ask(self, client: aiohttp.ClientSession, params: dict[str, str], seconds: float) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=seconds)
        async with client.get(self._url, params=params, timeout=timeout) as response:
            response.raise_for_status()
            found = await response.json()
            return dict(found)

    def _take(self, answer: dict[str, Any]) -> None:
        version, offset = int(answer["version"]), timedelta(seconds=float(answer["offset_seconds"]))
        if version == self._version:
            return
        self._version, self._calendar.offset = version, offset
        log.info(
            "calendar follows the training ground", extra={"offset_hours": round(offset.total_seconds() / 3600, 1)}
        )
        self._moved()
