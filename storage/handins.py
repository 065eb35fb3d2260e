"""Hand-ins and their pieces, and roll-calls."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
    update,
)

from bot.domain.handin import HandIn, Mark, NewPiece, Piece, PieceKind, RollCall
from storage.records import upsert
from storage.tables import BigId, Moment, bloc_column, metadata, new_id

DRAFT, HANDED = "draft", "handed"

hand_ins = Table(
    "hand_ins",
    metadata,
    new_id(),
    bloc_column(),
    Column("milestone", String(24), nullable=False),
    Column("unit", String(24), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("started_by", BigId, ForeignKey("people.id"), nullable=False),
    Column("handed_at", Moment),
    Column("handed_by", BigId, ForeignKey("people.id")),
    Column("receipt", String(48)),
    Column("late_days", Integer, nullable=False, default=0),
    Column("reopened_at", Moment),
    Column("reopened_by", BigId, ForeignKey("people.id")),
    Column("reopened_why", Text),
    UniqueConstraint("bloc_id", "milestone", "unit", "version"),
    UniqueConstraint("receipt"),
    Index(
        "ix_hand_ins_draft",
        "bloc_id",
        "milestone",
        "unit",
        unique=True,
        sqlite_where=text("state = 'draft'"),
        postgresql_where=text("state = 'draft'"),
    ),
)

hand_in_pieces = Table(
    "hand_in_pieces",
    metadata,
    new_id(),
    Column("hand_in_id", BigId, ForeignKey("hand_ins.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("name", String(200), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("digest", String(64), ForeignKey("files.digest")),
    Column("telegram_file_id", String(200), nullable=False),
    Column("sent_as", String(12), nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("added_by", BigId, ForeignKey("people.id"), nullable=False),
    Column("removed_at", Moment),
    Column("removed_by", BigId, ForeignKey("people.id")),
)

roll_calls = Table(
    "roll_calls",
    metadata,
    new_id(),
    bloc_column(),
    Column("milestone", String(24), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("marks", JSON, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", BigId, ForeignKey("people.id")),
    Column("closed_at", Moment),
    Column("closed_by", BigId, ForeignKey("people.id")),
    UniqueConstraint("bloc_id", "milestone"),
)


class SqlHandIns:
    def __init__(self, connection: Connection, now: datetime, bloc_id: int) -> None:
        self._db, self._now, self._bloc_id = connection, now, bloc_id

    # -- drafts -------------------------------------------------------------------------------------------

    def _of(self, milestone: str, unit: str) -> Any:
        return (
            select(hand_ins)
            .where(hand_ins.c.bloc_id == self._bloc_id, hand_ins.c.milestone == milestone, hand_ins.c.unit == unit)
            .order_by(hand_ins.c.version)
        )

    def draft(self, milestone: str, unit: str) -> HandIn | None:
        row = self._db.execute(self._of(milestone, unit).where(hand_ins.c.state == DRAFT)).first()
        return self._whole(row) if row else None

    def start(self, milestone: str, unit: str, by: int, copy_of: HandIn | None = None) -> HandIn:
        held = self.draft(milestone, unit)
        if held is not None:
            return held
        last = self._db.execute(
            select(func.max(hand_ins.c.version)).where(
                hand_ins.c.bloc_id == self._bloc_id, hand_ins.c.milestone == milestone, hand_ins.c.unit == unit
            )
        ).scalar()
        row = self._db.execute(
            insert(hand_ins)
            .values(
                bloc_id=self._bloc_id,
                milestone=milestone,
                unit=unit,
                version=(last or 0) + 1,
                state=DRAFT,
                revision=1,
                started_at=self._now,
                started_by=by,
                late_days=0,
            )
            .returning(hand_ins)
        ).one()
        for piece in copy_of.pieces if copy_of else ():
            self._insert(row.id, piece, piece.added_by, piece.added_at or self._now)
        return self._whole(row)

    def find(self, hand_in_id: int) -> HandIn | None:
        row = self._db.execute(
            select(hand_ins).where(hand_ins.c.id == hand_in_id, hand_ins.c.bloc_id == self._bloc_id)
        ).first()
        return self._whole(row) if row else None

    def _insert(self, hand_in_id: int, piece: NewPiece, by: int, at: datetime) -> None:
        self._db.execute(
            insert(hand_in_pieces).values(
                hand_in_id=hand_in_id,
                kind=piece.kind.value,
                text=piece.text,
                name=piece.name[:200],
                size=piece.size,
                media_type=piece.media_type[:120],
                digest=piece.digest or None,
                telegram_file_id=piece.telegram_file_id,
                sent_as=piece.sent_as,
                added_at=at,
                added_by=by,
            )
        )

    def _step(self, hand_in_id: int) -> bool:
        done = self._db.execute(
            update(hand_ins)
            .where(hand_ins.c.id == hand_in_id, hand_ins.c.state == DRAFT)
            .values(revision=hand_ins.c.revision + 1)
        )
        return done.rowcount == 1

    def add(self, hand_in_id: int, piece: NewPiece, by: int) -> HandIn:
        if not self._step(hand_in_id):
            raise LookupError("no such draft")
        self._insert(hand_in_id, piece, by, self._now)
        found = self.find(hand_in_id)
        assert found is not None
        return found

    def remove(self, hand_in_id: int, piece_id: int, by: int) -> bool:
        if not self._step(hand_in_id):
            return False
        done = self._db.execute(
            update(hand_in_pieces)
            .where(
                hand_in_pieces.c.id == piece_id,
                hand_in_pieces.c.hand_in_id == hand_in_id,
                hand_in_pieces.c.removed_at.is_(None),
            )
            .values(removed_at=self._now, removed_by=by)
        )
        return done.rowcount == 1

    def hand_in(self, hand_in_id: int, revision: int, *, by: int, receipt: str, late_days: int) -> bool:
        done = self._db.execute(
            update(hand_ins)
            .where(hand_ins.c.id == hand_in_id, hand_ins.c.state == DRAFT, hand_ins.c.revision == revision)
            .values(state=HANDED, handed_at=self._now, handed_by=by, receipt=receipt, late_days=late_days)
        )
        return done.rowcount == 1

    # -- what was handed in -------------------------------------------------------------------------------

    def handed(self, milestone: str, unit: str) -> list[HandIn]:
        rows = self._db.execute(self._of(milestone, unit).where(hand_ins.c.state == HANDED)).all()
        return [self._whole(row) for row in rows]

    def latest(self, milestone: str, unit: str) -> HandIn | None:
        handed = self.handed(milestone, unit)
        return handed[-1] if handed else None

    def drafts_of(self, unit: str) -> dict[str, HandIn]:
        rows = self._db.execute(
            select(hand_ins).where(
                hand_ins.c.bloc_id == self._bloc_id, hand_ins.c.unit == unit, hand_ins.c.state == DRAFT
            )
        ).all()
        return {row.milestone: self._whole(row) for row in rows}

    def reopen(self, hand_in_id: int, by: int, reason: str) -> None:
        self._db.execute(
            update(hand_ins)
            .where(hand_ins.c.id == hand_in_id)
            .values(reopened_at=self._now, reopened_by=by, reopened_why=reason)
        )

    def _whole(self, row: Any) -> HandIn:
        pieces = self._db.execute(
            select(hand_in_pieces)
            .where(hand_in_pieces.c.hand_in_id == row.id, hand_in_pieces.c.removed_at.is_(None))
            .order_by(hand_in_pieces.c.id)
        )
        return HandIn(
            id=row.id,
            milestone=row.milestone,
            unit=row.unit,
            version=row.version,
            revision=row.revision,
            pieces=tuple(_piece(each) for each in pieces),
            started_at=row.started_at,
            handed_at=row.handed_at,
            handed_by=row.handed_by,
            receipt=row.receipt or "",
            late_days=row.late_days,
            reopened_at=row.reopened_at,
        )

    # -- roll-calls ---------------------------------------------------------------------------------------

    def roll_call(self, milestone: str) -> RollCall:
        row = self._db.execute(self._roll_call(milestone)).first()
        if row is None:
            return RollCall(milestone)
        marks = {unit: Mark(mark) for unit, mark in row.marks.items()}
        return RollCall(milestone, row.revision, marks, row.closed_at)

    def _roll_call(self, milestone: str) -> Any:
        return select(roll_calls).where(roll_calls.c.bloc_id == self._bloc_id, roll_calls.c.milestone == milestone)

    def mark(self, milestone: str, marks: Mapping[str, Mark], revision: int, by: int) -> bool:
        values = {
            "marks": {unit: mark.value for unit, mark in marks.items()},
            "revision": revision + 1,
            "changed_at": self._now,
            "changed_by": by,
        }
        if revision == 0:
            new = upsert(self._db, roll_calls).values(bloc_id=self._bloc_id, milestone=milestone, **values)
            return self._db.execute(new.on_conflict_do_nothing().returning(roll_calls.c.id)).scalar() is not None
        done = self._db.execute(
            update(roll_calls)
            .where(
                roll_calls.c.bloc_id == self._bloc_id,
                roll_calls.c.milestone == milestone,
                roll_calls.c.revision == revision,
                roll_calls.c.closed_at.is_(None),
            )
            .values(**values)
        )
        return done.rowcount == 1

    def close_roll_call(self, milestone: str, revision: int, by: int | None) -> bool:
        done = self._db.execute(
            update(roll_calls)
            .where(
                roll_calls.c.bloc_id == self._bloc_id,
                roll_calls.c.milestone == milestone,
                roll_calls.c.revision == revision,
                roll_calls.c.closed_at.is_(None) if by is not None else roll_calls.c.closed_at.is_not(None),
            )
            .values(revision=revision + 1, closed_at=self._now if by is not None else None, closed_by=by)
        )
        return done.rowcount == 1


def _piece(row: Any) -> Piece:
    return Piece(
        kind=PieceKind(row.kind),
        text=row.text,
        name=row.name,
        size=row.size,
        media_type=row.media_type,
        digest=row.digest or "",
        telegram_file_id=row.telegram_file_id,
        sent_as=row.sent_as,
        id=row.id,
        added_by=row.added_by,
        added_at=row.added_at,
    )
