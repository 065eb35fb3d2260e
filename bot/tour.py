"""The guided tour of the demo, and the people who walk it: everything over HTTP, as a page or a phone would.

`LocalTelegram` and `Phone` speak the sandbox's control API; nothing here reaches into the bot.
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from types import TracebackType
from typing import Any, Self

import aiohttp

PATIENCE_SECONDS = 60.0


class TourFailed(Exception):
    """A step did not do what it should; the message says which and what was seen instead."""


class LocalTelegram:
    """The sandbox's control API."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession(self.url, timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def get(self, path: str, **params: object) -> Any:
        async with self._client.get(f"/sandbox/{path}", params={k: str(v) for k, v in params.items()}) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def post(self, path: str, body: dict[str, Any] | aiohttp.FormData) -> Any:
        given: dict[str, Any] = {"data": body} if isinstance(body, aiohttp.FormData) else {"json": body}
        async with self._client.post(f"/sandbox/{path}", **given) as answer:
            said = await answer.json()
            if answer.status != 200:
                raise TourFailed(f"{path}: {said}")
            return said

    async def person(self, name: str, username: str = "") -> "Phone":
        """A new person with a phone."""
        last, _, first = name.rpartition(" ")
        made = await self.post("users", {"first_name": first, "last_name": last, "username": username})
        return Phone(self, int(made["id"]), name)

    async def calendar(self, to: str, *, allow_back: bool = False) -> None:
        """Move the calendar; `to` is Vietnamese time, "2026-06-12T08:00"."""
        await self.post("calendar", {"to": to, "allow_back": allow_back})

    async def faults(self, **switches: Any) -> None:
        await self.post("faults", switches)

    async def calls(self) -> list[dict[str, Any]]:
        """Every Bot API call so far."""
        return list((await self.get("log", after=0))["calls"])

    async def something_new(self, after: int, seconds: float) -> int:
        """Wait for any event past `after`; returns the newest sequence number."""
        return int((await self.get("events", after=after, wait=seconds))["seq"])

    async def now_at(self) -> int:
        return int((await self.get("state"))["seq"])


@dataclass(frozen=True)
class Shown:
    """A message as it stands on a phone now."""

    id: int
    text: str
    buttons: dict[str, str]
    from_bot: bool
    edited: bool

    def data(self, label: str) -> str | None:
        """What the button whose label holds `label` carries."""
        exact = self.buttons.get(label)
        return exact or next((data for text, data in self.buttons.items() if label in text), None)


class Phone:
    """One person's private chat with the bot."""

    def __init__(self, telegram: LocalTelegram, user_id: int, name: str) -> None:
        self.telegram, self.id, self.name = telegram, user_id, name

    async def starts(self, payload: str = "") -> None:
        await self._act("start", payload=payload)

    async def says(self, text: str) -> None:
        await self._act("send", text=text)

    async def sends_file(self, name: str, content: bytes, caption: str = "") -> None:
        form = aiohttp.FormData({"from": str(self.id), "caption": caption, "as": "document"})
        form.add_field("file", content, filename=name, content_type="application/pdf")
        await self.telegram.post(f"chats/{self.id}/send", form)

    async def taps(self, message: Shown, label: str) -> None:
        data = message.data(label)
        if data is None:
            raise TourFailed(f"{self.name}: không thấy nút “{label}” dưới: {message.text[:200]}")
        await self._act("tap", message_id=message.id, data=data)

    async def _act(self, move: str, **body: Any) -> Any:
        return await self.telegram.post(f"chats/{self.id}/{move}", {"from": self.id, **body})

    async def screen(self) -> list[Shown]:
        """Every message of the chat, oldest first."""
        found = await self.telegram.get(f"chats/{self.id}/messages", viewer=self.id)
        return [_shown(message) for message in found["messages"] if not message.get("deleted")]

    async def sees(self, *parts: str, new: bool = True, seconds: float = PATIENCE_SECONDS) -> Shown:
        """Wait for a message of the bot that holds every part (or a RegEx-free bit of it), the newest first.

        With `new`, messages that stood there unchanged when the last call returned do not count.
        """
        end = time.monotonic() + seconds
        seq = await self.telegram.now_at()
        while True:
            messages = [m for m in await self.screen() if m.from_bot]
            known = self.__dict__.setdefault("_known", {})
            for message in reversed(messages):
                fresh = not new or known.get(message.id) != (message.text, tuple(message.buttons))
                if fresh and all(part in message.text for part in parts):
                    known.update({m.id: (m.text, tuple(m.buttons)) for m in messages})
                    return message
            left = end - time.monotonic()
            if left <= 0:
                last = messages[-1].text if messages else "(chưa có tin nào)"
                raise TourFailed(f"{self.name} đợi {parts} mà chỉ thấy: {last[:400]}")
            seq = await self.telegram.something_new(seq, min(left, 2.0))


def _shown(message: dict[str, Any]) -> Shown:
    html = message.get("html") or message.get("caption") or message.get("text") or ""
    keyboard = message.get("keyboard") or []
    buttons = {b["text"]: b.get("data") or b.get("url") or "" for row in keyboard for b in row}
    text = unescape(re.sub(r"<[^<>]*>", "", html.replace("<br>", "\n")))
    return Shown(message["id"], text, buttons, bool(message["from_bot"]), bool(message.get("edited")))


@dataclass(frozen=True)
class Guest:
    """Somebody who joins in the tour, with a one-time link's token."""

    name: str
    username: str
    token: str


class Tour:
    """Being written below."""

    def __init__(self, url: str, username: str, guests: dict[str, Guest], say: Callable[[str], None]) -> None:
        self._url, self._username, self._guests, self._say = url, username, guests, say

    async def prepare(self, start: str) -> None:
        async with LocalTelegram(self._url) as telegram:
            await telegram.calendar(start, allow_back=True)

    async def play(self) -> None:
        await asyncio.sleep(0)
