"""Heartbeats that say "look now". What is due is computed from tables by whoever is told to look."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]

from bot.clock import real_now
from bot.tasks import spawn

log = logging.getLogger(__name__)

GUARD = 5.0  # seconds between two comparisons of the clocks
STEP = 2.0  # a difference in seconds that is a stepped clock, not a slow machine


@dataclass(frozen=True, slots=True)
class Beat:
    """`look` is called every `seconds`, the first time at the start; a look that takes longer is not doubled."""

    name: str
    seconds: float
    look: Callable[[], Awaitable[object]]


class Timetable:
    """`start()` and `stop()` in the event loop. A look that raises is logged and called again at the next beat."""

    def __init__(
        self,
        beats: list[Beat],
        *,
        wall: Callable[[], datetime] = real_now,
        monotonic: Callable[[], float] = time.monotonic,
        guard: float = GUARD,
    ) -> None:
        self._beats = {beat.name: beat for beat in beats}
        self._wall, self._monotonic, self._guard_seconds = wall, monotonic, guard
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            # The default grace of a second drops late beats without a word.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._guard: asyncio.Task[None] | None = None
        self._looking: set[str] = set()
        self._again: set[str] = set()

    def start(self) -> None:
        # What it logs at INFO is one line a beat.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        # A look tells of its own errors; what it says besides is that a stop cut one off.
        logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)
        for beat in self._beats.values():
            self._scheduler.add_job(
                self._look,
                "interval",
                args=[beat.name],
                id=beat.name,
                seconds=beat.seconds,
                next_run_time=self._wall(),
            )
        self._scheduler.start()
        self._guard = spawn(self._watch(), "timetable guard")

    async def stop(self) -> None:
        if self._guard is not None:
            self._guard.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def look_now(self, *names: str) -> None:
        """Bring these beats forward to now (all, when none is named): the calendar was moved."""
        for name in names or tuple(self._beats):
            # A look that is under way may have read the calendar before it was moved, and is not doubled.
            self._again |= {name} & self._looking
            self._scheduler.modify_job(name, next_run_time=self._wall())

    async def _look(self, name: str) -> None:
        self._looking.add(name)
        try:
            await self._beats[name].look()
        except Exception:
            log.exception("a beat failed", extra={"beat": name})
        finally:
            self._looking.discard(name)
        if name in self._again:
            self._again.discard(name)
            await self._look(name)

    async def _watch(self) -> None:
        """Re-arm every beat when the system clock is stepped: set back an hour, it would silence them for an hour."""
        wall, steady = self._wall(), self._monotonic()
        while True:
            await asyncio.sleep(self._guard_seconds)
            passed = timedelta(seconds=self._monotonic() - steady)
            if abs((self._wall() - wall - passed).total_seconds()) > STEP:
                log.warning("the system clock was stepped: every beat starts anew")
                self.look_now()
                wall, steady = self._wall(), self._monotonic()
