"""A sandbox under test with both libraries, unchanged, as its clients."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.sandbox import Limits, Sandbox

TOKEN = "12345:TEST"
MONDAY = 1_780_275_600.0  # 2026-06-01 08:00 in Việt Nam
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4) + b"\x08\x02\x00\x00\x00rest"


@dataclass
class Clocks:
    """Real time that stands still until it is moved."""

    monotonic: float = 1000.0
    real: float = MONDAY

    def tick(self, seconds: float) -> None:
        self.monotonic += seconds
        self.real += seconds


@dataclass
class Said:
    """What the Bot API answered to a bare request."""

    status: int
    body: dict[str, Any]

    @property
    def description(self) -> str:
        return str(self.body.get("description", ""))

    @property
    def result(self) -> Any:
        assert self.body["ok"], self.body
        return self.body["result"]


@dataclass
class Town:
    """One running sandbox, its control API and its clients."""

    sandbox: Sandbox
    clocks: Clocks
    http: aiohttp.ClientSession
    aio: Bot
    ptb: ExtBot[None]
    people: dict[str, int] = field(default_factory=dict)

    @classmethod
    async def build(cls, *, limits: Limits | None = None, state: str | None = None) -> "Town":
        clocks = Clocks()
        sandbox = Sandbox(
            TOKEN, limits=limits, state=state, monotonic=lambda: clocks.monotonic, real=lambda: clocks.real
        )
        url = await sandbox.start()
        aio = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
        quick = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]  # loading authorities takes long
        ptb: ExtBot[None] = ExtBot(
            TOKEN,
            base_url=f"{url}/bot",
            base_file_url=f"{url}/file/bot",
            request=quick[0],
            get_updates_request=quick[1],
        )
        await ptb.initialize()
        return cls(sandbox, clocks, aiohttp.ClientSession(url), aio, ptb)

    async def close(self) -> None:
        await self.aio.session.close()
        await self.ptb.shutdown()
        await self.http.close()
        await self.sandbox.stop()

    # control API

    async def post(self, path: str, body: dict[str, Any] | None = None, *, status: int = 200) -> Any:
        async with self.http.post(f"/sandbox/{path}", json=body or {}) as answer:
            said = await answer.json()
            assert answer.status == status, said
            return said

    async def get(self, path: str, *, status: int = 200) -> Any:
        async with self.http.get(f"/sandbox/{path}") as answer:
            said = await answer.json()
            assert answer.status == status, said
            return said

    async def person(self, name: str, *, started: bool = True) -> int:
        user = int((await self.post("users", {"first_name": name}))["id"])
        if started:
            await self.act(user, "start")
            await self.drain()
        return user

    async def group(self, *members: int, supergroup: bool = False) -> int:
        body = {"title": "Khối 1", "members": list(members), "supergroup": supergroup}
        chat = int((await self.post("groups", body))["id"])
        await self.drain()
        return chat

    async def act(self, user: int, move: str, *, chat: int | None = None, status: int = 200, **body: Any) -> Any:
        return await self.post(f"chats/{chat or user}/{move}", {"from": user, **body}, status=status)

    async def says(self, user: int, text: str, *, chat: int | None = None, **body: Any) -> int:
        return int((await self.act(user, "send", chat=chat, text=text, **body))["message_ids"][0])

    async def uploads(
        self, user: int, *files: tuple[str, bytes], kind: str = "document", caption: str | None = None
    ) -> Any:
        form = aiohttp.FormData({"from": str(user), "as": kind}, quote_fields=False)
        if caption:
            form.add_field("caption", caption)
        for name, content in files:
            form.add_field("file", content, filename=name)
        async with self.http.post(f"/sandbox/chats/{user}/send", data=form) as answer:
            return await answer.json()

    async def shows(self, chat: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(f"chats/{chat}/messages"))["messages"]
        return found

    async def faults(self, **wanted: Any) -> None:
        await self.post("faults", wanted)

    # Bot API, bare

    async def call(self, method: str, token: str = TOKEN, **params: Any) -> Said:
        async with self.http.post(f"/bot{token}/{method}", json=params) as answer:
            return Said(answer.status, await answer.json())

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.call("getUpdates", **params)).result
        return found

    async def drain(self) -> list[dict[str, Any]]:
        """Every pending update, confirmed."""
        found = await self.updates()
        if found:
            await self.updates(offset=found[-1]["update_id"] + 1)
        return found


def keyboard(*datas: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=f"Nút {data}", callback_data=data)] for data in datas]
    )


def kinds(updates: Sequence[dict[str, Any]]) -> list[str]:
    return [next(key for key in update if key != "update_id") for update in updates]


async def until(condition: Callable[[], object]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within ten seconds")
