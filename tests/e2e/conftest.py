"""A local Telegram, and processes of the product that do not outlive their test."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bot.domain.bloc import Bloc
from bot.domain.people import Role
from bot.sandbox.server import Sandbox
from bot.tour import LocalTelegram, Phone
from storage.migrate import migrate
from storage.store import Store, engine_for
from tests.conftest import SPRING, load
from tests.e2e.operator import Operator, Process

TOKEN = "12345:E2E-token_of_the_test"
USERNAME = "ThiDuaMauBot"

Run = Callable[..., Awaitable[Process]]


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    """On a Monday on which the mid-year period of the sample is open."""
    sandbox = Sandbox(TOKEN, USERNAME)
    url = await sandbox.start()
    async with LocalTelegram(url) as made:
        await made.calendar("2026-06-01T09:00", allow_back=True)
        yield made
    await sandbox.stop()


@pytest.fixture
def operator(tmp_path: Path, telegram: LocalTelegram) -> Operator:
    return Operator(tmp_path, {"BOT_TOKEN": TOKEN, "TELEGRAM_API": telegram.url, "BOT_USERNAME": USERNAME})


@pytest.fixture
async def run(operator: Operator) -> AsyncIterator[Run]:
    """`await run("--only", "receive", name=..., SETTING=...)` starts a process."""
    started: list[Process] = []

    async def start(*arguments: str, name: str = "run", **more: str) -> Process:
        started.append(Process(operator, *arguments, name=name))
        return await started[-1].start(**more)

    yield start
    for process in started:
        await process.is_gone()


class Installation:
    """The database of an operator, as tests look into it and set it up."""

    def __init__(self, url: str, sample: Bloc) -> None:
        self.store = Store(engine_for(url))
        migrate(self.store.engine)
        load(self.store, sample)

    def enrols(self, phone: Phone, role: Role = Role.LIAISON, unit: str | None = "VKS") -> None:
        """Somebody who has joined by an invite some time ago."""
        with self.store.work(SPRING) as work:
            person = work.people.add(phone.id, phone.name, "vi")
            work.people.join(person.id, unit, role, None)


@pytest.fixture
def installed(operator: Operator, sample: Bloc) -> Iterator[Installation]:
    """The sample bloc on SQLite, where the process looks for it."""
    (operator.folder / "data").mkdir()
    made = Installation(f"sqlite:///{operator.folder / 'data' / 'thidua.db'}", sample)
    yield made
    made.store.close()
