"""Handling one update: one transaction holds its effects, its conversation state and its inbox mark.

Runs in worker threads; nothing here waits for the network.
"""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from bot.clock import Calendar
from bot.domain.errors import DomainError
from bot.domain.files import Attachment, FileToFetch
from bot.usecases.ports.desk import Desk
from bot.usecases.ports.inbox import InboxRow
from bot.usecases.ports.work import Store

log = logging.getLogger(__name__)


_FILES = ("document", "photo", "video", "audio", "animation")
_VOUCHING = ":vf"  # a tap that vouches for a file, see bot.buttons.files
_FILE_MARKS = (*(f'"{kind}"' for kind in _FILES), _VOUCHING)


class OutOfTurn(Exception):
    """The row is handled already, or an earlier one of the same chat is not: nothing was changed."""


class Handling:
    """`queued` is called, in the worker's thread, after a commit that may have left something to send first."""

    def __init__(self, store: Store, desk: Desk, calendar: Calendar, queued: Callable[[], None] = lambda: None) -> None:
        self._store, self._desk, self._calendar, self._queued = store, desk, calendar, queued

    def plan(self, row: InboxRow) -> FileToFetch | Attachment | None:
        """What is to be fetched before the row is handled."""
        raw = json.loads(row.body)
        if not brings_file(raw):
            return None
        with self._store.reading(self._calendar.now()) as work:
            return self._desk.plan(raw, work)

    def handle(self, row: InboxRow, attachment: Attachment | None) -> Sequence[Any]:
        """Take the row and everything it causes, or nothing at all. Returns the replies to send now.

        A rule that refuses undoes what the handler did; the row is then taken by a second transaction that only says
        why. Raises OutOfTurn, StoreUnavailable, or whatever the handler raised.
        """
        raw = json.loads(row.body)
        try:
            with self._store.work(self._calendar.now()) as work:
                if not work.take(row.id):
                    raise OutOfTurn
                replies = self._desk.handle(raw, work, attachment)
            if work.queued:
                self._queued()
            return replies
        except DomainError as error:
            log.info("refused", extra={"row": row.id, "key": error.key})
            with self._store.work(self._calendar.now()) as work:
                if not work.take(row.id):
                    raise OutOfTurn from None
                return self._desk.refuse(raw, error, work)

    def current(self, row: InboxRow) -> Sequence[Any]:
        """The current screen, for a row that was handled before a restart and perhaps never answered."""
        with self._store.reading(self._calendar.now()) as work:
            return self._desk.current(json.loads(row.body), work)

    def apologise(self, row: InboxRow, incident: str) -> Sequence[Any]:
        return self._desk.apologise(json.loads(row.body), incident)


def may_bring_file(row: InboxRow) -> bool:
    """A glance at the text, without parsing it: most updates bring none, and need no look at the database for that."""
    return any(mark in row.body for mark in _FILE_MARKS)


def brings_file(raw: dict[str, Any]) -> bool:
    """Whether a raw update may need a download: a file, or a tap that vouches for one."""
    message = raw.get("message") or {}
    if any(kind in message for kind in _FILES):
        return True
    data = (raw.get("callback_query") or {}).get("data") or ""
    return _VOUCHING in data
