"""Logs: one line per outcome, ids and names of errors, never the token nor what people wrote."""

import logging
import sys
import threading
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Final

_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OURS: Final = frozenset({"bot", "handlers", "storage"})

# httpx writes whole URLs, token included, at INFO; aiohttp and aiogram may quote what people wrote.
_QUIET: Final = ("httpx", "httpcore", "aiohttp", "aiogram", "telegram", "apscheduler", "sqlalchemy", "alembic")

_log = logging.getLogger("bot")


class Formatter(logging.Formatter):
    """`when level name: message key=value`. Tracebacks show places and types of errors, not their messages.

    Libraries put exceptions, whole objects and arguments into their messages: of theirs only the unfilled template is
    shown, or the place where there is none. `secrets` are blotted out wherever they might turn up.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = sorted(filter(None, secrets), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.partition(".")[0] in _OURS
        if not ours:
            record = _without_content(record)
        extra = {k: v for k, v in vars(record).items() if k not in _PLAIN and not k.startswith("_")} if ours else {}
        head, newline, rest = super().format(record).partition("\n")
        text = " ".join([head, *(f"{key}={value}" for key, value in extra.items())]) + newline + rest
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Frames and the type of every error in the chain: a message may hold what somebody typed."""
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None and len(lines) < 200:
            lines += [line.rstrip() for line in traceback.format_tb(error.__traceback__)]
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


def _without_content(record: logging.LogRecord) -> logging.LogRecord:
    """The same record with nothing in it that was put together from values."""
    bare = logging.makeLogRecord(vars(record))
    template = str(record.msg).partition("\n")[0] if record.args else ""
    bare.msg, bare.args = template or f"({record.module}:{record.lineno})", ()  # without args nothing is filled in
    bare.exc_text = None  # another handler may have put the whole of it there
    return bare


def set_up(level: str = "INFO", *, secrets: Iterable[str] = ()) -> None:
    """Log to standard error. `secrets` (the bot token above all) are blotted out wherever they might turn up.

    What Python itself would print of an error that nobody caught goes to the log too, without its message.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log.critical("ended by an error", exc_info=(kind, error, trace))


def _uncaught_in_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None:
        _log.error("a thread ended with an error", exc_info=(given.exc_type, given.exc_value, given.exc_traceback))


def _unraisable(given: Any) -> None:
    error = (given.exc_type, given.exc_value, given.exc_traceback) if given.exc_value is not None else None
    _log.error("an error that could not be raised", exc_info=error)
