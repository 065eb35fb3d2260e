"""Delivery by POST: in order, again and again until the far end says 2xx."""

import asyncio
import logging

import aiohttp

from bot.sandbox.world import World

FIRST_WAIT = 0.1  # seconds of real time, doubled up to LONGEST_WAIT
LONGEST_WAIT = 2.0
ANSWER_WITHIN = 30.0

log = logging.getLogger("bot.sandbox")


class WebhookSender:
    """One task that empties the queue into the webhook, one update at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._task = asyncio.create_task(self._run(), name="sandbox-webhook")

    async def stop(self) -> None:
        """End; what was not confirmed stays queued."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            wait = FIRST_WAIT
            while True:
                await self._world.queue.arrived.wait()
                if not self._world.hook.url or not self._world.queue.pending:
                    self._world.queue.arrived.clear()
                elif await self._deliver(session):
                    wait = FIRST_WAIT
                else:
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)

    async def _deliver(self, session: aiohttp.ClientSession) -> bool:
        world = self._world
        first, hook = world.queue.pending[0], world.hook
        if world.faults.down:
            return False
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            async with session.post(hook.url, json=first.body, headers=headers) as answer:
                if 200 <= answer.status < 300:
                    world.queue.done(first)
                    world.changed()
                    return True
                error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            error = f"Connection failed: {type(problem).__name__}"
        hook.last_error = (int(world.calendar.real()), error)
        log.info("webhook refused update %s: %s", first.id, error)
        return False
