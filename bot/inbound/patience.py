"""Waiting for Telegram to come back, for as long as the process is not told to stop."""

import asyncio


class GaveUp(Exception):
    """The wait ended because the process stops: what was waiting is taken up again at the next start."""


class Patience:
    """One in a process; every wait ends at once when `end` is called."""

    def __init__(self) -> None:
        self._over = asyncio.Event()

    def end(self) -> None:
        self._over.set()

    async def wait(self, seconds: float) -> None:
        """Return after `seconds`. Raises GaveUp."""
        try:
            await asyncio.wait_for(self._over.wait(), seconds)
        except TimeoutError:
            return
        raise GaveUp
