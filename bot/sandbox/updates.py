"""Updates for the bot: kept until confirmed, handed out by long poll or webhook."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiogram.types import Update

from bot.sandbox.errors import ControlRefusal, Refusal, bad, conflict

FIRST_UPDATE = 700_000_001
FUTURE = 10  # an offset further ahead than this is read as if none had been given
DEFAULT_KINDS = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})
TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass
class Pending:
    """One update that the bot has not confirmed."""

    body: dict[str, Any]
    repeated: bool = False

    @property
    def id(self) -> int:
        """update_id."""
        number: int = self.body["update_id"]
        return number


class UpdateQueue:
    """The queue of one bot. `duplicating` says whether every update is to be handed over twice."""

    def __init__(self, duplicating: Callable[[], bool] = lambda: False) -> None:
        self.next_id = FIRST_UPDATE
        self.allowed: list[str] | None = None
        self.webhook_active = False
        self.pending: deque[Pending] = deque()
        self.arrived = asyncio.Event()
        self.polls = 0  # how often getUpdates was called: whether a bot is there at all
        self._again: list[Pending] = []
        self._again_handed = 0
        self._poller: asyncio.Future[None] | None = None
        self._duplicating = duplicating
        self._closed = False

    def push(self, kind: str, body: dict[str, Any]) -> int | None:
        """Queue one update; None when the bot did not ask for that kind."""
        if kind not in (self.allowed or DEFAULT_KINDS):
            return None
        update = Update.model_validate({"update_id": self.next_id, kind: body})
        self.next_id += 1
        dumped = update.model_dump(mode="json", by_alias=True, exclude_unset=True)
        self.pending.append(Pending(dumped))
        self.arrived.set()
        self._let_go()
        return self.next_id - 1

    async def poll(
        self, offset: int | None, limit: int | None, seconds: int | None, allowed: list[str] | None
    ) -> list[dict[str, Any]]:
        """getUpdates: confirms what is below `offset`, then waits up to `seconds` for more."""
        if self.webhook_active:
            raise conflict(WEBHOOK_ACTIVE)
        self.polls += 1
        self.terminate(TERMINATED)
        if allowed is not None:
            self.allowed = allowed or None
        count = 100 if limit is None or not 1 <= limit <= 100 else limit
        self._confirm(offset or 0)
        batch = self._take(count)
        wait = max(0, min(seconds or 0, 50))
        if batch or not wait or self._closed:
            return batch
        future = asyncio.get_running_loop().create_future()
        self._poller = future
        try:
            await asyncio.wait_for(future, wait)
        except TimeoutError:
            pass
        finally:
            if self._poller is future:
                self._poller = None
        return self._take(count)

    def terminate(self, description: str) -> None:
        """End a long poll that is waiting with 409."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(conflict(description))
        self._poller = None

    def cut(self) -> None:
        """End a long poll that is waiting because the line is down; the caller cuts the connection."""
        self._let_go()

    def close(self) -> None:
        """Let a waiting long poll go with nothing."""
        self._closed = True
        self._let_go()

    def restart_ids(self, to: int) -> None:
        """What Telegram does after a quiet week: the next update gets another id, maybe a smaller one."""
        if to < 1:
            raise ControlRefusal(400, "Mã cập nhật phải từ 1.")
        if self.pending:
            raise ControlRefusal(409, "Còn cập nhật chưa được bot xác nhận; tuần yên tĩnh thì không có.")
        self.next_id = to
        self._again.clear()

    def done(self, first: Pending) -> None:
        """The webhook answered 2xx for the oldest update."""
        if self.pending and self.pending[0] is first:
            if self._duplicating() and not first.repeated:
                first.repeated = True
                return
            self.pending.popleft()

    def drop_all(self) -> None:
        """drop_pending_updates."""
        self.pending.clear()
        self._again.clear()

    def _let_go(self) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)

    def _confirm(self, offset: int) -> None:
        del self._again[: self._again_handed]  # the second copy counts as read by the next request
        self._again_handed = 0
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
            return
        if offset > self.next_id + FUTURE:
            return
        while self.pending and self.pending[0].id < offset:
            confirmed = self.pending.popleft()
            if self._duplicating() and not confirmed.repeated:
                confirmed.repeated = True
                self._again.append(confirmed)

    def _take(self, count: int) -> list[dict[str, Any]]:
        again = self._again[:count]
        self._again_handed = len(again)
        rest = [p for p, _ in zip(self.pending, range(count - len(again)), strict=False)]
        return [p.body for p in [*again, *rest]]

    def snapshot(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"next_id": self.next_id, "allowed": self.allowed, "pending": [p.body for p in self.pending]}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take over what `snapshot` gave."""
        self.next_id = saved["next_id"]
        self.allowed = saved["allowed"]
        self.pending = deque(Pending(body) for body in saved["pending"])
        if self.pending:
            self.arrived.set()


def checked_kinds(allowed: list[str] | None) -> list[str] | None:
    """allowed_updates as given; an unknown kind is a mistake worth telling."""
    known = set(Update.model_fields) - {"update_id"}
    for kind in allowed or []:
        if kind not in known:
            raise unknown_kind(kind)
    return allowed


def unknown_kind(kind: str) -> Refusal:
    """400 for a kind of update that does not exist."""
    return bad(f'unknown update type "{kind}" in allowed_updates (sandbox)')
