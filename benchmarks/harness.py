"""Processes under measurement against a sandbox of their own: processor time, start, memory."""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.content.read import read_bloc, sample_path
from bot.domain.people import Role
from bot.sandbox.limits import Limits
from bot.sandbox.server import Sandbox
from bot.tour import LocalTelegram, Phone
from storage.migrate import migrate
from storage.store import Store, engine_for

TOKEN = "12345:BENCH"
START = "2026-06-01T09:00"
RATE = "1000"  # the server's limits are off: the budget must not be what is measured


@dataclass
class Subject:
    """One bot process and its sandbox."""

    name: str
    process: asyncio.subprocess.Process
    telegram: LocalTelegram
    folder: Path

    def processor_seconds(self) -> float:
        """User and system time so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def memory_megabytes(self) -> float:
        return float(psutil.Process(self.process.pid).memory_info().rss) / 2**20

    async def settles(self, within: float = 90.0) -> None:
        """Wait until the process has little to do of its own: what is worked out once ahead belongs to no load."""
        end = asyncio.get_running_loop().time() + within
        before = self.processor_seconds()
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(1.0)
            after = self.processor_seconds()
            if after - before < 0.05:
                return
            before = after

    async def cost(self, load: Callable[[], Awaitable[int]]) -> float:
        """Processor seconds of one unit of `load`, which returns how many units it made."""
        before = self.processor_seconds()
        units = await load()
        await asyncio.sleep(0.5)  # what is batched is flushed and belongs to the load
        return (self.processor_seconds() - before) / units


@asynccontextmanager
async def subject(name: str, *, limits: Limits | None = None, rate: str = RATE) -> AsyncIterator[Subject]:
    """`name` is "echo" or "thidua", started and polling. No server limits unless given."""
    none = Limits(per_second=None, per_group_minute=None, per_private_ten_seconds=None)
    with tempfile.TemporaryDirectory(prefix="thidua-bench-", ignore_cleanup_errors=True) as folder:
        sandbox = Sandbox(TOKEN, limits=limits or none)
        url = await sandbox.start()
        async with LocalTelegram(url) as telegram:
            await telegram.calendar(START, allow_back=True)
            path = Path(folder)
            if name == "thidua":
                prepare(path)
            process = await launch(name, url, path, rate)
            try:
                await polling(telegram)
                yield Subject(name, process, telegram, path)
            finally:
                process.send_signal(signal.SIGKILL if name == "echo" else signal.SIGTERM)
                await process.wait()
        await sandbox.stop()


def prepare(folder: Path) -> None:
    """A database with the sample bloc, as an operator's would be."""
    with opened(folder) as store:
        migrate(store.engine)
        from datetime import UTC, datetime

        with store.work(datetime(2026, 1, 5, tzinfo=UTC)) as work:
            work.catalogue.save(read_bloc(sample_path()), file_name="sample", digest="0" * 64, changes=[])


class opened:
    """A store of the folder's database, closed at the end."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._store = Store(engine_for(f"sqlite:///{folder / 'thidua.db'}"))

    def __enter__(self) -> Store:
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


async def launch(name: str, url: str, folder: Path, rate: str) -> asyncio.subprocess.Process:
    module = ["-m", "benchmarks.echo_bot"] if name == "echo" else ["-m", "bot", "run"]
    environment = {
        **os.environ,
        "THIDUA_BOT_TOKEN": TOKEN,
        "THIDUA_BOT_USERNAME": "BenchBot",
        "THIDUA_TELEGRAM_API": url,
        "THIDUA_DATA_DIR": str(folder),
        "THIDUA_RATE": rate,
        "THIDUA_LOG_LEVEL": "WARNING",
    }
    with (folder / f"{name}.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, *module, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
        )


async def polling(telegram: LocalTelegram, seconds: float = 60) -> float:
    """Seconds until the bot's first getUpdates has come in."""
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        if (await telegram.get("state")).get("polls", 0):
            return time.perf_counter() - began
        await asyncio.sleep(0.01)
    raise TimeoutError("no getUpdates came")


async def phones(subject: Subject, number: int, role: Role = Role.LIAISON) -> list[Phone]:
    """People with phones; for our bot they are members already, one a unit as far as units go."""
    made = [await subject.telegram.person(f"Người {n}", f"nguoi{n}") for n in range(number)]
    if subject.name == "thidua":
        from datetime import UTC, datetime

        with opened(subject.folder) as store, store.work(datetime(2026, 5, 1, tzinfo=UTC)) as work:
            units = [unit.code for unit in work.bloc.units]
            for n, phone in enumerate(made):
                person = work.people.add(phone.id, phone.name, "vi")
                work.people.join(person.id, units[n % len(units)], role, None)
    for phone in made:
        await phone.starts()
    await asyncio.gather(*(phone.sees("") for phone in made))
    return made
