"""Sends what is due: takes rows in small batches, keeps several on their way, writes down what became of each."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.clock import Calendar, real_now
from bot.domain.errors import NoBloc
from bot.domain.sending import Bug, Delivered, Moved, Outcome, Outgoing, Refused, Stopped, Ticket, Unsure, Wait
from bot.outbound.compose import compose, progress
from bot.pace import Pace
from bot.tasks import spawn
from bot.usecases.deliveries import FollowBroadcasts, Ready, RecordOutcomes, Shown, TakeDue, begin_sending
from bot.usecases.ports.deliveries import Claim
from bot.usecases.ports.work import Store, Work
from bot.words import Words

log = logging.getLogger(__name__)
T = TypeVar("T")


class Sender(Protocol):
    """What the worker asks of a messenger; see bot.outbound.messenger.Messenger."""

    async def send(self, chat_id: int, message: Outgoing, ticket: Ticket | None = None) -> Outcome: ...

    async def edit(self, chat_id: int, message_id: int, message: Outgoing, ticket: Ticket | None = None) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Habits:
    """How the worker goes about it. Times in seconds."""

    batch: int = 8  # taken ahead of their turn: what a kill makes unsure without need
    in_flight: int = 32
    beat: float = 0.2  # one transaction takes and records for this long
    lease: float = 60.0
    farewell: float = 8.0  # what is on its way at a stop gets this long
    progress: float = 3.0
    first_progress: float = 1.0
    longest_hold: float = 60.0
    idle: float = 30.0
    after_error: float = 5.0


@dataclass(frozen=True, slots=True)
class _Look:
    """What one transaction brought: rows to send, when the next one may be tried, whether progress is to be shown."""

    ready: list[Ready] = field(default_factory=list)
    later: datetime | None = None
    showing: bool = False


@dataclass(slots=True)
class _Flight:
    ready: Ready
    ticket: Ticket
    task: asyncio.Task[None]


class Worker:
    """One in a process. `wake()` after a commit that may have queued something; `run()` until `stop()`."""

    def __init__(
        self,
        store: Store,
        calendar: Calendar,
        messenger: Sender,
        pace: Pace,
        habits: Habits | None = None,
        *,
        now: Callable[[], datetime] = real_now,
    ) -> None:
        self._store, self._calendar, self._messenger, self._pace = store, calendar, messenger, pace
        self._habits, self._now = habits or Habits(), now
        self._flights: dict[int, _Flight] = {}
        self._ended: list[tuple[Claim, Outcome]] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._refused = False  # a 401: nothing more until the next start
        self._held_until = 0.0  # loop time: the network is away
        self._failures = 0
        self._renewed_at = 0.0
        self._more = True  # the last look may have left something due
        self._next_at: datetime | None = None
        self._showing: asyncio.Task[None] | None = None
        self._show_next = 0.0  # loop time
        self._show_more = False
        self._last_text: dict[int, Outgoing] = {}

    # -- from outside ------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Look now. Call in the event loop's thread."""
        self._more = True
        self._wake.set()

    def stop(self) -> None:
        """Take no more, let what has left come back (at most `farewell` seconds), then `run` returns."""
        self._stopping = True
        self._wake.set()

    async def expire_leases(self) -> int:
        """Rows whose taker vanished become unsure. For a heartbeat; also done at the start."""
        number = await self._in_work(lambda work: work.deliveries.expire(self._now()))
        if number:
            log.warning("deliveries became unsure: their lease ran out", extra={"number": number})
            self.wake()
        return number or 0

    async def run(self) -> None:
        await self._patiently(self._begin)
        while not self._stopping:
            began = self._time()
            await self._patiently(self._round)
            await self._rest(self._time() - began)
        await self._farewell()

    # -- one round ---------------------------------------------------------------------------------------

    async def _patiently(self, step: Callable[[], Awaitable[object]]) -> None:
        """A database that is busy, full or away delays the worker and does not end it."""
        try:
            await step()
        except Exception:
            log.exception("the worker could not do its round")
            await asyncio.sleep(0 if self._stopping else self._habits.after_error)

    async def _begin(self) -> None:
        await self._in_work(begin_sending)
        await self.expire_leases()

    async def _round(self) -> None:
        self._call_back_the_unsent()
        ended, room = list(self._ended), self._room()
        away = set(self._flights) if self._leases_are_old() else set()
        if ended or room or away:
            # Cleared before the look, not after it: what is queued meanwhile must not be overlooked.
            self._more = self._more and not room
            look = await self._in_work(lambda work: self._exchange(work, ended, away, room)) or _Look()
            del self._ended[: len(ended)]  # only now: a transaction that failed is tried again with the same outcomes
            self._renewed_at = self._time() if away else self._renewed_at
            self._more = self._more or (room > 0 and len(look.ready) == room)
            self._next_at = look.later if room else self._next_at
            for one in look.ready:
                self._launch(one)
            self._want_to_show(look.showing)
        self._show()

    def _exchange(self, work: Work, ended: list[tuple[Claim, Outcome]], away: Collection[int], room: int) -> "_Look":
        """Record what ended, stay the taker of what is away, take up to `room` more. Runs in a thread."""
        now, lease = self._now(), timedelta(seconds=self._habits.lease)
        RecordOutcomes(work)(ended, now=now)
        if away:
            work.deliveries.renew(away, now + lease)
        if not room:
            return _Look()
        ready = TakeDue(work)(room, now=now, lease=lease)
        return _Look(ready, work.deliveries.wakes_at(now), bool(work.broadcasts.showing()))

    def _room(self) -> int:
        if self._stopping or self._refused or not self._more or self._time() < self._held_until:
            return 0
        if self._pace.paused_for > 0:
            return 0
        waiting = sum(not flight.ticket.left for flight in self._flights.values())
        return max(0, min(self._habits.batch - waiting, self._habits.in_flight - len(self._flights)))

    def _leases_are_old(self) -> bool:
        return bool(self._flights) and self._time() - self._renewed_at > self._habits.lease / 3

    async def _rest(self, spent: float) -> None:
        """Until the next beat while something moves; otherwise until something is queued or falls due."""
        busy = self._flights or self._ended
        to_show = self._show_more and not self._refused
        if not self._stopping and (busy or self._room() or to_show):
            # At least half a beat: a slow database must not be asked without a break.
            await asyncio.sleep(max(self._habits.beat - spent, self._habits.beat / 2))
            return
        self._wake.clear()
        if self._stopping:
            return
        timer = asyncio.get_running_loop().call_later(self._seconds_to_wait(), self._look_again)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()

    def _look_again(self) -> None:
        self._more = True
        self._wake.set()

    def _seconds_to_wait(self) -> float:
        waits = [self._habits.idle]
        if self._next_at is not None:
            waits.append((self._next_at - self._now()).total_seconds())
        hold = max(self._pace.paused_for, self._held_until - self._time())
        return max(min(waits), hold, self._habits.beat)

    # -- one message -------------------------------------------------------------------------------------

    def _launch(self, ready: Ready) -> None:
        ticket = Ticket()
        task = spawn(self._send(ready, ticket), f"delivery {ready.claim.delivery.id}")
        self._flights[ready.claim.delivery.id] = _Flight(ready, ticket, task)

    async def _send(self, ready: Ready, ticket: Ticket) -> None:
        claim = ready.claim
        outcome: Outcome = Unsure("interrupted")
        try:
            outcome = await self._sent(ready, ticket)
        except asyncio.CancelledError:
            if not ticket.left:
                outcome = Wait(0)
        except Exception:
            log.exception("a delivery could not be sent", extra={"delivery": claim.delivery.id})
            if not ticket.left:
                outcome = Bug("not sent")
        finally:
            self._flights.pop(claim.delivery.id, None)
            self._ended.append((claim, outcome))
            self._heed(claim, outcome)
            self._wake.set()

    async def _sent(self, ready: Ready, ticket: Ticket) -> Outcome:
        try:
            message = compose(ready.said, Words(ready.claim.language))
        except (KeyError, ValueError, IndexError) as error:
            return Bug(f"not composed: {type(error).__name__}")
        return await self._messenger.send(ready.claim.delivery.chat_id, message, ticket)

    def _heed(self, claim: Claim, outcome: Outcome) -> None:
        extra = {"delivery": claim.delivery.id, "outcome": type(outcome).__name__}
        match outcome:
            case Delivered() | Refused() | Moved():
                self._failures, self._held_until = 0, 0.0
                log.info("a delivery ended", extra=extra)
            case Wait(seconds, everyone=everyone):
                if seconds and not everyone:  # the network or the server is away for all of them
                    self._hold(seconds)
                log.info("a delivery waits", extra=extra)
            case Stopped():
                self._refused = True
                log.error("Telegram refused the token: sending has stopped until the next start", extra=extra)
            case Bug():
                log.error("Telegram refused what was composed", extra=extra)
            case Unsure():
                log.warning("a delivery is unsure", extra=extra)
        # The next row of the same person, or of a line that this one held up, may go now.
        self._more = True

    def _hold(self, seconds: float) -> None:
        if self._time() < self._held_until:
            return  # the others that were on their way tell the same story
        self._failures += 1
        self._held_until = self._time() + min(seconds * 2 ** (self._failures - 1), self._habits.longest_hold)

    def _call_back_the_unsent(self) -> None:
        """While nothing may leave, rows that wait for their turn go back: what they say may not hold afterwards."""
        if self._pace.paused_for > 0 or self._refused or self._time() < self._held_until:
            for flight in self._flights.values():
                if not flight.ticket.left:
                    flight.task.cancel()

    # -- progress of broadcasts --------------------------------------------------------------------------

    def _want_to_show(self, wanted: bool) -> None:
        if wanted and not self._show_more:
            # The answer to the tap edits the same message: it must have asked for its turn before we do.
            self._show_next = max(self._show_next, self._time() + self._habits.first_progress)
            self._show_more = True

    def _show(self) -> None:
        if not self._show_more or self._refused or (self._showing is not None and not self._showing.done()):
            return
        if self._pace.paused_for > 0 or self._time() < self._show_next:
            return
        self._show_next = self._time() + self._habits.progress
        self._show_more = False
        self._showing = spawn(self._show_all(), "progress of broadcasts")

    async def _show_all(self) -> None:
        for shown in await self._in_work(lambda work: FollowBroadcasts(work)()) or []:
            self._show_more = await self._show_one(shown) or self._show_more

    async def _show_one(self, shown: Shown) -> bool:
        """Whether it has to be shown again."""
        broadcast = shown.broadcast
        message = progress(shown, Words(shown.language))
        outcome: Outcome | None = None
        if broadcast.chat_id and broadcast.message_id and self._last_text.get(broadcast.id) != message:
            outcome = await self._messenger.edit(broadcast.chat_id, broadcast.message_id, message)
            if isinstance(outcome, Wait | Unsure | Stopped):
                return True  # editing twice does no harm
            self._last_text[broadcast.id] = message
        if shown.final or isinstance(outcome, Refused | Bug):
            await self._in_work(lambda work: work.broadcasts.shown(broadcast.id))
            self._last_text.pop(broadcast.id, None)
            return False
        return shown.tally.running

    # -- the end -----------------------------------------------------------------------------------------

    async def _farewell(self) -> None:
        for flight in self._flights.values():
            if not flight.ticket.left:
                flight.task.cancel()
        tasks = {flight.task for flight in self._flights.values()}
        if self._showing is not None and not self._showing.done():
            tasks.add(self._showing)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._habits.farewell)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        ended = list(self._ended)
        if ended:
            await self._patiently(lambda: self._in_work(lambda work: RecordOutcomes(work)(ended, now=self._now())))

    # -- small things ------------------------------------------------------------------------------------

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    async def _in_work(self, step: Callable[[Work], T]) -> T | None:
        """One transaction in a thread; None while no bloc has been imported, when there is nothing to say either."""
        return await asyncio.to_thread(self._transaction, step)

    def _transaction(self, step: Callable[[Work], T]) -> T | None:
        try:
            with self._store.work(self._calendar.now()) as work:
                return step(work)
        except NoBloc:
            return None
