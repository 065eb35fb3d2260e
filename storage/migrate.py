"""Bringing a database to this version's shape, one process at a time."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:  # loaded when there is something to migrate: every command asks whether there is
    from alembic.config import Config

SCRIPTS = Path(__file__).resolve().parent / "migrations"
LOCK_KEY = 7_203_114  # any number, the same in every process of the product
LOCK_SECONDS = 120

_REVISION = re.compile(r'^revision\b[^=]*= *"(\w+)"', re.MULTILINE)
_BASED_ON = re.compile(r'^down_revision\b[^=]*= *"(\w+)"', re.MULTILINE)


class ForeignKeysBroken(Exception):
    """A migration would have left rows that point at nothing; it was rolled back."""


class NewerDatabase(Exception):
    """The database has a revision that this version of the product does not know; it is the message."""


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


def _line() -> list[str]:
    """Every revision, the oldest first."""
    after: dict[str, str] = {}
    for path in (SCRIPTS / "versions").glob("*.py"):
        code = path.read_text(encoding="utf-8")
        if found := _REVISION.search(code):
            based_on = _BASED_ON.search(code)
            after[based_on[1] if based_on else ""] = found[1]
    line, last = [], ""
    while last in after:
        last = after[last]
        line.append(last)
    return line


def head() -> str:
    """The revision that this version of the product needs."""
    return _line()[-1]


def revision(engine: Engine) -> str | None:
    """The revision that the database has; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine, target: str = "head") -> bool:
    """Go up (or down) to `target`. True when something was done. Waits while another process does the same.

    Raises NewerDatabase, ForeignKeysBroken, or what the database said; the old state then stands as it was.
    """
    line = _line()
    wanted = {"head": line[-1], "base": None}.get(target, target)
    if revision(engine) == wanted:
        return False
    with _alone(engine):
        held = revision(engine)
        if held == wanted:
            return False
        if held is not None and held not in line:
            raise NewerDatabase(held)
        _go(engine, target, down=wanted is None or (held is not None and line.index(wanted) < line.index(held)))
    return True


def _go(engine: Engine, target: str, *, down: bool) -> None:
    from alembic import command

    with _connection(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, target)


@contextmanager
def _connection(engine: Engine) -> Iterator[Connection]:
    """SQLite rebuilds tables in batch mode: with foreign keys on, dropping the old one deletes every child row."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    own = create_engine(engine.url, poolclass=NullPool)
    event.listen(own, "connect", _bare)
    try:
        with own.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise ForeignKeysBroken(", ".join(sorted({str(row[0]) for row in broken})))
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                with suppress(OperationalError):  # a full disk has rolled it back already
                    connection.exec_driver_sql("ROLLBACK")
                raise
    finally:
        own.dispose()


def _bare(raw: Any, _: object) -> None:
    """A connection whose transactions are begun and ended by hand alone, foreign keys off."""
    raw.isolation_level = None
    for pragma in ("busy_timeout=60000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
        raw.execute(f"PRAGMA {pragma}")


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Held by one process at a time, and let go by the system when that process dies."""
    if engine.dialect.name != "sqlite":
        # Outside a transaction: one that stands open for minutes is what servers are told to cut.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK_KEY})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
        return
    database = engine.url.database
    if not database or database == ":memory:":
        yield
        return
    Path(database).parent.mkdir(parents=True, exist_ok=True)
    # A lock on a database of its own beside the real one: works wherever SQLite does, and dies with its holder.
    beside = create_engine(
        f"sqlite:///{database}-migrating", poolclass=NullPool, connect_args={"timeout": LOCK_SECONDS}
    )
    with beside.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.exec_driver_sql("ROLLBACK")
