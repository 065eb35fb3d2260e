"""Beats that say "look now": never lost, never doubled, and alive after the system clock was stepped."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import real_now
from bot.outbound.timetable import Beat, Timetable


class Look:
    """Counts how often it is told to look; `gate` holds a look open."""

    def __init__(self) -> None:
        self.times = 0
        self.at_once = 0
        self.most_at_once = 0
        self.gate: asyncio.Event | None = None
        self.error: Exception | None = None

    async def __call__(self) -> None:
        self.times += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.gate is not None:
                await self.gate.wait()
            if self.error is not None:
                raise self.error
        finally:
            self.at_once -= 1

    async def until(self, times: int) -> None:
        for _ in range(500):
            if self.times >= times:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"looked {self.times} times, not {times}")


async def test_a_beat_looks_at_the_start_and_again_and_again() -> None:
    look = Look()
    timetable = Timetable([Beat("look", 0.05, look)])
    timetable.start()
    await look.until(3)
    await timetable.stop()
    seen = look.times
    await asyncio.sleep(0.1)
    assert look.times == seen


async def test_a_look_that_takes_long_is_not_doubled() -> None:
    look = Look()
    look.gate = asyncio.Event()
    timetable = Timetable([Beat("look", 0.02, look)])
    timetable.start()
    await look.until(1)
    await asyncio.sleep(0.1)
    look.gate.set()
    await look.until(2)
    await timetable.stop()
    assert look.most_at_once == 1


async def test_a_look_that_fails_is_tried_again_at_the_next_beat(caplog: pytest.LogCaptureFixture) -> None:
    look = Look()
    look.error = OSError("disk full")
    timetable = Timetable([Beat("look", 0.03, look)])
    timetable.start()
    await look.until(3)
    await timetable.stop()
    assert "a beat failed" in caplog.text


async def test_a_moved_calendar_is_looked_at_now() -> None:
    look, other = Look(), Look()
    timetable = Timetable([Beat("look", 3600, look), Beat("other", 3600, other)])
    timetable.start()
    await look.until(1)
    await other.until(1)
    timetable.look_now("look")
    await look.until(2)
    await timetable.stop()
    assert other.times == 1


async def test_a_look_that_was_under_way_when_the_calendar_moved_looks_again() -> None:
    look = Look()
    look.gate = asyncio.Event()
    timetable = Timetable([Beat("look", 3600, look)])
    timetable.start()
    await look.until(1)
    timetable.look_now()
    await asyncio.sleep(0.05)
    look.gate.set()
    await look.until(2)
    await timetable.stop()


async def test_a_system_clock_that_is_stepped_back_an_hour_does_not_silence_the_beats(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shift = timedelta(0)

    class Stepped(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return real_now().astimezone(tz or UTC) + shift

    for module in ("apscheduler.schedulers.base", "apscheduler.executors.base", "apscheduler.triggers.interval"):
        monkeypatch.setattr(f"{module}.datetime", Stepped)
    look = Look()
    timetable = Timetable([Beat("look", 0.2, look)], wall=lambda: real_now() + shift, guard=0.02)
    timetable.start()
    await look.until(1)
    shift = -timedelta(hours=1)
    seen = look.times
    await look.until(seen + 3)
    shift = timedelta(hours=1)
    seen = look.times
    await look.until(seen + 3)
    await timetable.stop()


async def test_without_the_guard_it_would() -> None:
    """What the guard is for: kept as a test, so that nobody takes it for an ornament."""
    look = Look()
    timetable = Timetable([Beat("look", 0.05, look)], guard=3600)
    timetable.start()
    await look.until(1)
    job = timetable._scheduler.get_job("look")
    job.modify(next_run_time=real_now() + timedelta(hours=1))  # where a step back leaves it
    seen = look.times
    await asyncio.sleep(0.2)
    assert look.times <= seen + 1
    timetable.look_now()
    await look.until(seen + 1)
    await timetable.stop()
