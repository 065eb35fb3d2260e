"""A real Sandbox, a small scripted bot that talks to it by HTTP, and its page in headless Chromium."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright

from bot.sandbox import Sandbox
from bot.sandbox.limits import Limits

TOKEN = "12345:TEST"
USERNAME = "ThiDuaMauBot"
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
LAUNCH = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_SECONDS = 20
UNPACED = Limits(per_second=None, per_group_minute=None, per_private_ten_seconds=None)

Json = dict[str, Any]


@dataclass
class ScriptedBot:
    """Calls the Bot API as a program would, and waits for the updates it is given."""

    url: str
    http: httpx.AsyncClient
    offset: int = 0
    waiting: list[Json] = field(default_factory=list)

    async def call(self, method: str, **params: Any) -> Any:
        """The `result` of a call; raises AssertionError with Telegram's description when refused."""
        answer = (await self.http.post(f"{self.url}/bot{TOKEN}/{method}", json=params)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def says(self, chat: int, text: str, **more: Any) -> Json:
        """Send HTML text; the message as the Bot API answers it."""
        sent: Json = await self.call("sendMessage", chat_id=chat, text=text, parse_mode="HTML", **more)
        return sent

    async def is_given(self, kind: str) -> Json:
        """The next update of this kind; others before it are dropped."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                while self.waiting:
                    update = self.waiting.pop(0)
                    self.offset = update["update_id"] + 1
                    if kind in update:
                        body: Json = update[kind]
                        return body
                self.waiting = await self.call("getUpdates", offset=self.offset, timeout=2)

    async def is_told(self) -> Json:
        """The next message with a text; service messages before it are dropped."""
        while "text" not in (message := await self.is_given("message")):
            pass
        return message

    async def downloads(self, file_id: str) -> bytes:
        """The bytes of a file somebody sent."""
        path = (await self.call("getFile", file_id=file_id))["file_path"]
        return (await self.http.get(f"{self.url}/file/bot{TOKEN}/{path}")).content


@dataclass
class Ground:
    """The running sandbox with its control API."""

    sandbox: Sandbox
    url: str
    http: httpx.AsyncClient
    bot: ScriptedBot

    async def post(self, path: str, body: Json | None = None) -> Json:
        """POST to the control API; raises on a refusal."""
        answer = await self.http.post(f"{self.url}/sandbox/{path}", json=body or {})
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    async def person(self, name: str, username: str | None = None, *, started: bool = True) -> int:
        """A new user's id, who has already pressed start unless said otherwise."""
        user = await self.post("users", {"first_name": name} | ({"username": username} if username else {}))
        if started:
            await self.post(f"chats/{user['id']}/start", {"from": user["id"]})
            await self.bot.is_given("message")
        return int(user["id"])

    async def group(self, title: str, *members: int) -> int:
        """A new group's id."""
        return int((await self.post("groups", {"title": title, "members": list(members)}))["id"])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """One client for the bot and the control API; loopback only, so no authorities are loaded."""
    async with httpx.AsyncClient(trust_env=False, verify=False, timeout=PATIENCE_SECONDS) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def ground(http: httpx.AsyncClient) -> AsyncIterator[Ground]:
    """A sandbox of the test's own, with a bot that has not spoken yet."""
    sandbox = Sandbox(token=TOKEN, username=USERNAME, name="Trợ lý Khối", limits=UNPACED)
    url = await sandbox.start(host="127.0.0.1", port=0)
    yield Ground(sandbox, url, http, ScriptedBot(url, http))
    await sandbox.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all of these tests; each test has contexts of its own."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=LAUNCH
        )
        yield chromium
        await chromium.close()


OpenPage = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, ground: Ground) -> AsyncIterator[OpenPage]:
    """Opens the page at a size; at the end of the test no script of the page may have failed."""
    failures: list[str] = []

    async with AsyncExitStack() as stack:

        async def open_page(viewport: ViewportSize = DESKTOP, *, url: str = "", **options: Any) -> Page:
            context = await browser.new_context(viewport=viewport, locale="vi-VN", **options)
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.set_default_timeout(PATIENCE_SECONDS * 1000)
            page.on("pageerror", lambda error: failures.append(str(error)))
            page.on("dialog", lambda box: failures.append(f"a script opened {box.type}: {box.message}"))
            await page.goto(url or ground.url)
            await page.locator("#topbar .clock-time:not(:empty)").wait_for()
            return page

        yield open_page
    assert failures == []


def phone(page: Page, chat: int) -> Locator:
    """The open phone that shows this chat (a private one by the person's id)."""
    return page.locator(f"[data-phone='p{chat}']" if chat > 0 else f"[data-phone^='g{chat}:']")


async def type_and_send(where: Locator, text: str) -> None:
    """What a person does in a phone's composer."""
    await where.get_by_label("Nhắn tin").fill(text)
    await where.get_by_role("button", name="Gửi", exact=True).click()
