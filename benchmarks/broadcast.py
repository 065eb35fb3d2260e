"""A broadcast of 600 with two conversations a second beside it, against a server that holds Telegram's limits.

Real time, real limits, both libraries: `python -m benchmarks.broadcast`. What matters: no 429, replies first, everybody
reached once. The sandbox runs in the same process, so processor time is not measured here.
"""

import asyncio
import logging
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from benchmarks.harness import opened, prepare
from bot.clock import Calendar
from bot.domain.broadcast import Content
from bot.domain.delivery import DeliveryState
from bot.domain.people import Role
from bot.inbound.paced import PacedRequests
from bot.outbound.messenger import Messenger
from bot.outbound.worker import Worker
from bot.pace import Pace
from bot.sandbox.server import Sandbox
from bot.tasks import spawn
from storage.store import Store

TOKEN = "12345:BENCH"
PEOPLE = 600
TALKERS = 40
REPLIES_A_SECOND = 2


@dataclass
class Figures:
    seconds: float = 0.0
    refused: int = 0
    busiest_second: int = 0
    states: dict[str, int] = field(default_factory=dict)
    doubled: int = 0
    waits: list[float] = field(default_factory=list)  # seconds from wanting to reply to Telegram's answer

    def lines(self) -> list[str]:
        ordered = sorted(self.waits)
        return [
            f"broadcast of {PEOPLE}: {self.seconds:.1f} s, {PEOPLE / self.seconds:.1f} a second",
            f"ended: {self.states}; sent twice: {self.doubled}",
            f"429 answers: {self.refused}; busiest second: {self.busiest_second} messages (30 allowed)",
            f"replies beside it: {len(ordered)}, median {1000 * statistics.median(ordered):.0f} ms,"
            f" 95 % within {1000 * ordered[int(0.95 * len(ordered))]:.0f} ms, worst {1000 * ordered[-1]:.0f} ms",
        ]


async def invite(url: str, number: int) -> list[int]:
    """People of the sandbox who have started the bot."""
    found = []
    async with aiohttp.ClientSession(url) as http:
        for n in range(number):
            async with http.post("/sandbox/users", json={"first_name": f"Người {n}"}) as answer:
                user = int((await answer.json())["id"])
            async with http.post(f"/sandbox/chats/{user}/start", json={"from": user}) as answer:
                answer.raise_for_status()
            found.append(user)
    return found


def enrol(store: Store, chats: list[int]) -> int:
    """Members, and a confirmed broadcast to them; returns its number."""
    now = Calendar().now()
    with store.work(now) as work:
        units = [unit.code for unit in work.bloc.units]
        ids = []
        for n, chat in enumerate(chats):
            person = work.people.add(chat, f"Người {n}", "vi")
            work.people.join(person.id, units[n % len(units)], Role.LIAISON, None)
            ids.append(person.id)
        draft = work.broadcasts.write_draft(ids[0], Content("Họp khối lúc 8 giờ thứ Hai"))
        work.broadcasts.confirm(draft.id, draft.revision, chat_id=None, message_id=None)
        work.deliveries.broadcast(draft.id, ids)
        return draft.id


async def converse(bot: Bot, chats: list[int], figures: Figures, over: asyncio.Event) -> None:
    """Two people a second get a reply, whatever else is going on."""

    async def reply(chat: int) -> None:
        began = time.perf_counter()
        await bot.send_message(chat, "Đã ghi nhận")
        figures.waits.append(time.perf_counter() - began)

    talks, turn = [], 0
    while not over.is_set():
        talks.append(asyncio.ensure_future(reply(chats[turn % len(chats)])))
        turn += 1
        await asyncio.sleep(1 / REPLIES_A_SECOND)
    await asyncio.gather(*talks)


async def ended(store: Store, broadcast_id: int) -> None:
    while True:
        with store.reading(Calendar().now()) as work:
            tally = work.deliveries.tally(broadcast_id)
        if not tally.running:
            return
        await asyncio.sleep(0.25)


async def measure(folder: Path) -> Figures:
    logging.getLogger("bot.outbound").setLevel(logging.WARNING)
    figures = Figures()
    sandbox = Sandbox(TOKEN)
    url = await sandbox.start()
    chats = await invite(url, PEOPLE + TALKERS)
    prepare(folder)
    with opened(folder) as store:
        broadcast_id = enrol(store, chats[:PEOPLE])
        pace = Pace()
        bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
        bot.session.middleware(PacedRequests(pace))
        messenger = Messenger(TOKEN, url, None, pace)
        await messenger.open()
        worker = Worker(store, Calendar(), messenger, pace)
        over = asyncio.Event()
        talking = asyncio.ensure_future(converse(bot, chats[PEOPLE:], figures, over))
        began = time.perf_counter()
        working = spawn(worker.run(), "worker")
        await ended(store, broadcast_id)
        figures.seconds = time.perf_counter() - began
        over.set()
        await talking
        worker.stop()
        await working
        await count(url, figures, set(chats[:PEOPLE]))
        with store.reading(Calendar().now()) as work:
            states = work.deliveries.tally(broadcast_id).by_state
        figures.states = {state.value: number for state, number in states.items()}
        await messenger.close()
        await bot.session.close()
    await sandbox.stop()
    assert figures.states == {DeliveryState.DELIVERED.value: PEOPLE}, figures.states
    return figures


async def count(url: str, figures: Figures, receivers: set[int]) -> None:
    """What the server saw."""
    async with aiohttp.ClientSession(url) as http, http.get("/sandbox/log?after=0") as answer:
        calls = (await answer.json())["calls"]
    figures.refused = sum(call["status"] == 429 for call in calls)
    sent = [call["t"] for call in calls if call["method"] == "sendMessage" and call["status"] == 200]
    figures.busiest_second = max(sum(start <= t < start + 1 for t in sent) for start in sent)
    per_chat = Counter(call["chat_id"] for call in calls if call["chat_id"] in receivers)
    figures.doubled = sum(number > 1 for number in per_chat.values())


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="thidua-bench-", ignore_cleanup_errors=True) as folder:
        print("\n".join(asyncio.run(measure(Path(folder))).lines()))


if __name__ == "__main__":
    main()
