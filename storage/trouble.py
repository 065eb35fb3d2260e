"""Telling a database that is away for now from a statement that is wrong: only the first is tried again."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from bot.usecases.ports.work import StoreUnavailable

# SQLite calls a missing column an OperationalError too: retrying that would go on for ever.
SQLITE_MISTAKE: Final = 1


def is_away(error: DBAPIError) -> bool:
    """Whether the same statement may well succeed later."""
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", None)
        return isinstance(error, OperationalError) and code is not None and code & 0xFF != SQLITE_MISTAKE
    return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))


@contextmanager
def translated() -> Iterator[None]:
    """A database that cannot be reached or is locked is not the fault of what was asked: StoreUnavailable."""
    try:
        yield
    except DBAPIError as error:
        if not is_away(error):
            raise
        raise StoreUnavailable(type(error.orig).__name__) from error
    except NoConnectionFree as error:
        raise StoreUnavailable("no connection free") from error
