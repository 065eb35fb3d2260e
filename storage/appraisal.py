"""Appraisals, read as one value and written as what changed in it; and extensions."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, insert, select, update

from bot.domain.appraisal import Appraisal, Exchange, ExchangeKind, MovedOn, Phase, Reply, Verdict
from bot.domain.appraisal_peer import Review
from bot.domain.calendar import Period
from bot.domain.extension import Extension
from storage.appraisal_peer import find_review, save_review
from storage.appraisal_tables import appraisals, exchanges, extensions, replies, verdicts
from storage.assessment_tables import assessments
from storage.records import upsert

About: TypeAlias = Callable[[Column[int]], ColumnElement[bool]]  # which forms, said of a table's column


class SqlAppraisals:
    def __init__(self, connection: Connection, now: datetime) -> None:
        self._db, self._now = connection, now

    def find(self, assessment_id: int) -> Appraisal | None:
        return self._read(lambda column: column == assessment_id).get(assessment_id)

    def of_period(self, bloc_id: int, period: Period) -> dict[str, Appraisal]:
        query = select(assessments.c.id, assessments.c.unit).where(
            assessments.c.bloc_id == bloc_id, assessments.c.period == period.value
        )
        ids = query.with_only_columns(assessments.c.id)
        found = self._read(lambda column: column.in_(ids))
        return {row.unit: found[row.id] for row in self._db.execute(query) if row.id in found}

    def _read(self, about: About) -> dict[int, Appraisal]:
        """Those of the forms that it is `about`, by the form's id: a query a table, however many there are."""
        rows = self._db.execute(select(appraisals).where(about(appraisals.c.assessment_id))).all()
        if not rows:
            return {}
        decided, told = self._verdicts(about), self._exchanges(about)
        return {
            row.assessment_id: Appraisal(
                assessment=row.assessment_id,
                version=row.version,
                phase=Phase(row.phase),
                revision=row.revision,
                opened_at=row.opened_at,
                verdicts=decided.get(row.assessment_id, {}),
                exchanges=tuple(told.get(row.assessment_id, ())),
                announced_at=row.announced_at,
                final_at=row.final_at,
            )
            for row in rows
        }

    def _verdicts(self, about: About) -> dict[int, dict[str, Verdict]]:
        query = select(verdicts).where(about(verdicts.c.assessment_id)).order_by(verdicts.c.revision)
        found: dict[int, dict[str, Verdict]] = {}
        for row in self._db.execute(query):
            found.setdefault(row.assessment_id, {})[row.item] = Verdict(
                row.item,
                None if row.points is None else Decimal(row.points),
                row.reason,
                row.person_id,
                row.at,
                row.revision,
            )
        return found

    def _exchanges(self, about: About) -> dict[int, list[Exchange]]:
        added: dict[tuple[int, int], list[Reply]] = {}
        listed = select(replies).where(about(replies.c.assessment_id)).order_by(replies.c.number)
        for row in self._db.execute(listed):
            added.setdefault((row.assessment_id, row.exchange), []).append(_reply(row))
        query = select(exchanges).where(about(exchanges.c.assessment_id)).order_by(exchanges.c.number)
        found: dict[int, list[Exchange]] = {}
        for row in self._db.execute(query):
            exchange = Exchange(
                number=row.number,
                item=row.item,
                kind=ExchangeKind(row.kind),
                text=row.text,
                by=row.person_id,
                at=row.at,
                replies=tuple(added.get((row.assessment_id, row.number), ())),
                closed_at=row.closed_at,
                closed_by=row.closed_by,
                decision=row.decision,
            )
            found.setdefault(row.assessment_id, []).append(exchange)
        return found

    def review(self, assessment_id: int, unit: str) -> Review | None:
        return find_review(self._db, assessment_id, unit)

    def save_review(self, before: Review, after: Review) -> None:
        save_review(self._db, before, after)

    # -- writing -----------------------------------------------------------------------------------------

    def save(self, before: Appraisal, after: Appraisal) -> None:
        if after is before:
            return
        key = {"assessment_id": after.assessment}
        begun = {"version": before.version, "phase": Phase.OPEN.value, "revision": 0, "opened_at": 0}
        self._db.execute(upsert(self._db, appraisals).values(**key, **begun).on_conflict_do_nothing())
        done = self._db.execute(
            update(appraisals)
            .where(appraisals.c.assessment_id == after.assessment, appraisals.c.revision == before.revision)
            .values(
                version=after.version,
                phase=after.phase.value,
                revision=after.revision,
                opened_at=after.opened_at,
                announced_at=after.announced_at,
                final_at=after.final_at,
            )
        )
        if done.rowcount != 1:
            raise MovedOn()
        self._save_verdicts(before, after)
        self._save_exchanges(before, after)

    def _save_verdicts(self, before: Appraisal, after: Appraisal) -> None:
        for code in before.verdicts.keys() - after.verdicts.keys():
            where = and_(verdicts.c.assessment_id == after.assessment, verdicts.c.item == code)
            self._db.execute(delete(verdicts).where(where))
        for code, verdict in after.verdicts.items():
            if before.verdicts.get(code) == verdict:
                continue
            row = {
                "points": None if verdict.points is None else str(verdict.points),
                "reason": verdict.reason,
                "person_id": verdict.by,
                "at": verdict.at,
                "revision": verdict.revision,
            }
            key = {"assessment_id": after.assessment, "item": code}
            statement = upsert(self._db, verdicts).values(**key, **row)
            self._db.execute(statement.on_conflict_do_update(index_elements=list(key), set_=row))

    def _save_exchanges(self, before: Appraisal, after: Appraisal) -> None:
        held = {each.number: each for each in before.exchanges}
        for each in after.exchanges:
            old = held.get(each.number)
            if old == each:
                continue
            key = {"assessment_id": after.assessment, "number": each.number}
            row = {"closed_at": each.closed_at, "closed_by": each.closed_by, "decision": each.decision}
            begun = {
                "item": each.item,
                "kind": each.kind.value,
                "text": each.text,
                "person_id": each.by,
                "at": each.at,
            }
            statement = upsert(self._db, exchanges).values(**key, **begun, **row)
            self._db.execute(statement.on_conflict_do_update(index_elements=list(key), set_=row))
            for reply in each.replies[len(old.replies) if old else 0 :]:
                self._db.execute(insert(replies).values(**_reply_row(after.assessment, each.number, reply)))


def _reply(row: Any) -> Reply:
    return Reply(
        row.number,
        row.text,
        row.person_id,
        row.at,
        row.digest or "",
        row.size,
        row.media_type,
        row.telegram_file_id,
        row.sent_as,
    )


def _reply_row(assessment_id: int, exchange: int, reply: Reply) -> dict[str, Any]:
    return {
        "assessment_id": assessment_id,
        "number": reply.number,
        "exchange": exchange,
        "text": reply.text,
        "digest": reply.digest or None,
        "size": reply.size,
        "media_type": reply.media_type[:120],
        "telegram_file_id": reply.telegram_file_id,
        "sent_as": reply.sent_as,
        "person_id": reply.by,
        "at": reply.at,
    }


class SqlExtensions:
    """The last one granted counts; the earlier ones stay on record."""

    def __init__(self, connection: Connection, now: datetime, bloc_id: int) -> None:
        self._db, self._now, self._bloc_id = connection, now, bloc_id
        self._held: dict[str, dict[str, Extension]] = {}  # asked for at every step of a form, granted once in a while

    def grant(self, milestone: str, unit: str, due_on: date, reason: str, by: int) -> Extension:
        row = self._db.execute(
            insert(extensions)
            .values(
                bloc_id=self._bloc_id,
                milestone=milestone,
                unit=unit,
                due_on=due_on,
                reason=reason,
                person_id=by,
                at=self._now,
            )
            .returning(extensions)
        ).one()
        self._held.pop(milestone, None)
        return _extension(row)

    def find(self, milestone: str, unit: str) -> Extension | None:
        return self.of(milestone).get(unit)

    def of(self, milestone: str) -> dict[str, Extension]:
        if milestone not in self._held:
            wanted = select(extensions).where(
                extensions.c.bloc_id == self._bloc_id, extensions.c.milestone == milestone
            )
            rows = self._db.execute(wanted.order_by(extensions.c.id))
            self._held[milestone] = {row.unit: _extension(row) for row in rows}
        return self._held[milestone]


def _extension(row: Any) -> Extension:
    return Extension(row.id, row.milestone, row.unit, row.due_on, row.reason, row.person_id, row.at)
