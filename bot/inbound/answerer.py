"""From the inbox to the person: in order within a chat, many chats at once, replies after the commit.

A row is handled in a worker thread by one transaction (handling.py). Whatever goes wrong on the way to Telegram waits
and is tried again without ever handling the row a second time; an update whose handler raises three times is set aside.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from bot.domain.files import Attachment
from bot.inbound.downloads import Downloads
from bot.inbound.handling import Handling, OutOfTurn, may_bring_file
from bot.inbound.patience import GaveUp, Patience
from bot.inbound.sending import Sender
from bot.tasks import spawn
from bot.usecases.ports.inbox import Inbox, InboxRow
from bot.usecases.ports.work import StoreUnavailable

log = logging.getLogger(__name__)

TRIES = 3
POLL_SECONDS = 0.5  # how often the table is looked at when no receiver in this process says that something came
RETRY_SECONDS = 0.2
UNAVAILABLE_SECONDS = 1.0
FLUSH_SECONDS = 0.2
MOST_IN_HAND = 1000

T = TypeVar("T")


class Answerer:
    """Takes rows of one bot from the inbox until it is stopped."""

    def __init__(
        self,
        bot_id: int,
        inbox: Inbox,
        handling: Handling,
        sender: Sender,
        downloads: Downloads,
        *,
        patience: Patience | None = None,
        threads: int = 4,
    ) -> None:
        self._bot_id, self._inbox, self._handling = bot_id, inbox, handling
        self._sender, self._downloads = sender, downloads
        self._patience = patience or Patience()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._lanes: dict[int, deque[InboxRow]] = {}
        self._in_hand: set[int] = set()
        self._answered: list[int] = []
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False

    def wake(self) -> None:
        """Something was committed to the inbox."""
        self._wake.set()

    async def run(self) -> None:
        """Answer until `stop`. First of all, whoever was left without a reply gets their current screen."""
        await self._resume()
        flusher = spawn(self._flush_regularly(), "answered")
        try:
            while not self._stopping:
                self._wake.clear()
                for row in await self._steady(self._load):
                    self._offer(row)
                try:
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
                except TimeoutError:
                    continue
        finally:
            flusher.cancel()

    async def stop(self, seconds: float) -> None:
        """Finish what is in hand, at most so long; what cannot leave now is left for the next start."""
        self._stopping = True
        self._patience.end()
        self._wake.set()
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            log.warning("stopped with updates in hand", extra={"lanes": len(self._lanes)})
        await self._flush()
        self._threads.shutdown(wait=False, cancel_futures=True)

    # -- one lane a chat -----------------------------------------------------------------------------------

    def _load(self) -> list[InboxRow]:
        if len(self._in_hand) >= MOST_IN_HAND:
            return []
        return self._inbox.waiting(self._bot_id, limit=2 * MOST_IN_HAND)

    def _offer(self, row: InboxRow) -> None:
        if row.id in self._in_hand or self._stopping:
            return
        self._in_hand.add(row.id)
        lane = self._lanes.get(row.lane)
        if lane is None:
            self._open_lane(row.lane, [row])
        else:
            lane.append(row)

    def _open_lane(self, lane: int, rows: Sequence[InboxRow], owed: Sequence[InboxRow] = ()) -> None:
        self._lanes[lane] = deque(rows)
        self._idle.clear()
        spawn(self._work_through(lane, owed), f"lane {lane}")

    async def _work_through(self, lane: int, owed: Sequence[InboxRow]) -> None:
        """Rows in order; before them the screen that is owed for rows of an earlier run."""
        rows = self._lanes[lane]
        try:
            if owed:
                await self._show_current(owed[-1], [row.id for row in owed])
            while rows and not self._stopping:
                row = rows.popleft()
                try:
                    await self._one(row)
                except GaveUp:
                    continue
                finally:
                    self._in_hand.discard(row.id)
        finally:
            self._in_hand.difference_update(row.id for row in rows)
            del self._lanes[lane]
            if not self._lanes:
                self._idle.set()

    async def _one(self, row: InboxRow) -> None:
        replies = await self._handled(row)
        if replies is None:
            return
        await self._reply(row, replies)

    async def _handled(self, row: InboxRow) -> Sequence[Any] | None:
        """Handle a row; None when somebody else did, or it was set aside or left for later."""
        attachment: Attachment | None = None
        attempts, tries = row.attempts, 0

        def handle() -> Sequence[Any]:
            nonlocal tries
            tries += 1
            return self._handling.handle(row, attachment)

        while True:
            tries = 0
            try:
                if may_bring_file(row) and (planned := await self._steady(lambda: self._handling.plan(row))):
                    attachment = await self._downloads.fetch(planned)
                return await self._steady(handle)
            except OutOfTurn:
                return await self._after_lost_commit(row) if tries > 1 else None
            except (asyncio.CancelledError, GaveUp):
                raise
            except Exception as error:
                log.error("handler failed", extra={"row": row.id}, exc_info=error)
                attempts = await self._steady(lambda: self._inbox.failed(row.id))
                if attempts >= TRIES:
                    await self._set_aside(row)
                    return None
                await self._patience.wait(RETRY_SECONDS * 2**attempts)

    async def _after_lost_commit(self, row: InboxRow) -> Sequence[Any] | None:
        """The database went away during a commit and may have kept it all the same: then nobody has been told."""
        done = await self._steady(lambda: self._inbox.unanswered(self._bot_id))
        if row.id not in {each.id for each in done}:
            return None
        return await self._steady(lambda: self._handling.current(row))

    async def _set_aside(self, row: InboxRow) -> None:
        incident = secrets.token_hex(3).upper()
        await self._steady(lambda: self._inbox.set_aside(row.id, incident))
        log.error("update set aside", extra={"row": row.id, "incident": incident})
        try:
            replies = self._handling.apologise(row, incident)
        except Exception as error:  # noqa: BLE001 - an update that cannot even be read has nobody to apologise to
            log.error("no apology possible", extra={"row": row.id, "error": type(error).__name__})
            return
        await self._sender.send(replies)

    async def _reply(self, row: InboxRow, replies: Sequence[Any]) -> None:
        await self._sender.send(replies)
        self._answered.append(row.id)

    async def _resume(self) -> None:
        """Rows handled before a restart: per chat, the screen on which the person stands; never a second handling."""
        rows = await self._steady(lambda: self._inbox.unanswered(self._bot_id))
        owed: dict[int, list[InboxRow]] = {}
        for row in rows:
            owed.setdefault(row.lane, []).append(row)
        for lane, left in owed.items():
            self._open_lane(lane, (), left)

    async def _show_current(self, row: InboxRow, row_ids: list[int]) -> None:
        try:
            replies = await self._steady(lambda: self._handling.current(row))
        except Exception as error:  # noqa: BLE001 - one broken screen must not keep the others waiting
            log.error("no current screen", extra={"row": row.id, "error": type(error).__name__})
            replies = []
        with suppress(GaveUp):
            await self._sender.send(replies)
            self._answered += row_ids

    # -- the database --------------------------------------------------------------------------------------

    async def _steady(self, call: Callable[[], T]) -> T:
        """Run `call` in a worker thread, as often as it takes for the database to be reachable."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(self._threads, call)
            except StoreUnavailable as error:
                log.warning("database unavailable", extra={"why": str(error)})
                await asyncio.sleep(UNAVAILABLE_SECONDS)

    async def _flush_regularly(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self._flush()
            except Exception:
                log.exception("answers could not be noted")
                await asyncio.sleep(UNAVAILABLE_SECONDS)

    async def _flush(self) -> None:
        done, self._answered = self._answered, []
        if not done:
            return
        try:
            await self._steady(lambda: self._inbox.answered(done))
        except BaseException:
            self._answered = done + self._answered
            raise
