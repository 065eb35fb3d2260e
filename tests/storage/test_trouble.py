"""A database that is away is waited for; a statement that is wrong is a mistake and must not be tried for ever."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.usecases.ports.inbox import RawUpdate
from bot.usecases.ports.work import StoreUnavailable
from storage import store as module
from storage.inbox import SqlInbox
from storage.schema import metadata
from storage.store import Store, engine_for
from tests.conftest import SPRING


@pytest.mark.parametrize(
    "statement",
    ["SELECT nothing FROM settings", "SELECT * FROM nowhere", "SELEKT 1", "INSERT INTO settings (key) VALUES ('x')"],
)
def test_a_wrong_statement_is_no_database_that_is_away(store: Store, statement: str) -> None:
    with pytest.raises(DBAPIError), store.work(SPRING) as work:
        work.connection.execute(text(statement))


def test_a_locked_database_is_one_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_MILLISECONDS", 50)
    first, second = (Store(engine_for(f"sqlite:///{tmp_path / 'thidua.db'}")) for _ in range(2))
    metadata.create_all(first.engine)
    with first.work(SPRING):
        with pytest.raises(StoreUnavailable), second.work(SPRING):
            pass
        with pytest.raises(StoreUnavailable):
            SqlInbox(second.engine).add(1, [RawUpdate(1, 1, "{}")])
    assert len(SqlInbox(second.engine).add(1, [RawUpdate(1, 1, "{}")])) == 1
    first.close()
    second.close()


def test_a_server_that_is_not_there_is_one_that_is_away() -> None:
    store = Store(engine_for("postgresql://nobody@127.0.0.1:9/none"))
    with pytest.raises(StoreUnavailable), store.reading(SPRING):
        pass
    with pytest.raises(StoreUnavailable):
        SqlInbox(store.engine).waiting(1)
    store.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_whatever_driver_an_address_names_the_installed_one_is_used(scheme: str) -> None:
    engine = engine_for(f"{scheme}://u@h/d")
    assert engine.url.drivername == "postgresql+psycopg"
    engine.dispose()
