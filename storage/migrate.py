"""Bringing a database to this version's shape, one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

SCRIPTS = Path(__file__).resolve().parent / "migrations"
LOCK_KEY = 7_203_114  # any number, the same in every process of the product


class ForeignKeysBroken(Exception):
    """A migration would have left rows that point at nothing; it was rolled back."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def head() -> str:
    """The revision that this version of the product needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found
    return found


def revision(engine: Engine) -> str | None:
    """The revision that the database has; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, target: str = "head") -> bool:
    """Go up (or down) to `target`. True when something was done. Waits while another process does the same."""
    with _alone(engine):
        before = revision(engine)
        if target == "head" and before == head():
            return False
        with _connection(engine) as connection:
            config = _config()
            config.attributes["connection"] = connection
            if target == "base" or (before and target != "head" and _is_older(target, before)):
                command.downgrade(config, target)
            else:
                command.upgrade(config, target)
        return revision(engine) != before


def _is_older(target: str, held: str) -> bool:
    older = ScriptDirectory.from_config(_config()).walk_revisions("base", held)
    return target in {script.revision for script in older}


@contextmanager
def _connection(engine: Engine) -> Iterator[Connection]:
    """SQLite rebuilds tables in batch mode: with foreign keys on, dropping the old one deletes every child row."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    raw = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with raw as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise ForeignKeysBroken(", ".join(sorted({str(row[0]) for row in broken})))
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
        finally:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Held by one process at a time, and let go by the system when that process dies."""
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK_KEY})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
                connection.commit()
        return
    database = engine.url.database
    if not database or database == ":memory:":
        yield
        return
    Path(database).parent.mkdir(parents=True, exist_ok=True)
    # A lock on a database of its own beside the real one: works wherever SQLite does, and dies with its holder.
    beside = create_engine(f"sqlite:///{database}-migrating", poolclass=NullPool, connect_args={"timeout": 120})
    with beside.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.exec_driver_sql("ROLLBACK")
