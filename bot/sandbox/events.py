"""What happened, numbered, for pages and tests that wait for it."""

import asyncio
from collections import deque
from typing import Any

KEPT = 5000


class EventLog:
    """Numbered events; a reader waits until there is one after the last it saw."""

    def __init__(self) -> None:
        self.seq = 0
        self._events: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._waiting: set[asyncio.Future[None]] = set()
        self._closed = False

    def add(self, kind: str, **data: Any) -> None:
        """Append one event and wake the readers."""
        self.seq += 1
        self._events.append({"seq": self.seq, "kind": kind, **data})
        self._wake()

    def after(self, seq: int) -> list[dict[str, Any]]:
        """Events newer than `seq`, oldest first; at most the last KEPT."""
        newer: list[dict[str, Any]] = []
        for event in reversed(self._events):
            if event["seq"] <= seq:
                break
            newer.append(event)
        return newer[::-1]

    async def wait(self, seconds: float) -> None:
        """Return at the next event, at close, or after `seconds` of real time."""
        if self._closed or seconds <= 0:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(future)

    def close(self) -> None:
        """Let every reader go."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
