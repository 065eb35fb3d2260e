"""Background tasks that are kept, named, and never fail in silence."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)
_kept: set[asyncio.Task[Any]] = set()


def spawn(work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
    """Start `work` in the background; a reference is kept, because asyncio itself keeps only a weak one."""
    task = asyncio.create_task(work, name=name)
    _kept.add(task)
    task.add_done_callback(_finished)
    return task


def _finished(task: asyncio.Task[Any]) -> None:
    _kept.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("background task ended with an error", extra={"task": task.get_name()}, exc_info=error)
