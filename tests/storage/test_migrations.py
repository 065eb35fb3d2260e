"""From nothing to this version's shape and back, one process at a time, nothing lost on the way."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, make_url, select, text
from sqlalchemy.exc import IntegrityError

from bot.domain.bloc import Bloc
from bot.domain.keeping import Draft
from bot.domain.knowledge import KeptPhrasing
from bot.domain.people import Role
from bot.domain.questions import Count, Vote, Why
from storage import migrate as module
from storage.migrate import NewerDatabase, head, migrate, revision
from storage.schema import metadata
from storage.store import Store, engine_for
from tests.conftest import SPRING, load

NEW = ("question_counts", "missed_questions", "answer_votes", "keeping_drafts")
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it, once of each kind."""
    if request.param == "sqlite":
        made = engine_for(f"sqlite:///{tmp_path / 'thidua.db'}")
        yield made
        made.dispose()
        return
    server = make_url(request.getfixturevalue("postgres_url"))
    keeper = engine_for(server).execution_options(isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE migrations")
    made = engine_for(server.set(database="migrations"))
    yield made
    made.dispose()
    with keeper.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE migrations WITH (FORCE)")
    keeper.dispose()


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def contents(engine: Engine) -> dict[str, list[Any]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select()).all())) for table in metadata.sorted_tables
        }


def unkept(connection: Connection) -> list[Any]:
    """Rows that point at nothing."""
    if connection.dialect.name != "sqlite":
        return []  # PostgreSQL lets no such row in
    return list(connection.exec_driver_sql("PRAGMA foreign_key_check").all())


def fill(engine: Engine, sample: Bloc) -> None:
    """A bloc, people with memberships and invites, and what hangs on them."""
    store = Store(engine)
    load(store, sample)
    with store.work(SPRING) as work:
        lan = work.people.add(700, "Lan", "vi")
        hoa = work.people.add(2**40, "Hòa", "en")
        invite = work.people.create_invite("digest", "VKS", Role.LIAISON, SPRING, lan.id)
        work.people.join(lan.id, None, Role.SECRETARY, None)
        work.people.join(hoa.id, "VKS", Role.LIAISON, invite)
        work.trail.note("joined", f"person:{hoa.id}", by=lan.id, old=None, new={"unit": "VKS"})
        work.settings.write("paused_until", SPRING.isoformat())


# -- the shape -----------------------------------------------------------------------------------------------


def test_the_migrations_lead_to_exactly_the_tables_of_the_code(engine: Engine) -> None:
    assert migrate(engine) is True
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_index_over_some_rows_is_over_some_rows_in_the_database_too(engine: Engine) -> None:
    migrate(engine)
    partial = {
        index.name: index.dialect_options[engine.dialect.name]["where"].text
        for table in metadata.sorted_tables
        for index in table.indexes
        if index.dialect_options[engine.dialect.name].get("where") is not None
    }
    assert partial, "there are such indexes"
    catalogue = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
        if engine.dialect.name == "sqlite"
        else "SELECT indexname, indexdef FROM pg_indexes"
    )
    with engine.connect() as connection:
        held = {name: sql or "" for name, sql in connection.execute(text(catalogue))}
    for name, where in partial.items():
        assert name in held and " WHERE " in held[str(name)], name
        for word in where.replace("(", " ").replace(")", " ").split():
            assert word.lower() in held[str(name)].lower(), f"{name}: {where} / {held[str(name)]}"


def test_the_head_is_known_without_alembic() -> None:
    scripts = ScriptDirectory.from_config(module._config())
    assert head() == scripts.get_current_head()
    assert module._line() == [script.revision for script in reversed(list(scripts.walk_revisions()))]


# -- up and down ---------------------------------------------------------------------------------------------


def test_a_second_run_changes_nothing(engine: Engine, sample: Bloc) -> None:
    assert revision(engine) is None
    assert migrate(engine) is True
    fill(engine, sample)
    before = contents(engine)
    assert migrate(engine) is False
    assert revision(engine) == head()
    assert contents(engine) == before


def test_up_down_and_up_again_with_rows_in(engine: Engine, sample: Bloc) -> None:
    migrate(engine)
    fill(engine, sample)
    assert migrate(engine, "base") is True
    assert tables(engine) == set()
    assert revision(engine) is None
    assert migrate(engine) is True
    assert tables(engine) == {table.name for table in metadata.sorted_tables}
    fill(engine, sample)
    with engine.connect() as connection:
        assert unkept(connection) == []
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_what_is_kept_of_questions_comes_and_goes_beside_everything_else(engine: Engine, sample: Bloc) -> None:
    migrate(engine, "0001")
    with engine.begin() as connection:
        old = {"id": 1, "year": 2026, "revision": 1, "created_at": SPRING}
        connection.execute(metadata.tables["blocs"].insert(), old)
        connection.execute(metadata.tables["people"].insert(), {
            "id": 1, "telegram_id": 7, "name": "Lan", "language": "vi", "quiet": [], "joined_at": SPRING,
        })  # fmt: skip
        letter = {"id": 1, "bloc_id": 1, "person_id": 1, "text": "Hỏi?", "asked_at": SPRING}
        connection.execute(metadata.tables["letters"].insert(), letter)
    older = {name: [c["name"] for c in inspect(engine).get_columns(name)] for name in tables(engine) if name not in NEW}

    def held() -> dict[str, list[Any]]:
        """Every row of the older tables, in the columns that they had."""
        wanted = {name: select(*(metadata.tables[name].c[c] for c in columns)) for name, columns in older.items()}
        with engine.connect() as connection:
            return {name: sorted(map(repr, connection.execute(query).all())) for name, query in wanted.items()}

    before = held()
    migrate(engine)
    assert set(NEW) <= tables(engine) and held() == before
    load(Store(engine), replace(sample, kept_phrasings=(KeptPhrasing("CH1", "TC1.1", "cách khác"),)))
    before = held()
    with Store(engine).work(SPRING) as work:
        missed = work.questions.miss("Giá vàng?", Why.DISLIKED, "TC1.1")
        work.questions.set_vote("a" * 64, "TC1.1", Vote(False, missed))
        work.questions.count(Count.ANSWERED, "TC1.1")
        work.drafts.write(1, Draft("l1", "Hỏi?"))
    assert all(contents(engine)[name] for name in NEW)
    migrate(engine, "0001")
    assert not set(NEW) & tables(engine)
    gone = [row for row in before["entries"] if "'phrasing'" in row]
    assert len(gone) == 1 and held() == {**before, "entries": [r for r in before["entries"] if r not in gone]}
    migrate(engine)
    assert not any(contents(engine)[name] for name in NEW)
    with engine.connect() as connection:
        assert unkept(connection) == []


def test_appraisals_and_extensions_come_and_go_beside_everything_else(engine: Engine, sample: Bloc) -> None:
    new = (
        "appraisals",
        "appraisal_verdicts",
        "appraisal_exchanges",
        "appraisal_replies",
        "extensions",
        "peer_reviews",
        "peer_opinions",
    )
    migrate(engine, "0002")
    columns = {name: [c["name"] for c in inspect(engine).get_columns(name)] for name in tables(engine)}
    old = {
        name: select(*(metadata.tables[name].c[c] for c in columns[name])) for name in columns.keys() - {"assessments"}
    }
    with engine.begin() as connection:
        bloc = {"id": 1, "year": 2026, "revision": 1, "created_at": SPRING}
        connection.execute(metadata.tables["blocs"].insert(), bloc)
        connection.execute(metadata.tables["people"].insert(), {
            "id": 1, "telegram_id": 7, "name": "Lan", "language": "vi", "quiet": [], "joined_at": SPRING,
        })  # fmt: skip
        connection.exec_driver_sql(
            "INSERT INTO assessments (id, bloc_id, unit, period, bloc_revision, stage, revision, opened_at, versions,"
            " returned_because, person_id, started_at) VALUES (1, 1, 'STP', 'giua_nam', 1, 'draft', 3, 0, 0,"
            " 'thiếu số liệu', 1, '2026-06-01 02:00:00')"
        )
        answer = {"assessment_id": 1, "item": "TC1.1", "part": "1", "fact": "r10", "item_version": 1}
        more = {"person_id": 1, "at": SPRING, "revision": 1}
        connection.execute(metadata.tables["assessment_answers"].insert(), answer | more)

    def held() -> dict[str, list[Any]]:
        with engine.connect() as connection:
            return {name: sorted(map(repr, connection.execute(query).all())) for name, query in old.items()}

    before = held()
    migrate(engine)
    assert set(new) <= tables(engine) and held() == before
    with engine.begin() as connection:
        form = connection.execute(metadata.tables["assessments"].select()).one()
        assert form.returned_by_secretary is False and form.returned_because == "thiếu số liệu"
        key, who = {"assessment_id": 1}, {"person_id": 1, "at": SPRING}
        rows: dict[str, dict[str, Any]] = {
            "appraisals": {"version": 1, "phase": "open", "revision": 3, "opened_at": 0} | key,
            "appraisal_verdicts": {"item": "TC1.1", "points": "5", "reason": "vì", "revision": 1} | key | who,
            "appraisal_exchanges": {"number": 2, "item": "TC1.2", "kind": "request", "text": "gì?", "decision": ""}
            | key
            | who,
            "appraisal_replies": {
                "number": 3,
                "exchange": 2,
                "text": "đây",
                "size": 0,
                "media_type": "",
                "telegram_file_id": "",
                "sent_as": "",
            }
            | key
            | who,
            "extensions": {"bloc_id": 1, "milestone": "M", "unit": "STP", "due_on": SPRING.date(), "reason": "bão"}
            | who,
            "peer_reviews": {"unit": "CAT", "version": 1, "revision": 1, "opened_at": 0} | key,
            "peer_opinions": {"unit": "CAT", "item": "TC1.1", "stance": "agree", "text": "", "revision": 1} | key | who,
        }
        for name, row in rows.items():
            connection.execute(metadata.tables[name].insert(), row)
        assert unkept(connection) == []
    migrate(engine, "0002")
    assert not set(new) & tables(engine) and held() == before
    with engine.connect() as connection:
        (kept,) = connection.exec_driver_sql("SELECT * FROM assessments").all()
        assert "thiếu số liệu" in kept
    migrate(engine)
    assert not any(contents(engine)[name] for name in new) and held() == before
    with engine.connect() as connection:
        assert unkept(connection) == []


def test_marks_and_renewed_forms_come_and_go_beside_every_answer(engine: Engine, sample: Bloc) -> None:
    migrate(engine, "0003")
    rows = {
        "blocs": {"id": 1, "year": 2026, "revision": 1, "created_at": SPRING},
        "people": {"id": 1, "telegram_id": 7, "name": "Lan", "language": "vi", "quiet": [], "joined_at": SPRING},
        "assessments": {
            "id": 1, "bloc_id": 1, "unit": "STP", "period": "giua_nam", "bloc_revision": 1, "stage": "draft",
            "revision": 2, "opened_at": 0, "versions": 0, "returned_because": "", "person_id": 1, "started_at": SPRING,
        },
    }  # fmt: skip
    answer = {"assessment_id": 1, "item": "TC1.1", "item_version": 1, "person_id": 1, "at": SPRING, "revision": 1}
    table = metadata.tables["assessment_answers"]
    with engine.begin() as connection:
        for name, row in rows.items():
            connection.execute(metadata.tables[name].insert(), row)
        connection.execute(table.insert(), {**answer, "part": "1", "fact": "r95"})

    def facts() -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            return list(map(tuple, connection.execute(select(table.c.part, table.c.fact).order_by(table.c.part))))

    migrate(engine)
    with engine.begin() as connection:
        assert connection.execute(select(table.c.mark, table.c.again)).all() == [("", False)]
        more = [("2", "r96", "estimated", False), ("3", "x", "", False), ("4", "w", "expected", False)]
        more.append(("5", "p3", "", True))
        for part, fact, mark, again in more:
            connection.execute(table.insert(), {**answer, "part": part, "fact": fact, "mark": mark, "again": again})
        connection.execute(metadata.tables["assessments"].update().values(renewed_from=1))
    migrate(engine, "0003")
    assert facts() == [("1", "r95"), ("2", "r96")], "what the version before can read stays"
    migrate(engine)
    assert facts() == [("1", "r95"), ("2", "r96")]
    with engine.connect() as connection:
        assert connection.execute(select(metadata.tables["assessments"].c.renewed_from)).scalar() is None
        assert unkept(connection) == []


def test_entries_of_a_report_come_and_go_beside_every_message(engine: Engine) -> None:
    migrate(engine, "0004")
    rows = {
        "blocs": {"id": 1, "year": 2026, "revision": 1, "created_at": SPRING},
        "people": {"id": 1, "telegram_id": 7, "name": "Lan", "language": "vi", "quiet": [], "joined_at": SPRING},
        "assessments": {
            "id": 1, "bloc_id": 1, "unit": "STP", "period": "giua_nam", "bloc_revision": 1, "stage": "draft",
            "revision": 2, "opened_at": 0, "versions": 0, "returned_because": "", "person_id": 1, "started_at": SPRING,
        },
    }  # fmt: skip
    table = metadata.tables["assessment_pieces"]
    piece = {"assessment_id": 1, "section": "SK7", "person_id": 1, "at": SPRING}
    with engine.begin() as connection:
        for name, row in rows.items():
            connection.execute(metadata.tables[name].insert(), row)
        connection.execute(table.insert(), {**piece, "number": 1, "text": "Đoạn một"})

    def texts() -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            return list(map(tuple, connection.execute(select(table.c.number, table.c.text).order_by(table.c.number))))

    migrate(engine)
    with engine.begin() as connection:
        new = select(table.c.kind, table.c.addressee, table.c.revision)
        assert connection.execute(new).all() == [("van_ban", "", 0)], "what was written before is text"
        entry = {**piece, "kind": "kien_nghi"}
        connection.execute(table.insert(), {**entry, "number": 2, "text": "Hai", "addressee": "UBND", "revision": 3})
        connection.execute(table.insert(), {**entry, "number": 4, "text": "Ba"})
    migrate(engine, "0004")
    assert texts() == [(1, "Đoạn một"), (2, "Hai → UBND"), (4, "Ba")], "as text it still says where it goes"
    migrate(engine)
    assert texts() == [(1, "Đoạn một"), (2, "Hai → UBND"), (4, "Ba")]
    with engine.connect() as connection:
        assert set(connection.execute(select(table.c.kind)).scalars()) == {"van_ban"}
        assert unkept(connection) == []


SECOND = """
import sqlalchemy as sa
from alembic import op

revision: str = "9999"
down_revision: str | None = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("nickname", sa.String(40), nullable=False, server_default="-"))
        people.alter_column("name", type_=sa.String(300))
    {more}


def downgrade() -> None:
    with op.batch_alter_table("people") as people:
        people.alter_column("name", type_=sa.String(200))
        people.drop_column("nickname")
"""


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The product's migrations in a folder of the test's own, where another one can be added."""
    folder = tmp_path / "scripts"
    shutil.copytree(module.SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "SCRIPTS", folder)
    return folder


def add(scratch: Path, more: str = "") -> None:
    code = SECOND.format(head=head(), more=more)
    (scratch / "versions" / "9999_second.py").write_text(code, encoding="utf-8")


def test_a_parent_table_that_is_rebuilt_keeps_every_row_of_its_children(
    engine: Engine, sample: Bloc, scratch: Path
) -> None:
    migrate(engine)
    fill(engine, sample)
    before = contents(engine)
    assert before["memberships"] and before["trail"] and before["invites"]
    first = head()
    add(scratch)
    assert migrate(engine) is True
    assert revision(engine) == "9999"
    assert "nickname" in {column["name"] for column in inspect(engine).get_columns("people")}
    assert contents(engine) == before
    assert migrate(engine, first) is True
    assert "nickname" not in {column["name"] for column in inspect(engine).get_columns("people")}
    assert contents(engine) == before
    assert migrate(engine) is True
    with engine.connect() as connection:
        assert unkept(connection) == []
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("DELETE FROM people"))
    assert contents(engine) == before


@pytest.mark.parametrize(
    "more",
    [
        'op.execute("INSERT INTO nowhere VALUES (1)")',
        'op.execute("INSERT INTO people (id) VALUES (1)")',
        'raise RuntimeError("half-way")',
    ],
    ids=["unknown table", "refused row", "error in the script"],
)
def test_a_migration_that_fails_leaves_everything_as_it_was(
    engine: Engine, sample: Bloc, scratch: Path, more: str
) -> None:
    migrate(engine)
    fill(engine, sample)
    before, held = contents(engine), revision(engine)
    add(scratch, more)
    with pytest.raises(Exception, match=r"nowhere|people|half-way"):
        migrate(engine)
    assert revision(engine) == held
    assert "nickname" not in {column["name"] for column in inspect(engine).get_columns("people")}
    assert contents(engine) == before
    (scratch / "versions" / "9999_second.py").unlink()
    add(scratch)
    assert migrate(engine) is True, "the lock was let go"


def test_a_migration_that_leaves_rows_pointing_at_nothing_is_undone(
    engine: Engine, sample: Bloc, scratch: Path
) -> None:
    migrate(engine)
    fill(engine, sample)
    before = contents(engine)
    add(scratch, 'op.execute("DELETE FROM people")')
    with pytest.raises((module.ForeignKeysBroken, IntegrityError)):
        migrate(engine)
    assert contents(engine) == before


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine, scratch: Path) -> None:
    add(scratch)
    migrate(engine)
    (scratch / "versions" / "9999_second.py").unlink()
    with pytest.raises(NewerDatabase, match="9999"):
        migrate(engine)
    assert revision(engine) == "9999"


# -- one process at a time -----------------------------------------------------------------------------------

MIGRATOR = """
import sys
from storage import migrate
from storage.store import engine_for
engine = engine_for(sys.argv[1])
if sys.argv[2] == "hold":
    with migrate._alone(engine):
        print("held", flush=True)
        sys.stdin.read()
else:
    print("ready", flush=True)
    print("did it" if migrate.migrate(engine) else "was done", flush=True)
"""


def process(engine: Engine, what: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", MIGRATOR, url_of(engine), what],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(running: "subprocess.Popen[str]") -> str:
    assert running.stdout is not None
    return running.stdout.readline().strip()


def test_of_two_that_migrate_at_once_one_does_it_and_both_end_well(engine: Engine) -> None:
    holder = process(engine, "hold")
    assert said(holder) == "held"
    both = [process(engine, "migrate") for _ in range(2)]
    assert [said(one) for one in both] == ["ready", "ready"]
    assert revision(engine) is None, "they wait for whoever is at it"
    holder.communicate("", timeout=60)
    results = [one.communicate(timeout=60) for one in both]
    assert sorted(out.strip() for out, _ in results) == ["did it", "was done"], results
    assert [one.returncode for one in both] == [0, 0]
    assert revision(engine) == head()


def test_a_migrator_that_is_killed_lets_the_next_one_in(engine: Engine) -> None:
    holder = process(engine, "hold")
    assert said(holder) == "held"
    waiting = process(engine, "migrate")
    assert said(waiting) == "ready"
    holder.kill()
    holder.communicate(timeout=60)
    out, err = waiting.communicate(timeout=60)
    assert (waiting.returncode, out.strip()) == (0, "did it"), err
