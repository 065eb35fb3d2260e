"""Messages to the secretariat, and their answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Table, Text, insert, select, text, update

from bot.domain.contact import Letter
from storage.tables import BigId, Moment, bloc_column, metadata, new_id

letters = Table(
    "letters",
    metadata,
    new_id(),
    bloc_column(),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("answer", Text),
    Column("answered_by", BigId, ForeignKey("people.id")),
    Column("answered_at", Moment),
    Index(
        "ix_letters_open",
        "bloc_id",
        "id",
        sqlite_where=text("answered_at IS NULL"),
        postgresql_where=text("answered_at IS NULL"),
    ),
)


class SqlLetters:
    def __init__(self, connection: Connection, now: datetime, bloc_id: int) -> None:
        self._db, self._now, self._bloc_id = connection, now, bloc_id

    def add(self, person_id: int, text: str) -> Letter:
        row = self._db.execute(
            insert(letters)
            .values(bloc_id=self._bloc_id, person_id=person_id, text=text, asked_at=self._now)
            .returning(letters)
        ).one()
        return _letter(row)

    def _all(self) -> Any:
        return select(letters).where(letters.c.bloc_id == self._bloc_id).order_by(letters.c.id)

    def find(self, letter_id: int) -> Letter | None:
        row = self._db.execute(self._all().where(letters.c.id == letter_id)).first()
        return _letter(row) if row else None

    def answer(self, letter_id: int, by: int, text: str) -> bool:
        done = self._db.execute(
            update(letters)
            .where(letters.c.id == letter_id, letters.c.bloc_id == self._bloc_id, letters.c.answered_at.is_(None))
            .values(answer=text, answered_by=by, answered_at=self._now)
        )
        return done.rowcount == 1

    def open(self) -> list[Letter]:
        return [_letter(row) for row in self._db.execute(self._all().where(letters.c.answered_at.is_(None)))]


def _letter(row: Any) -> Letter:
    return Letter(
        id=row.id,
        person_id=row.person_id,
        text=row.text,
        asked_at=row.asked_at,
        answer=row.answer or "",
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )
