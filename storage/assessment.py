"""Assessments, read as one value and written as what changed in it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.domain.assessment import (
    Answer,
    Assessment,
    ChangedSince,
    Evidence,
    EvidenceKind,
    Explanation,
    Piece,
    Receipt,
    Stage,
)
from bot.domain.assessment_form import Progress
from bot.domain.bloc import Bloc, Content
from bot.domain.calendar import Period
from bot.domain.criteria import Mark
from bot.domain.facts import pack, unpack
from bot.usecases.ports.assessment import BlocAt
from storage.assessment_tables import answers, assessments, evidence, explanations, pieces, versions, warned
from storage.records import upsert


@cache
def _listing(table: Table, order: str) -> Select[Any]:
    """Every row of some forms. Made once: building a statement costs more than running it."""
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    return select(table).where(table.c.assessment_id.in_(ids)).order_by(table.c[order])


def _done(bloc: Bloc, bloc_id: int, period: Period) -> Select[Any]:
    """How many criteria of each form that is pinned to this bloc have every part answered.

    One walk along the key of the answers: joined with a table of what is asked, or asked for pairs, one of the two
    databases takes three times as long.
    """
    asked = {item.code: [part.id for part in item.asked] for item in bloc.criteria}
    slots = [f"{code} {part}" for code, parts in asked.items() for part in parts]
    pinned = select(assessments.c.id).where(
        assessments.c.bloc_id == bloc_id,
        assessments.c.period == period.value,
        assessments.c.bloc_revision == bloc.revision,
    )
    complete = (
        select(answers.c.assessment_id)
        .where(answers.c.assessment_id.in_(pinned), ~answers.c.again)
        .where((answers.c.item + " " + answers.c.part).in_(slots))
        .group_by(answers.c.assessment_id, answers.c.item)
        .having(func.count() == case({code: len(parts) for code, parts in asked.items()}, value=answers.c.item))
        .subquery()
    )
    return select(complete.c.assessment_id, func.count().label("done")).group_by(complete.c.assessment_id)


@cache
def _live_versions() -> Select[Any]:
    return _listing(versions, "version").where(versions.c.withdrawn_at.is_(None))


class SqlAssessments:
    def __init__(self, connection: Connection, now: datetime, bloc_id: int) -> None:
        self._db, self._now, self._bloc_id = connection, now, bloc_id
        # One update looks at the same assessment several times; within a transaction nobody else changes it.
        self._held: dict[int, Assessment] = {}
        self._locked: set[int] = set()

    def find(self, unit: str, period: Period) -> int | None:
        return self._db.execute(
            select(assessments.c.id).where(
                assessments.c.bloc_id == self._bloc_id,
                assessments.c.unit == unit,
                assessments.c.period == period.value,
            )
        ).scalar()

    def start(self, unit: str, period: Period, bloc_revision: int, by: int) -> int:
        row = {
            "bloc_id": self._bloc_id,
            "unit": unit,
            "period": period.value,
            "bloc_revision": bloc_revision,
            "stage": Stage.DRAFT.value,
            "revision": 0,
            "opened_at": 0,
            "versions": 0,
            "returned_because": "",
            "returned_by_secretary": False,
            "person_id": by,
            "started_at": self._now,
        }
        self._db.execute(upsert(self._db, assessments).values(**row).on_conflict_do_nothing())
        found = self.find(unit, period)
        assert found is not None
        return found

    def get(self, assessment_id: int, bloc_at: BlocAt, *, for_change: bool = False) -> Assessment | None:
        # On SQLite a writing transaction holds the whole database already.
        locks = for_change and self._db.dialect.name != "sqlite"
        if assessment_id in self._held and (not locks or assessment_id in self._locked):
            return self._held[assessment_id]
        query = select(assessments).where(assessments.c.id == assessment_id, assessments.c.bloc_id == self._bloc_id)
        row = self._db.execute(query.with_for_update() if locks else query).first()
        if row is None:
            return None
        if locks:
            self._locked.add(assessment_id)
        self._held[assessment_id] = self._whole(row, bloc_at)
        return self._held[assessment_id]

    def unsubmitted(self) -> list[int]:
        where = (assessments.c.bloc_id == self._bloc_id, assessments.c.stage != Stage.SUBMITTED.value)
        return list(self._db.execute(select(assessments.c.id).where(*where).order_by(assessments.c.id)).scalars())

    def of_period(self, period: Period, bloc_at: BlocAt) -> dict[str, Assessment]:
        rows = self._db.execute(
            select(assessments).where(assessments.c.bloc_id == self._bloc_id, assessments.c.period == period.value)
        ).all()
        parts = self._parts([row.id for row in rows])
        return {row.unit: _assessment(row, bloc_at, parts) for row in rows}

    def progress(self, period: Period, bloc_at: BlocAt) -> dict[str, Progress]:
        rows = self._db.execute(
            select(
                assessments.c.id,
                assessments.c.unit,
                assessments.c.stage,
                assessments.c.bloc_revision,
                assessments.c.returned_because,
            ).where(assessments.c.bloc_id == self._bloc_id, assessments.c.period == period.value)
        ).all()
        done: dict[int, int] = {}
        blocs = {revision: bloc_at(revision) for revision in {row.bloc_revision for row in rows}}
        silent = {revision: sum(not item.asked for item in bloc.criteria) for revision, bloc in blocs.items()}
        for bloc in blocs.values():
            query = _done(bloc, self._bloc_id, period)
            done |= {row.assessment_id: row.done for row in self._db.execute(query)}
        return {
            row.unit: Progress(
                Stage(row.stage),
                done.get(row.id, 0) + silent[row.bloc_revision],
                len(blocs[row.bloc_revision].criteria),
                bool(row.returned_because),
            )
            for row in rows
        }

    def submitted(self, period: Period) -> dict[str, tuple[Receipt, dict[str, Any]]]:
        query = (
            select(versions, assessments.c.unit)
            .join(assessments, assessments.c.id == versions.c.assessment_id)
            .where(
                assessments.c.bloc_id == self._bloc_id,
                assessments.c.period == period.value,
                assessments.c.stage == Stage.SUBMITTED.value,
                versions.c.withdrawn_at.is_(None),
            )
            .order_by(versions.c.version)
        )
        return {row.unit: (_receipt(row), row.snapshot) for row in self._db.execute(query)}

    def _whole(self, row: Any, bloc_at: BlocAt) -> Assessment:
        return _assessment(row, bloc_at, self._parts([row.id]))

    def _parts(self, ids: list[int]) -> "_Parts":
        def rows(table: Table, order: str) -> Iterator[Any]:
            return iter(self._db.execute(_listing(table, order), {"ids": ids}))

        found = _Parts()
        for row in rows(answers, "revision"):
            found.of(row)["answers"][row.item, row.part] = _answer(row)
        for row in rows(evidence, "number"):
            found.of(row)["evidence"].append(_evidence(row))
        for row in rows(explanations, "revision"):
            found.of(row)["explanations"][row.item] = _explanation(row)
        for row in rows(pieces, "number"):
            found.of(row)["pieces"].append(_piece(row))
        for row in self._db.execute(_live_versions(), {"ids": ids}):
            found.of(row)["receipt"] = _receipt(row)
        return found

    # -- writing -----------------------------------------------------------------------------------------

    def save(self, before: Assessment, after: Assessment) -> None:
        if after is before:
            return
        done = self._db.execute(
            update(assessments)
            .where(assessments.c.id == before.id, assessments.c.revision == before.revision)
            .values(
                bloc_revision=after.bloc.revision,
                stage=after.stage.value,
                revision=after.revision,
                opened_at=after.opened_at,
                versions=after.versions,
                proposed_by=after.proposed_by,
                proposed_at=after.proposed_at,
                returned_because=after.returned_because,
                returned_by_secretary=after.returned_by_secretary,
                renewed_from=after.renewed_from,
            )
        )
        if done.rowcount != 1:
            raise ChangedSince()
        self._save_answers(before, after)
        self._save_explanations(before, after)
        self._save_listed(evidence, before, before.evidence, after.evidence)
        self._save_listed(pieces, before, before.pieces, after.pieces)
        self._held[before.id] = after

    def _save_answers(self, before: Assessment, after: Assessment) -> None:
        if after.answers is before.answers:
            return
        for slot in before.answers.keys() - after.answers.keys():
            where = and_(answers.c.assessment_id == before.id, answers.c.item == slot[0], answers.c.part == slot[1])
            self._db.execute(delete(answers).where(where))
        for slot, answer in after.answers.items():
            if before.answers.get(slot) != answer:
                self._put(answers, {"assessment_id": before.id, "item": slot[0], "part": slot[1]}, answer_row(answer))

    def _save_explanations(self, before: Assessment, after: Assessment) -> None:
        for code, new in after.explanations.items():
            if before.explanations.get(code) != new:
                row = {"text": new.text, "person_id": new.by, "at": new.at, "revision": new.revision}
                self._put(explanations, {"assessment_id": before.id, "item": code}, row)

    def _save_listed(
        self, table: Table, before: Assessment, old: Iterable[Evidence | Piece], new: Iterable[Evidence | Piece]
    ) -> None:
        held, wanted = {each.number: each for each in old}, {each.number: each for each in new}
        if gone := held.keys() - wanted.keys():
            self._db.execute(delete(table).where(table.c.assessment_id == before.id, table.c.number.in_(gone)))
        for number in sorted(wanted):
            if number not in held:
                self._db.execute(insert(table).values(assessment_id=before.id, **listed_row(wanted[number])))
            elif wanted[number] != held[number]:  # a proposal that has got another addressee
                where = and_(table.c.assessment_id == before.id, table.c.number == number)
                self._db.execute(update(table).where(where).values(**listed_row(wanted[number])))

    def _put(self, table: Table, key: dict[str, Any], row: dict[str, Any]) -> None:
        statement = upsert(self._db, table).values(**key, **row)
        self._db.execute(statement.on_conflict_do_update(index_elements=list(key), set_=row))

    # -- versions and warnings ---------------------------------------------------------------------------

    def add_version(self, assessment_id: int, receipt: Receipt, snapshot: dict[str, Any]) -> None:
        self._db.execute(
            insert(versions).values(
                assessment_id=assessment_id,
                version=receipt.version,
                code=receipt.code,
                at=receipt.at,
                person_id=receipt.by,
                total=str(receipt.total),
                digest=receipt.digest,
                late_days=receipt.late_days,
                penalty=str(receipt.penalty),
                snapshot=snapshot,
            )
        )

    def withdraw_version(self, assessment_id: int, version: int) -> None:
        where = and_(versions.c.assessment_id == assessment_id, versions.c.version == version)
        self._db.execute(update(versions).where(where).values(withdrawn_at=self._now))

    def restate(self, assessment_id: int, receipt: Receipt) -> None:
        where = and_(versions.c.assessment_id == assessment_id, versions.c.version == receipt.version)
        row = {"late_days": receipt.late_days, "penalty": str(receipt.penalty), "total": str(receipt.total)}
        self._db.execute(update(versions).where(where).values(**row))
        self._held.pop(assessment_id, None)

    def receipts(self, assessment_id: int) -> list[Receipt]:
        query = select(versions).where(versions.c.assessment_id == assessment_id).order_by(versions.c.version)
        return [_receipt(row) for row in self._db.execute(query)]

    def snapshot(self, assessment_id: int, version: int) -> dict[str, Any] | None:
        where = and_(versions.c.assessment_id == assessment_id, versions.c.version == version)
        return self._db.execute(select(versions.c.snapshot).where(where)).scalar()

    def last_submitted(self, bloc_id: int, unit: str, period: Period) -> dict[str, Any] | None:
        query = (
            select(versions.c.snapshot)
            .join(assessments, assessments.c.id == versions.c.assessment_id)
            .where(
                assessments.c.bloc_id == bloc_id,
                assessments.c.unit == unit,
                assessments.c.period == period.value,
                versions.c.withdrawn_at.is_(None),
            )
            .order_by(versions.c.version.desc())
            .limit(1)
        )
        return self._db.execute(query).scalar()

    def code_taken(self, code: str) -> bool:
        return self._db.execute(select(versions.c.version).where(versions.c.code == code)).first() is not None

    def warned_at(self, person_id: int) -> datetime | None:
        return self._db.execute(select(warned.c.at).where(warned.c.person_id == person_id)).scalar()

    def warn(self, person_id: int) -> None:
        self._db.execute(upsert(self._db, warned).values(person_id=person_id, at=self._now).on_conflict_do_nothing())


# -- rows and values -----------------------------------------------------------------------------------


class _Parts:
    """What hangs on each assessment, by its id."""

    def __init__(self) -> None:
        self._found: dict[int, dict[str, Any]] = {}

    def of(self, row: Any) -> dict[str, Any]:
        return self.of_id(row.assessment_id)

    def of_id(self, assessment_id: int) -> dict[str, Any]:
        empty: dict[str, Any] = {"answers": {}, "evidence": [], "explanations": {}, "pieces": [], "receipt": None}
        return self._found.setdefault(assessment_id, empty)


def _assessment(row: Any, bloc_at: BlocAt, parts: _Parts) -> Assessment:
    held = parts.of_id(row.id)
    return Assessment(
        id=row.id,
        unit=row.unit,
        period=Period(row.period),
        bloc=bloc_at(row.bloc_revision),
        stage=Stage(row.stage),
        revision=row.revision,
        opened_at=row.opened_at,
        versions=row.versions,
        answers=held["answers"],
        evidence=tuple(held["evidence"]),
        explanations=held["explanations"],
        pieces=tuple(held["pieces"]),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        returned_because=row.returned_because,
        returned_by_secretary=row.returned_by_secretary,
        receipt=held["receipt"],
        renewed_from=row.renewed_from,
    )


def _answer(row: Any) -> Answer:
    return Answer(
        item=row.item,
        part=row.part,
        fact=unpack(row.fact),
        item_version=row.item_version,
        by=row.person_id,
        at=row.at,
        revision=row.revision,
        mark=Mark(row.mark),
        again=row.again,
    )


def answer_row(answer: Answer) -> dict[str, Any]:
    """Columns of an answer, but for its form, item and part."""
    return {
        "fact": pack(answer.fact),
        "item_version": answer.item_version,
        "person_id": answer.by,
        "at": answer.at,
        "revision": answer.revision,
        "mark": answer.mark.value,
        "again": answer.again,
    }


def _evidence(row: Any) -> Evidence:
    return Evidence(
        number=row.number,
        item=row.item,
        kind=EvidenceKind(row.kind),
        title=row.title,
        by=row.person_id,
        at=row.at,
        digest=row.digest or "",
        size=row.size,
        media_type=row.media_type,
        telegram_file_id=row.telegram_file_id,
        sent_as=row.sent_as,
    )


def _piece(row: Any) -> Piece:
    kind = Content(row.kind)
    return Piece(row.number, row.section, row.text, row.person_id, row.at, kind, row.addressee, row.revision)


def _explanation(row: Any) -> Explanation:
    return Explanation(row.item, row.text, row.person_id, row.at, row.revision)


def listed_row(value: Evidence | Piece) -> dict[str, Any]:
    """Columns of a piece of evidence or of a report, but for its form."""
    if isinstance(value, Piece):
        return {
            "number": value.number,
            "section": value.section,
            "text": value.text,
            "person_id": value.by,
            "at": value.at,
            "kind": value.kind.value,
            "addressee": value.addressee,
            "revision": value.revision,
        }
    return {
        "number": value.number,
        "item": value.item,
        "kind": value.kind.value,
        "title": value.title,
        "digest": value.digest or None,
        "size": value.size,
        "media_type": value.media_type[:120],
        "telegram_file_id": value.telegram_file_id,
        "sent_as": value.sent_as,
        "person_id": value.by,
        "at": value.at,
    }


def _receipt(row: Any) -> Receipt:
    receipt = Receipt(
        row.code,
        row.version,
        row.at,
        row.person_id,
        Decimal(row.total),
        row.digest,
        row.late_days,
        Decimal(row.penalty),
    )
    return replace(receipt, withdrawn_at=row.withdrawn_at)
