"""Broadcasts: one row from draft to result. The text of a confirmed one never changes."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    text,
    update,
)

from bot.domain.broadcast import Broadcast, BroadcastState, Content
from bot.domain.sending import Media, MediaKind
from storage.tables import BigId, Moment, bloc_column, metadata, new_id

broadcasts = Table(
    "broadcasts",
    metadata,
    new_id(),
    bloc_column(),
    Column("author_id", BigId, ForeignKey("people.id"), nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("html", Text, nullable=False),
    Column("media_kind", String(12)),
    Column("file_id", String(250)),
    Column("receipts", Boolean(create_constraint=False), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("chat_id", BigId),
    Column("message_id", BigId),
    Column("shown_at", Moment),
    Column("problem", Text, nullable=False),
    Index(
        "ix_broadcasts_draft",
        "author_id",
        unique=True,
        sqlite_where=text("state = 'draft'"),
        postgresql_where=text("state = 'draft'"),
    ),
    sqlite_autoincrement=True,  # a dropped draft's number must not come back: old buttons still name it
)


def _broadcast(row: Any) -> Broadcast:
    media = Media(MediaKind(row.media_kind), row.file_id) if row.media_kind else None
    return Broadcast(
        id=row.id,
        author_id=row.author_id,
        state=BroadcastState(row.state),
        revision=row.revision,
        content=Content(row.html, media),
        receipts=row.receipts,
        made_at=row.made_at,
        confirmed_at=row.confirmed_at,
        chat_id=row.chat_id,
        message_id=row.message_id,
        problem=row.problem,
    )


class SqlBroadcasts:
    def __init__(self, connection: Connection, now: datetime, bloc_id: int) -> None:
        self._db, self._now, self._bloc_id = connection, now, bloc_id

    def find(self, broadcast_id: int) -> Broadcast | None:
        row = self._db.execute(select(broadcasts).where(broadcasts.c.id == broadcast_id)).first()
        return _broadcast(row) if row else None

    def draft_of(self, author_id: int) -> Broadcast | None:
        row = self._db.execute(
            select(broadcasts).where(
                broadcasts.c.author_id == author_id, broadcasts.c.state == BroadcastState.DRAFT.value
            )
        ).first()
        return _broadcast(row) if row else None

    def write_draft(self, author_id: int, content: Content) -> Broadcast:
        held = self.draft_of(author_id)
        media = content.media
        values = {
            "html": content.html,
            "media_kind": media.kind.value if media else None,
            "file_id": media.file_id if media else None,
            "made_at": self._now,
            "bloc_id": self._bloc_id,
        }
        if held is None:
            change: Any = insert(broadcasts).values(
                author_id=author_id,
                state=BroadcastState.DRAFT.value,
                revision=1,
                receipts=False,
                problem="",
                **values,
            )
        else:
            change = update(broadcasts).where(broadcasts.c.id == held.id).values(revision=held.revision + 1, **values)
        return _broadcast(self._db.execute(change.returning(broadcasts)).one())

    @staticmethod
    def _draft(broadcast_id: int, revision: int) -> Any:
        return (
            (broadcasts.c.id == broadcast_id)
            & (broadcasts.c.revision == revision)
            & (broadcasts.c.state == BroadcastState.DRAFT.value)
        )

    def set_receipts(self, broadcast_id: int, revision: int, on: bool) -> bool:
        change = update(broadcasts).where(self._draft(broadcast_id, revision)).values(receipts=on)
        return self._db.execute(change).rowcount == 1

    def drop(self, broadcast_id: int, revision: int) -> bool:
        return self._db.execute(delete(broadcasts).where(self._draft(broadcast_id, revision))).rowcount == 1

    def confirm(self, broadcast_id: int, revision: int, *, chat_id: int | None, message_id: int | None) -> bool:
        change = (
            update(broadcasts)
            .where(self._draft(broadcast_id, revision))
            .values(
                state=BroadcastState.SENDING.value,
                confirmed_at=self._now,
                chat_id=chat_id,
                message_id=message_id,
            )
        )
        return self._db.execute(change).rowcount == 1

    def move(
        self, broadcast_id: int, to: BroadcastState, *, when: Collection[BroadcastState], problem: str = ""
    ) -> bool:
        change = (
            update(broadcasts)
            .where(broadcasts.c.id == broadcast_id, broadcasts.c.state.in_([state.value for state in when]))
            .values(state=to.value, problem=problem, shown_at=None)
        )
        return self._db.execute(change).rowcount == 1

    def show_at(self, broadcast_id: int, chat_id: int, message_id: int) -> None:
        self._db.execute(
            update(broadcasts)
            .where(broadcasts.c.id == broadcast_id)
            .values(chat_id=chat_id, message_id=message_id, shown_at=None)
        )

    def showing(self) -> list[Broadcast]:
        found = select(broadcasts).where(broadcasts.c.confirmed_at.is_not(None), broadcasts.c.shown_at.is_(None))
        return [_broadcast(row) for row in self._db.execute(found.order_by(broadcasts.c.id))]

    def shown(self, broadcast_id: int) -> None:
        self._db.execute(update(broadcasts).where(broadcasts.c.id == broadcast_id).values(shown_at=self._now))

    def recent(self, limit: int) -> list[Broadcast]:
        found = (
            select(broadcasts)
            .where(broadcasts.c.bloc_id == self._bloc_id, broadcasts.c.confirmed_at.is_not(None))
            .order_by(broadcasts.c.id.desc())
            .limit(limit)
        )
        return [_broadcast(row) for row in self._db.execute(found)]
