"""Transactions over SQLite or PostgreSQL, and what hangs on one of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

from bot.clock import real_now
from bot.domain.bloc import Bloc
from storage.catalogue import SqlCatalogue
from storage.inbox import take
from storage.people import SqlPeople
from storage.records import SqlDischarges, SqlFiles, SqlSettings, SqlTrail
from storage.trouble import translated

BUSY_MILLISECONDS = 10_000

if TYPE_CHECKING:  # features are loaded when a transaction first touches them: a question pays for no assessment
    from storage.appraisal import SqlAppraisals, SqlExtensions
    from storage.assessment import SqlAssessments
    from storage.broadcasts import SqlBroadcasts
    from storage.contact import SqlLetters
    from storage.deliveries import SqlDeliveries
    from storage.handins import SqlHandIns
    from storage.questions import SqlDrafts, SqlQuestions

# The transaction in which this thread is working: conversation state (fsm.py) is written in it too.
current: ContextVar["SqlWork"] = ContextVar("current work")


def engine_for(url: str | URL, *, pool: int = 8) -> Engine:
    """An engine with what the design asks of each database. Raises sqlalchemy.exc.ArgumentError for a bad URL."""
    target = make_url(url)
    family = target.drivername.partition("+")[0]
    if family in ("postgresql", "postgres"):
        target = target.set(drivername="postgresql+psycopg")  # the only driver that is installed
    elif family == "sqlite":
        target = target.set(drivername="sqlite")
    engine = create_engine(target, hide_parameters=True, pool_size=pool, max_overflow=4, pool_pre_ping=False)
    if target.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(raw: Any, _: object) -> None:
    # The driver's own transaction handling begins too late (at the first write), which loses concurrent updates.
    raw.isolation_level = None
    cursor = raw.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("thidua_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class SqlWork:
    """One open transaction. Stores are made when they are first asked for."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection, self.now, self.real_now = connection, now, real_now()
        self.memo: dict[str, Any] = {}  # what a store wants to read only once
        self.before_commit: list[Callable[[], None]] = []

    @property
    def queued(self) -> bool:
        """Whether anybody touched the deliveries or broadcasts of this transaction."""
        return "deliveries" in self.__dict__ or "broadcasts" in self.__dict__

    def take(self, row_id: int) -> bool:
        """Mark an inbox row handled by this transaction; False when it is handled already or out of turn."""
        return take(self.connection, row_id)

    @property
    def bloc(self) -> Bloc:
        return self._bloc

    @cached_property
    def _bloc(self) -> Bloc:
        return self.catalogue.current()

    @cached_property
    def catalogue(self) -> SqlCatalogue:
        return SqlCatalogue(self.connection, self.now)

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self.connection, self.now, self.bloc)

    @cached_property
    def trail(self) -> SqlTrail:
        return SqlTrail(self.connection, self.now)

    @cached_property
    def discharges(self) -> SqlDischarges:
        return SqlDischarges(self.connection, self.now, self.bloc.id)

    @cached_property
    def files(self) -> SqlFiles:
        return SqlFiles(self.connection, self.real_now)

    @cached_property
    def settings(self) -> SqlSettings:
        return SqlSettings(self.connection)

    @cached_property
    def assessments(self) -> "SqlAssessments":
        from storage.assessment import SqlAssessments

        return SqlAssessments(self.connection, self.now, self.bloc.id)

    @cached_property
    def appraisals(self) -> "SqlAppraisals":
        from storage.appraisal import SqlAppraisals

        return SqlAppraisals(self.connection, self.now)

    @cached_property
    def extensions(self) -> "SqlExtensions":
        from storage.appraisal import SqlExtensions

        return SqlExtensions(self.connection, self.now, self.bloc.id)

    @cached_property
    def handins(self) -> "SqlHandIns":
        from storage.handins import SqlHandIns

        return SqlHandIns(self.connection, self.now, self.bloc.id)

    @cached_property
    def deliveries(self) -> "SqlDeliveries":
        from storage.deliveries import SqlDeliveries

        return SqlDeliveries(self.connection, self.now, self.bloc.id)

    @cached_property
    def broadcasts(self) -> "SqlBroadcasts":
        from storage.broadcasts import SqlBroadcasts

        return SqlBroadcasts(self.connection, self.now, self.bloc.id)

    @cached_property
    def letters(self) -> "SqlLetters":
        from storage.contact import SqlLetters

        return SqlLetters(self.connection, self.now, self.bloc.id)

    @cached_property
    def questions(self) -> "SqlQuestions":
        from storage.questions import SqlQuestions

        return SqlQuestions(self.connection, self.now, self.bloc.id)

    @cached_property
    def drafts(self) -> "SqlDrafts":
        from storage.questions import SqlDrafts

        return SqlDrafts(self.connection, self.now, self.bloc.id)


class Store:
    """Opens transactions. Safe to share between threads; a transaction belongs to one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reader = engine.execution_options(thidua_reading=True)

    @contextmanager
    def work(self, now: datetime) -> Iterator[SqlWork]:
        with translated(), self.engine.begin() as connection:
            yield from self._opened(connection, now)

    @contextmanager
    def reading(self, now: datetime) -> Iterator[SqlWork]:
        with translated(), self._reader.connect() as connection:
            yield from self._opened(connection, now)

    @staticmethod
    def _opened(connection: Connection, now: datetime) -> Iterator[SqlWork]:
        work = SqlWork(connection, now)
        token = current.set(work)
        try:
            yield work
            for step in work.before_commit:
                step()
        finally:
            current.reset(token)

    def close(self) -> None:
        self.engine.dispose()
