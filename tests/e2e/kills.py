"""Kill -9 at random moments while many chats fill in the form: every answer is there once, where it was given.

    python -m tests.e2e.kills --kills 200 --chats 50 --criteria 25 [--think 6] [--twice] [--seed N]

The bot is `thidua run` as an operator starts it; the server is the sandbox over HTTP, its rate limits off, since the
sending budget is not what is tested. `--twice`: every update is delivered twice. Exit status 0 when all promises held.
"""

import argparse
import asyncio
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from bot.content.read import read_bloc, sample_path
from bot.domain import facts
from bot.domain.bloc import Bloc, Unit
from bot.domain.criteria import Rate
from bot.domain.people import Role
from bot.sandbox.limits import Limits
from bot.sandbox.server import Sandbox
from bot.tour import LocalTelegram, Move, Phone, Shown, act, as_shown, options_of, question_of
from storage.assessment_tables import answers, assessments
from storage.migrate import migrate
from storage.store import Store, engine_for
from storage.tables import trail

TOKEN = "12345:KILLS"
MONDAY = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
STUCK_SECONDS = 60.0  # of a bot that is up and polling, not of the wall clock: a killed one answers nobody
AT_START = 0.2  # this share of the kills comes during start-up, the rest in the thick of it
BUSY_SECONDS = 2.5
START_SECONDS = 120.0  # within which a bot that was started has to ask for updates
BEHIND_CRITERIA = ("Mục không trả lời là", "Báo cáo, mục", "Đã đủ")  # the bonus rules; without any, the report
LEAVE_SECONDS = 30.0  # within which it has to be gone on SIGTERM


@dataclass
class Person:
    """Somebody who fills in one unit's form, and what they gave."""

    phone: Phone
    unit: str
    luck: random.Random
    given: dict[tuple[str, str], str] = field(default_factory=dict)  # (line, part) -> packed fact
    seen: Shown | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)
    progress_at: float = 0.0
    done: bool = False
    asked_twice: int = 0

    def receives(self, message: Shown) -> None:
        """A message of the bot, or one that it edited."""
        self.seen = message
        self.news.set()


class Receiver(Protocol):
    """Whoever has a phone."""

    @property
    def phone(self) -> Phone: ...

    def receives(self, message: Shown) -> None: ...


class Street:
    """Hands every message of the bot to the person whose phone it came to: one long poll for all."""

    def __init__(self, telegram: LocalTelegram, people: Sequence[Receiver]) -> None:
        self._telegram = telegram
        self._people = {person.phone.id: person for person in people}

    async def watch(self) -> None:
        seq = await self._telegram.now_at()
        while True:
            found = await self._telegram.get("events", after=seq, wait=20)
            seq = int(found["seq"])
            for event in found["events"]:
                self._hand_over(event)

    def _hand_over(self, event: dict[str, Any]) -> None:
        if event["kind"] not in ("message", "edit"):
            return
        message = event["message"]
        person = self._people.get(int(event["chat"]))
        if person is not None and message["from_bot"]:
            person.receives(as_shown(message))


def choose(message: Shown, luck: random.Random) -> tuple[Move, str]:
    """A random answer to the question on the screen, and the fact that it is."""
    if "Gõ tỷ lệ" in message.text:
        total = luck.randint(20, 400)
        done = luck.randint(0, total)
        return Move(text=f"{done}/{total}"), facts.pack(Rate(done=_decimal(done), total=_decimal(total)))
    label = luck.choice(options_of(message))
    return Move(tap=label), message.buttons[label].split(":")[5]


def reason_for(message: Shown) -> str:
    """What is typed where an explanation is asked for, another text for every item; empty where none is."""
    found = re.search(r"Giải trình cho (\S+)", message.text)
    return f"Đơn vị không có nhiệm vụ này trong kỳ ({found.group(1)})." if found else ""


def _decimal(number: int) -> Any:
    from decimal import Decimal

    return Decimal(number)


async def fill(person: Person, bot: "Bot", think: float) -> None:
    """Answer question after question until the criteria are through. Raises TimeoutError for a person who is stuck.

    Before every step a person thinks for up to `think` seconds.
    """
    evidence: set[str] = set()
    reasons: set[str] = set()
    person.progress_at = bot.uptime()
    await person.phone.says("/tudanhgia")
    begun = False
    while True:
        try:
            await asyncio.wait_for(person.news.wait(), 2.0)
        except TimeoutError:
            if bot.uptime() - person.progress_at < STUCK_SECONDS:
                continue
            last = person.seen.text[:300] if person.seen else "(nothing)"
            raise TimeoutError(f"{person.unit} is stuck after {len(person.given)} answers at: {last}") from None
        person.news.clear()
        message = person.seen
        assert message is not None
        question = question_of(message)
        if question is not None:
            if question in person.given:
                person.asked_twice += 1  # an older screen again after a restart: the answer is on its way
                continue
            move, fact = choose(message, person.luck)
            person.given[question] = fact
        elif "Minh chứng cho" in message.text:
            code = message.text.split("Minh chứng cho ")[1].split()[0]
            if code in evidence:
                continue
            evidence.add(code)
            move = Move(tap="Bổ sung sau")
        elif reason := reason_for(message):
            if reason in reasons:
                continue
            reasons.add(reason)
            move = Move(text=reason)
        elif any(behind in message.text for behind in BEHIND_CRITERIA):
            person.done = True
            return
        elif not begun and "▶ Bắt đầu" in message.buttons:
            begun = True
            move = Move(tap="▶ Bắt đầu")
        else:
            continue
        await asyncio.sleep(person.luck.uniform(0, think))
        person.progress_at = bot.uptime()
        await act(person.phone, message, move)


class Bot:
    """`thidua run`, killed and started again."""

    def __init__(self, url: str, folder: Path, rate: str = "1000") -> None:
        self._folder = folder
        self._environment = {
            **os.environ,
            "THIDUA_BOT_TOKEN": TOKEN,
            "THIDUA_BOT_USERNAME": "KillsBot",
            "THIDUA_TELEGRAM_API": url,
            "THIDUA_DATA_DIR": str(folder),
            "THIDUA_RATE": rate,
        }
        self.process: asyncio.subprocess.Process | None = None
        self._up_since: float | None = None
        self._was_up = 0.0

    def uptime(self) -> float:
        """Seconds for which a bot has been there to answer, all lives together."""
        return self._was_up + (time.monotonic() - self._up_since if self._up_since is not None else 0.0)

    async def up(self, telegram: LocalTelegram, unless: "asyncio.Future[Any]") -> None:
        """Wait until the bot that has just been started asks for updates. Raises TimeoutError when it never does."""
        await polling(telegram, unless, self)
        self._up_since = time.monotonic()

    async def start(self) -> None:
        with (self._folder / "bot.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run",
                env=self._environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    async def end(self, how: signal.Signals) -> int:
        assert self.process is not None
        self._was_up, self._up_since = self.uptime(), None
        if self.process.returncode is None:
            self.process.send_signal(how)
        try:
            return await asyncio.wait_for(self.process.wait(), LEAVE_SECONDS)
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()

    @property
    def left(self) -> bool:
        """Whether it has ended by itself."""
        return self.process is not None and self.process.returncode is not None


async def polling(telegram: LocalTelegram, filling: "asyncio.Future[Any]", bot: Bot) -> None:
    """Wait until a bot that has just been started asks for updates. Raises TimeoutError when it never does."""
    before = int((await telegram.get("state"))["polls"])
    async with asyncio.timeout(START_SECONDS):
        while not filling.done() and int((await telegram.get("state"))["polls"]) == before:
            if bot.left:
                raise TimeoutError
            await asyncio.sleep(0.05)


async def kill(
    bot: Bot, telegram: LocalTelegram, filling: "asyncio.Future[Any]", kills: int, luck: random.Random, busy: float
) -> int:
    """Kill the bot at random moments for as long as people are at it; returns how often. The last one is up."""
    done = 0
    while done < kills and not filling.done():
        if luck.random() >= AT_START:
            await bot.up(telegram, filling)
        await asyncio.wait({filling}, timeout=luck.uniform(0, busy))
        if filling.done():
            break
        await bot.end(signal.SIGKILL)
        done += 1
        await bot.start()
    await bot.up(telegram, filling)
    return done


async def endure(
    bot: Bot,
    telegram: LocalTelegram,
    filling: "asyncio.Future[list[Any]]",
    kills: int,
    luck: random.Random,
    busy: float = BUSY_SECONDS,
) -> tuple[int, list[str]]:
    """Kill until people are through; (how often, who got stuck). The bot is down afterwards, whatever happened.

    `filling` gathers what they raised: one who is stuck takes nobody else along. `busy`: the longest life, in seconds.
    """
    broken: list[str] = []
    done = 0
    try:
        done = await kill(bot, telegram, filling, kills, luck, busy)
        for ended in await filling:
            if isinstance(ended, TimeoutError):
                broken.append(str(ended))
            elif ended is not None:
                raise ended
    except TimeoutError:
        broken.append(f"a bot that was started did not ask for updates within {START_SECONDS:.0f} seconds, or left")
    finally:
        filling.cancel()
        with suppress(asyncio.CancelledError):
            await filling
        status = await bot.end(signal.SIGTERM)
    if status != 0:
        broken.append(f"the bot left with status {status} on SIGTERM")
    return done, broken


def bloc_of(units: int, criteria: int) -> Bloc:
    """The sample with as many units as there are chats, and its first criteria."""
    sample = read_bloc(sample_path())
    return replace(
        sample,
        units=tuple(Unit(f"U{n:02}", f"Đơn vị {n}") for n in range(units)),
        criteria=sample.criteria[:criteria],
        pairs=(),
    )


def check(store: Store, bloc: Bloc, people: list[Person]) -> list[str]:
    """Every promise that did not hold."""
    broken = []
    with store.engine.connect() as connection:
        forms = {row.unit: row.id for row in connection.execute(assessments.select())}
        held: dict[str, dict[tuple[str, str], str]] = {}
        for unit, form in forms.items():
            rows = connection.execute(answers.select().where(answers.c.assessment_id == form))
            held[unit] = {(row.item, row.part): row.fact for row in rows}
        told = sum(
            row.subject.startswith("assessment") and ("fact" in row.what or "answer" in row.what)
            for row in connection.execute(trail.select())
        )
    codes = sorted(item.code for item in bloc.items())
    for person in people:
        given = {(codes[int(line)], part): fact for (line, part), fact in person.given.items()}
        stored = held.get(person.unit, {})
        broken += [
            f"{person.unit} {key}: gave {given.get(key)}, stored {stored.get(key)}"
            for key in given.keys() | stored.keys()
            if given.get(key) != stored.get(key)
        ]
        broken += [] if person.done else [f"{person.unit} never came to the end ({len(given)} answers)"]
    if told != sum(len(person.given) for person in people):
        broken.append(f"the trail tells of {told} answers, {sum(len(p.given) for p in people)} were given")
    return broken


async def run(
    kills: int, chats: int, criteria: int, seed: int, *, twice: bool, folder: Path, think: float = 0.0
) -> list[str]:
    """One whole run; returns what was broken."""
    luck = random.Random(seed)
    store = Store(engine_for(f"sqlite:///{folder / 'thidua.db'}"))
    migrate(store.engine)
    with store.work(MONDAY) as work:
        bloc = work.catalogue.save(bloc_of(chats, criteria), file_name="kills", digest="0" * 64, changes=[])
    none = Limits(per_second=None, per_group_minute=None, per_private_ten_seconds=None)
    sandbox = Sandbox(TOKEN, limits=none)
    url = await sandbox.start()
    async with LocalTelegram(url) as telegram:
        await telegram.calendar("2026-06-01T09:00", allow_back=True)
        await telegram.faults(duplicate_updates=twice)
        people = []
        with store.work(MONDAY) as work:
            for n in range(chats):
                phone = await telegram.person(f"Người {n}")
                held = work.people.add(phone.id, phone.name, "vi")
                work.people.join(held.id, f"U{n:02}", Role.LIAISON, None)
                people.append(Person(phone, f"U{n:02}", random.Random(luck.random())))
        bot = Bot(url, folder)
        await bot.start()
        watching = asyncio.ensure_future(Street(telegram, people).watch())
        filling = asyncio.gather(*(fill(person, bot, think) for person in people), return_exceptions=True)
        done, broken = await endure(bot, telegram, filling, kills, luck)
        watching.cancel()
    await sandbox.stop()
    broken += check(store, bloc, people)
    store.close()
    answers_given = sum(len(person.given) for person in people)
    repeats = sum(person.asked_twice for person in people)
    print(f"seed {seed}: {done} kills, {chats} chats, {answers_given} answers, {repeats} screens seen again")
    if done < kills:
        print(f"(everybody was through after {done} of {kills} kills)")
    return broken


def told(
    play: Callable[..., Awaitable[list[str]]],
    description: str | None,
    *,
    kills: int,
    people: tuple[str, int],
    whole: str,
) -> int:
    """Play from the command line; the exit status. `people`: the name of the option and how many by default."""
    name, many = people
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--kills", type=int, default=kills)
    parser.add_argument(f"--{name}", type=int, default=many)
    parser.add_argument("--criteria", type=int, default=25)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--think", type=float, default=0.0, help="seconds that a person may take before a step")
    parser.add_argument("--twice", action="store_true", help="deliver every update twice")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)

    async def played(folder: Path) -> list[str]:
        count = getattr(given, name)
        return await play(given.kills, count, given.criteria, seed, twice=given.twice, folder=folder, think=given.think)

    with tempfile.TemporaryDirectory(prefix="thidua-kills-") as folder:
        broken = asyncio.run(played(Path(folder)))
    for line in broken[:40]:
        print("✗", line)
    print(f"✓ {whole}" if not broken else f"{len(broken)} broken promises")
    return 1 if broken else 0


def main() -> int:
    return told(run, __doc__, kills=200, people=("chats", 50), whole="every answer once, where it was given")


if __name__ == "__main__":
    sys.exit(main())
