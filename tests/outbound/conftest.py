"""A worker on a real store, a fake messenger and clocks that are moved."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import FixedCalendar
from bot.domain.bloc import Bloc
from bot.domain.broadcast import Content
from bot.domain.delivery import DeliveryState
from bot.domain.people import Role
from bot.outbound.worker import Habits, Worker
from bot.pace import Pace
from bot.usecases.reminders import LookForReminders
from storage.store import SqlWork, Store
from tests.conftest import SPRING, load
from tests.outbound.fake import FakeMessenger

QUICK = Habits(
    beat=0.005, farewell=0.5, progress=0.02, first_progress=0.0, longest_hold=0.02, idle=0.05, after_error=0.01
)


@dataclass
class Office:
    """The bot's sending side. `restart` is what a new process has: nothing but the database."""

    store: Store
    messenger: FakeMessenger
    pace: Pace
    calendar: FixedCalendar = field(default_factory=lambda: FixedCalendar(SPRING))
    shift: timedelta = timedelta(0)
    habits: Habits = QUICK

    def __post_init__(self) -> None:
        self.running: asyncio.Task[None] | None = None
        self.worker = self._new()

    def _new(self) -> Worker:
        return Worker(self.store, self.calendar, self.messenger, self.pace, self.habits, now=self.now)

    def now(self) -> datetime:
        """Real time, as the worker sees it."""
        return datetime(2026, 6, 1, 2, 0, tzinfo=UTC) + self.shift

    def work(self) -> "Transaction":
        return Transaction(self)

    def people(self, number: int, *, unit: str = "STP", role: Role = Role.LIAISON) -> list[int]:
        """New members, with the chat ids 7000 and up."""
        with self.store.work(self.calendar.now()) as work:
            held = len(work.people.members())
            ids = []
            for n in range(held, held + number):
                person = work.people.add(7000 + n, f"Người {n}", "vi")
                work.people.join(person.id, unit, role, None)
                ids.append(person.id)
            return ids

    def broadcast(self, author: int, to: list[int], html: str = "Xin chào") -> int:
        with self.store.work(self.calendar.now()) as work:
            draft = work.broadcasts.write_draft(author, Content(html))
            work.broadcasts.confirm(draft.id, draft.revision, chat_id=7000, message_id=5)
            work.deliveries.broadcast(draft.id, to)
            return draft.id

    def look(self) -> int:
        with self.store.work(self.calendar.now()) as work:
            return LookForReminders(work)()

    def start(self) -> None:
        self.running = asyncio.ensure_future(self.worker.run())

    async def stop(self) -> None:
        self.worker.stop()
        if self.running is not None:
            await asyncio.wait_for(self.running, 10)
            self.running = None

    async def kill(self) -> None:
        """The process is gone in the middle of whatever it did; nothing more is written down."""
        assert self.running is not None
        flights = [flight.task for flight in self.worker._flights.values()]
        for task in (self.running, *flights):
            task.cancel()
        await asyncio.gather(self.running, *flights, return_exceptions=True)
        self.worker = self._new()

    async def until(self, true: Callable[[], bool], what: str = "what was waited for") -> None:
        """Wait for something to come true; fails after ten seconds."""
        for _ in range(1000):
            if true():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{what} did not happen; rows: {self.states()}")

    async def quiet(self) -> None:
        """Wait until nothing is on its way."""
        await self.until(lambda: not {DeliveryState.DUE, DeliveryState.SENDING} & set(self.states()), "quiet")

    def states(self) -> Counter[DeliveryState]:
        with self.store.reading(self.calendar.now()) as work:
            return Counter(work.deliveries.counts())


class Transaction:
    """`with office.work() as work`: a transaction at the calendar's moment; the worker is woken by its commit."""

    def __init__(self, office: Office) -> None:
        self._office, self._context = office, office.store.work(office.calendar.now())

    def __enter__(self) -> SqlWork:
        return self._context.__enter__()

    def __exit__(self, *error: object) -> None:
        self._context.__exit__(*error)  # type: ignore[arg-type]
        self._office.worker.wake()


@pytest.fixture
async def office(lite: Store, sample: Bloc) -> AsyncIterator[Office]:
    load(lite, sample)
    pace = Pace(rate=2000.0)
    made = Office(lite, FakeMessenger(pace), pace)
    yield made
    await made.stop()
