"""The small common stores: trail, discharges, files, settings."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.domain.discharge import AlreadyDischarged, Discharge, How
from bot.domain.files import FileUse
from storage.tables import discharges, files, settings, trail


def upsert(connection: Connection, table: Any) -> Any:
    """An INSERT that can take ON CONFLICT, for either database."""
    return _insert(connection.dialect.name)(table)


@cache
def _insert(dialect: str) -> Any:
    """Loaded when it is needed: each dialect brings its own drivers' modules along."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


class SqlTrail:
    def __init__(self, connection: Connection, now: datetime) -> None:
        self._db, self._now = connection, now

    def note(self, what: str, subject: str, *, by: int | None, old: Any = None, new: Any = None) -> None:
        self._db.execute(insert(trail).values(at=self._now, what=what, subject=subject, person_id=by, old=old, new=new))

    def of(self, subject: str) -> list[tuple[datetime, str, int | None, Any, Any]]:
        rows = self._db.execute(select(trail).where(trail.c.subject == subject).order_by(trail.c.id))
        return [(row.at, row.what, row.person_id, row.old, row.new) for row in rows]


class SqlDischarges:
    def __init__(self, connection: Connection, now: datetime, bloc_id: int) -> None:
        self._db, self._now, self._bloc_id = connection, now, bloc_id

    def add(
        self,
        milestone: str,
        unit: str,
        *,
        at: datetime,
        how: How,
        receipt: str,
        by: int | None,
        reason: str = "",
        late_days: int = 0,
    ) -> Discharge:
        if self.find(milestone, unit):
            raise AlreadyDischarged(milestone=milestone, unit=unit)
        row = self._db.execute(
            insert(discharges)
            .values(
                bloc_id=self._bloc_id,
                milestone=milestone,
                unit=unit,
                at=at,
                how=how.value,
                receipt=receipt,
                person_id=by,
                reason=reason,
                late_days=late_days,
            )
            .returning(discharges)
        ).one()
        return _discharge(row)

    def _in_force(self) -> Any:
        return select(discharges).where(discharges.c.bloc_id == self._bloc_id, discharges.c.withdrawn_at.is_(None))

    def find(self, milestone: str, unit: str) -> Discharge | None:
        row = self._db.execute(
            self._in_force().where(discharges.c.milestone == milestone, discharges.c.unit == unit)
        ).first()
        return _discharge(row) if row else None

    def of(self, milestone: str) -> dict[str, Discharge]:
        rows = self._db.execute(self._in_force().where(discharges.c.milestone == milestone))
        return {row.unit: _discharge(row) for row in rows}

    def of_unit(self, unit: str) -> dict[str, Discharge]:
        rows = self._db.execute(self._in_force().where(discharges.c.unit == unit))
        return {row.milestone: _discharge(row) for row in rows}

    def withdraw(self, discharge_id: int) -> bool:
        done = self._db.execute(
            update(discharges)
            .where(discharges.c.id == discharge_id, discharges.c.withdrawn_at.is_(None))
            .values(withdrawn_at=self._now)
        )
        return done.rowcount == 1

    def restate(self, discharge_id: int, late_days: int) -> None:
        self._db.execute(update(discharges).where(discharges.c.id == discharge_id).values(late_days=late_days))


def _discharge(row: Any) -> Discharge:
    return Discharge(
        id=row.id,
        milestone=row.milestone,
        unit=row.unit,
        at=row.at,
        how=How(row.how),
        receipt=row.receipt,
        by=row.person_id,
        reason=row.reason,
        late_days=row.late_days,
        withdrawn_at=row.withdrawn_at,
    )


class SqlFiles:
    """`now` is real time here: how long bytes stay on disk has nothing to do with a calendar that is moved."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._db, self._now = connection, now

    def keep(self, digest: str, size: int, media_type: str) -> None:
        row = {"digest": digest, "size": size, "media_type": media_type[:120], "stored_at": self._now}
        statement = upsert(self._db, files).values(**row)
        self._db.execute(statement.on_conflict_do_update(index_elements=["digest"], set_={"stored_at": self._now}))

    def let_go(self, digest: str) -> None:
        self._db.execute(update(files).where(files.c.digest == digest).values(stored_at=self._now))

    def recent(self, digests: Collection[str], since: datetime) -> frozenset[str]:
        query = select(files.c.digest).where(files.c.digest.in_(digests), files.c.stored_at > since)
        return frozenset(self._db.execute(query).scalars())

    def size(self, digest: str) -> int | None:
        return self._db.execute(select(files.c.size).where(files.c.digest == digest)).scalar()

    def uses(self, unit: str, digest: str) -> list[FileUse]:
        found: list[FileUse] = _file_uses().uses(self._db, unit, digest)
        return found

    def referred(self, digests: Collection[str]) -> frozenset[str]:
        found: frozenset[str] = _file_uses().referred(self._db, digests)
        return found

    def forget(self, digest: str) -> None:
        _file_uses().forget(self._db, digest)


def _file_uses() -> ModuleType:
    """It knows every room's tables, and is loaded when a file is asked about."""
    from storage import file_uses

    return file_uses


class SqlSettings:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def read(self, key: str) -> str | None:
        return self._db.execute(select(settings.c.value).where(settings.c.key == key)).scalar()

    def write(self, key: str, value: str | None) -> None:
        if value is None:
            self._db.execute(settings.delete().where(settings.c.key == key))
            return
        row = upsert(self._db, settings).values(key=key, value=value)
        self._db.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
