"""Logs: one line per outcome, ids and names of errors, never the token nor what people wrote."""

import logging
import sys
import traceback
from types import TracebackType
from typing import Final

_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# httpx writes whole URLs, token included, at INFO; aiohttp and aiogram may quote what people wrote.
_QUIET: Final = ("httpx", "httpcore", "aiohttp", "aiogram", "telegram", "apscheduler", "sqlalchemy", "alembic")


class Formatter(logging.Formatter):
    """`when level name: message key=value`. Tracebacks show places and types of errors, not their messages."""

    def __init__(self, secret: str = "") -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        extra = {k: v for k, v in vars(record).items() if k not in _PLAIN and not k.startswith("_")}
        head, newline, rest = super().format(record).partition("\n")
        text = " ".join([head, *(f"{key}={value}" for key, value in extra.items())]) + newline + rest
        return text.replace(self._secret, "***") if self._secret else text

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


def set_up(level: str = "INFO", *, secret: str = "") -> None:
    """Log to standard error. `secret` (the bot token) is blotted out wherever it might turn up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(secret))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # aiogram's and asyncio's own error records carry exception messages in their text
    logging.getLogger("aiogram.event").setLevel(logging.CRITICAL)
