"""A broadcast to many with two conversations a second beside it, through the real process and Telegram's limits.

    python -m tests.e2e.broadcast_beside [--people 600] [--flood 3] [--seed N]

The server holds 30 messages in any one second, 20 in ten seconds to one chat. With `--flood` one send in the middle is
answered 429 with that many seconds. After any 429 nothing at all may leave for as long as it says, in either library.
Everybody must have the broadcast once, and every question its answer. Rates and waits are printed, not judged:
machines differ. Exit status 0 when all promises held, and nothing but the injected send was answered 429; that last
one is judged here alone and not by the test, because a machine that stalls lets arrive together what left evenly
(tests/outbound/test_pace.py holds the spacing itself, on a clock that is moved).
"""

import argparse
import asyncio
import itertools
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.delivery import DeliveryState
from bot.sandbox.server import Sandbox
from bot.tour import LocalTelegram, Phone
from storage.migrate import migrate
from storage.store import Store, engine_for
from tests.e2e.kills import MONDAY, TOKEN, Bot, bloc_of, polling
from tests.e2e.kills_broadcast import TEXT, forget_updates, join, states, until_ended

RATE = 25
TALKERS = 40
QUESTIONS_A_SECOND = 2
QUESTION, ANSWER = "Tiêu chí TC1.1 tối đa bao nhiêu điểm?", "TC1.1"
ON_ITS_WAY = 0.5  # seconds that a request may have been under way when another one was answered 429
PATIENCE_SECONDS = 30.0
DRAWING = ("sendMessage", "editMessageText", "copyMessage")


@dataclass
class Figures:
    """What the server saw. Times in seconds."""

    sent: int = 0  # messages and edits that Telegram counts, replies included
    span: float = 0.0  # from the first message of the broadcast to its last
    busiest: int = 0  # messages in any one second
    refused: int = 0  # 429 answers
    silence: float = 0.0  # the longest time in which nothing left, while there was something to send
    waits: list[float] = field(default_factory=list)  # from a question to its answer on the screen
    overtaken: int = 0  # messages of the broadcast that left while any one question waited, at most

    def lines(self) -> list[str]:
        ordered = sorted(self.waits)
        return [
            f"{self.sent} messages and edits in {self.span:.1f} s: {self.sent / self.span:.1f} a second (set: {RATE})",
            f"429 answers: {self.refused}; busiest second: {self.busiest} (30 allowed);"
            f" longest silence {self.silence:.2f} s",
            f"{len(ordered)} questions beside it: median {1000 * statistics.median(ordered):.0f} ms, 95 % within"
            f" {1000 * ordered[int(0.95 * len(ordered))]:.0f} ms, worst {1000 * ordered[-1]:.0f} ms;"
            f" at most {self.overtaken} messages of the broadcast left before an answer",
        ]


class Talk:
    """People who ask while the broadcast runs, and when each got an answer."""

    def __init__(self, telegram: LocalTelegram, phones: list[Phone]) -> None:
        self._telegram, self._phones = telegram, phones
        self._asked: dict[int, deque[float]] = {phone.id: deque() for phone in phones}
        self.answered: list[tuple[float, float]] = []  # asked at, seen at

    async def watch(self) -> None:
        seq = await self._telegram.now_at()
        while True:
            found = await self._telegram.get("events", after=seq, wait=20)
            seq = int(found["seq"])
            for event in found["events"]:
                asked = self._asked.get(int(event.get("chat", 0)))
                if asked and event["kind"] == "message" and _is_answer(event["message"]):
                    self.answered.append((asked.popleft(), time.monotonic()))

    async def go_on(self, over: asyncio.Event) -> int:
        """Two questions a second until `over`; returns how many."""
        number, began = 0, time.monotonic()
        while not over.is_set():
            phone = self._phones[number % len(self._phones)]
            self._asked[phone.id].append(time.monotonic())
            await phone.says(QUESTION)
            number += 1
            await asyncio.sleep(max(0.0, began + number / QUESTIONS_A_SECOND - time.monotonic()))
        return number


def _is_answer(message: dict[str, Any]) -> bool:
    return bool(message["from_bot"]) and ANSWER in str(message.get("html") or message.get("text"))


async def run(people: int, seed: int, folder: Path, flood: int = 0) -> tuple[Figures, list[str]]:
    """One whole run: the figures, and what was broken. `flood`: seconds of the injected 429, 0 for none."""
    luck = random.Random(seed)
    store = Store(engine_for(f"sqlite:///{folder / 'thidua.db'}"))
    migrate(store.engine)
    with store.work(MONDAY) as work:
        work.catalogue.save(bloc_of(8, 25), file_name="broadcast", digest="0" * 64, changes=[])
    sandbox = Sandbox(TOKEN)
    url = await sandbox.start()
    async with LocalTelegram(url) as telegram:
        await telegram.calendar("2026-06-01T09:00", allow_back=True)
        secretary = await telegram.person("Thư ký")
        phones = [await telegram.person(f"Người {n}") for n in range(people)]
        join(store, secretary, phones)
        for phone in (secretary, *phones):
            await phone.starts()
        await forget_updates(telegram)
        bot = Bot(url, folder, rate=str(RATE))
        await bot.start()
        await polling(telegram, asyncio.get_running_loop().create_future(), bot)
        await secretary.says("/thongbao")
        await secretary.sees("Thông báo tới mọi thành viên")
        await secretary.says(TEXT)
        preview = await secretary.sees(f"Sẽ gửi tới {people} người")
        talk, over = Talk(telegram, luck.sample(phones, min(TALKERS, people))), asyncio.Event()
        watching = asyncio.ensure_future(talk.watch())
        await secretary.taps(preview, f"Gửi tới {people} người")
        await secretary.sees("Đang gửi", new=False)
        talking = asyncio.ensure_future(talk.go_on(over))
        if flood:
            await _after_a_third(store, people)
            await telegram.faults(flood={"times": 1, "retry_after": flood, "methods": ["sendMessage"]})
        await until_ended(store)
        over.set()
        asked = await talking
        broken = await _all_answered(talk, asked)
        watching.cancel()
        status = await bot.end(signal.SIGTERM)
        broken += [f"the bot left with status {status}"] if status else []
        figures = _figures(await telegram.calls(), {phone.id for phone in phones}, talk)
        broken += _check(await telegram.calls(), flood)
        broken += await _everybody_once(store, phones)
    await sandbox.stop()
    store.close()
    return figures, broken


async def _after_a_third(store: Store, people: int) -> None:
    while states(store)[DeliveryState.DELIVERED.value] < people / 3:  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.1)


async def _all_answered(talk: Talk, asked: int) -> list[str]:
    end = time.monotonic() + PATIENCE_SECONDS
    while len(talk.answered) < asked and time.monotonic() < end:  # noqa: ASYNC110 - another task hears them
        await asyncio.sleep(0.1)
    return [] if len(talk.answered) == asked else [f"{asked} questions, {len(talk.answered)} answers"]


def _figures(calls: list[dict[str, Any]], receivers: set[int], talk: Talk) -> Figures:
    drawn = [call for call in calls if call["method"] in DRAWING and call["status"] == 200]
    news = [
        call["t"]
        for call in drawn
        if call["method"] == "sendMessage" and call["chat_id"] in receivers and not _is_reply(call)
    ]
    first, last = min(news), max(news)
    within = sorted(call["t"] for call in drawn if first <= call["t"] <= last)
    made = Figures(sent=len(within), span=last - first)
    made.refused = sum(call["status"] == 429 for call in calls)
    made.busiest = max(sum(start <= t < start + 1 for t in within[n : n + 60]) for n, start in enumerate(within))
    made.silence = max(later - sooner for sooner, later in itertools.pairwise(within))
    made.waits = [seen - asked for asked, seen in talk.answered]
    made.overtaken = max(sum(asked <= t <= seen for t in news) for asked, seen in talk.answered)
    return made


def _is_reply(call: dict[str, Any]) -> bool:
    """Replies go through aiogram; what the bot says first does not."""
    return "aiogram" in call["agent"]


def _check(calls: list[dict[str, Any]], flood: int) -> list[str]:
    refusals = [call for call in calls if call["status"] == 429]
    broken = ["the injected 429 was never answered"] if flood and not refusals else []
    for refusal in refusals:
        began, end = refusal["t"], refusal["t"] + int(refusal["error"].rsplit(" ", 1)[1])
        early = [
            call["method"]
            for call in calls
            if call["method"] in (*DRAWING, "answerCallbackQuery") and began + ON_ITS_WAY < call["t"] < end
        ]
        broken += [f"{len(early)} requests left during a pause: {sorted(set(early))}"] if early else []
    return broken


def too_close(figures: Figures, flood: int) -> list[str]:
    """Sends that were refused though nobody injected it: what the common pace is there to prevent."""
    more = figures.refused - (1 if flood else 0)
    return [f"{more} answers were a 429"] if more > 0 else []


async def _everybody_once(store: Store, phones: list[Phone]) -> list[str]:
    broken = []
    for phone in phones:
        got = sum(TEXT in message.text for message in await phone.screen() if message.from_bot)
        if got != 1:
            broken.append(f"{phone.name} received it {got} times")
    found = states(store)
    if found != {DeliveryState.DELIVERED.value: len(phones)}:
        broken.append(f"states: {dict(found)}")
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--flood", type=int, default=0, help="seconds of a 429 in the middle")
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="thidua-beside-") as folder:
        figures, broken = asyncio.run(run(given.people, seed, Path(folder), given.flood))
    print("\n".join(figures.lines()))
    broken += too_close(figures, given.flood)
    for line in broken[:40]:
        print("✗", line)
    print("✓ everybody once, every question answered" if not broken else f"{len(broken)} broken promises")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
