"""One sending budget for both Telegram libraries: overall, per chat, per group; replies go before everything else."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Protocol

from aiolimiter import AsyncLimiter

from bot.clock import real_now
from bot.tasks import spawn

RATE = 25.0  # messages a second over all; Telegram allows 30
PRIVATE = (1, 1.0)  # messages, seconds
GROUP = (20, 61.0)  # Telegram counts arrivals, so a minute is taken with a little room
REPLIES_IN_A_ROW = 9  # then one waiting broadcast goes, so that a flood of replies cannot stop it for good
LONGEST_PAUSE = timedelta(hours=24)  # a clock that was stepped back must not silence the bot for ever
FORGET_CHATS_AT = 1000

ChatId = int | str


class Lane(IntEnum):
    """Who goes first. A tap's acknowledgement must arrive before Telegram's patience ends."""

    TAP = 0
    REPLY = 1
    BROADCAST = 2


class Pauses(Protocol):
    """Where the pause that Telegram asked for outlives the process. Called from a thread."""

    def load(self) -> datetime | None:
        """Real time, aware; None when nothing was asked for."""
        ...

    def save(self, until: datetime) -> None: ...


def draws(endpoint: str) -> bool:
    """Whether a Bot API method counts against the limits on messages."""
    return endpoint != "sendChatAction" and endpoint.startswith(("send", "edit", "copy", "forward"))


def answers_tap(endpoint: str) -> bool:
    """Counts against the overall budget alone."""
    return endpoint == "answerCallbackQuery"


class _Chat:
    """When the messages of one chat left, for as long as its limit looks back."""

    __slots__ = ("left", "most", "span")

    def __init__(self, chat_id: ChatId) -> None:
        group = isinstance(chat_id, str) or chat_id < 0
        self.most, self.span = GROUP if group else PRIVATE
        self.left: deque[float] = deque()

    def free_at(self, now: float) -> float:
        while self.left and self.left[0] + self.span <= now:
            self.left.popleft()
        return now if len(self.left) < self.most else self.left[0] + self.span


class _Waiter:
    __slots__ = ("chat_id", "lane", "stamp", "turn")

    def __init__(self, chat_id: ChatId | None, lane: Lane, turn: asyncio.Future[None]) -> None:
        self.chat_id, self.lane, self.turn = chat_id, lane, turn
        self.stamp = 0.0  # when its turn came, loop time


class Pace:
    """`await pace.turn(chat_id, lane)` returns when one message may leave. One instance serves one event loop."""

    def __init__(
        self, pauses: Pauses | None = None, *, rate: float = RATE, now: Callable[[], datetime] = real_now
    ) -> None:
        # A bucket of one drop spaces the messages evenly; a larger one would let the first second burst.
        self._overall = AsyncLimiter(1, 1 / rate)
        self._pauses, self._now = pauses, now
        self._lanes: dict[Lane, deque[_Waiter]] = {lane: deque() for lane in Lane}
        self._chats: dict[ChatId, _Chat] = {}
        self._changed = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._paused_until = 0.0  # loop time
        self._replies = 0

    async def recall(self) -> None:
        """Take up the pause that an earlier run was told to keep. Call once, before the first turn."""
        if self._pauses is not None and (until := await asyncio.to_thread(self._pauses.load)) is not None:
            self._hold(until)

    def pause(self, until: datetime) -> None:
        """Nothing leaves, in either library, before `until` (real time, aware); a shorter pause changes nothing."""
        if self._hold(until) and self._pauses is not None:
            spawn(asyncio.to_thread(self._pauses.save, until), "save the pause")

    def pause_for(self, seconds: float) -> None:
        self.pause(self._now() + timedelta(seconds=seconds))

    def _hold(self, until: datetime) -> bool:
        # Kept in loop time: a system clock that is stepped must neither end nor stretch it.
        rest = min(until - self._now(), LONGEST_PAUSE).total_seconds()
        end = asyncio.get_running_loop().time() + rest
        if rest <= 0 or end <= self._paused_until:
            return False
        self._paused_until = end
        self._changed.set()
        return True

    @property
    def paused_for(self) -> float:
        """Seconds until anything may leave; 0 when nothing holds it."""
        return max(0.0, self._paused_until - asyncio.get_running_loop().time())

    async def turn(self, chat_id: ChatId | None, lane: Lane = Lane.REPLY) -> None:
        """Wait until one message to `chat_id` may leave (None: an answer to a tap, which belongs to no chat)."""
        loop = asyncio.get_running_loop()
        waiter = _Waiter(chat_id, Lane.TAP if chat_id is None else lane, loop.create_future())
        self._lanes[waiter.lane].append(waiter)
        self._changed.set()
        if self._pump is None or self._pump.done():
            self._pump = spawn(self._serve(), "pace")
        try:
            await waiter.turn
        except asyncio.CancelledError:
            self._give_back(waiter)
            raise

    def _give_back(self, waiter: _Waiter) -> None:
        """A cancelled waiter leaves the line, or returns the turn that came in the same moment."""
        if waiter in self._lanes[waiter.lane]:
            self._lanes[waiter.lane].remove(waiter)
        elif waiter.chat_id in self._chats and waiter.stamp in (left := self._chats[waiter.chat_id].left):
            left.remove(waiter.stamp)
        self._changed.set()

    async def _serve(self) -> None:
        while any(self._lanes.values()):
            if (rest := self._rest()) > 0:
                await self._change_or(rest)
                continue
            await self._overall.acquire()
            # Chosen only now: whoever came while the budget refilled is not behind those who waited with it.
            if self._rest() <= 0 and (waiter := self._next()) is not None:
                self._grant(waiter)

    def _rest(self) -> float:
        """Seconds until somebody in line may go."""
        now = asyncio.get_running_loop().time()
        if self._paused_until > now:
            return self._paused_until - now
        earliest = min((self._free_at(w, now) for lane in self._lanes.values() for w in lane), default=now)
        return earliest - now

    async def _change_or(self, seconds: float) -> None:
        """Return after `seconds`, or as soon as the line or the pause has changed."""
        self._changed.clear()
        timer = asyncio.get_running_loop().call_later(seconds, self._changed.set)
        try:
            await self._changed.wait()
        finally:
            timer.cancel()

    def _free_at(self, waiter: _Waiter, now: float) -> float:
        chat = self._chats.get(waiter.chat_id) if waiter.chat_id is not None else None
        return chat.free_at(now) if chat else now

    def _next(self) -> _Waiter | None:
        """The first in line whose chat is free; one whose chat is not does not hold up the others."""
        now = asyncio.get_running_loop().time()
        order = sorted(Lane)
        if self._replies >= REPLIES_IN_A_ROW:
            order = [Lane.TAP, Lane.BROADCAST, Lane.REPLY]
        for lane in order:
            for waiter in self._lanes[lane]:
                if not waiter.turn.done() and self._free_at(waiter, now) <= now:
                    return waiter
        return None

    def _grant(self, waiter: _Waiter) -> None:
        self._lanes[waiter.lane].remove(waiter)
        self._replies = self._replies + 1 if waiter.lane is Lane.REPLY else 0
        if waiter.chat_id is not None:
            self._stamp(waiter, waiter.chat_id)
        waiter.turn.set_result(None)

    def _stamp(self, waiter: _Waiter, chat_id: ChatId) -> None:
        waiter.stamp = now = asyncio.get_running_loop().time()
        if chat_id not in self._chats and len(self._chats) >= FORGET_CHATS_AT:
            self._chats = {key: chat for key, chat in self._chats.items() if chat.free_at(now) > now or chat.left}
        self._chats.setdefault(chat_id, _Chat(chat_id)).left.append(now)
