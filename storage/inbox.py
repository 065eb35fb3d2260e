"""Updates as Telegram handed them over, until the person has their answer."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from bot.clock import real_now
from bot.usecases.ports.inbox import InboxRow, RawUpdate
from storage.records import upsert
from storage.tables import BigId, Moment, metadata, new_id
from storage.trouble import translated

WAITING, DONE, ANSWERED, ASIDE = "waiting", "done", "answered", "aside"
MOST_OF_A_LANE = 50  # rows of one chat that are looked at ahead of time
KEPT_ASIDE = timedelta(days=30)
KEPT_ANSWERED = timedelta(days=7)  # long enough to know a repeated update, short enough for ids that start anew

inbox = Table(
    "inbox",
    metadata,
    new_id(),
    Column("bot_id", BigId, nullable=False),
    Column("update_id", BigId, nullable=False),
    Column("lane", BigId, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("received_at", Moment, nullable=False),
    Column("incident", String(16)),
    UniqueConstraint("bot_id", "update_id"),
    Index("ix_inbox_state", "state", "id"),
    Index("ix_inbox_lane", "lane", "state", "id"),
    sqlite_autoincrement=True,  # a pruned row's number is never given again: the sequence is the order
)


@cache
def _taking() -> Any:
    row, earlier = inbox, inbox.alias("earlier")
    out_of_turn = exists().where(
        earlier.c.bot_id == row.c.bot_id,
        earlier.c.lane == row.c.lane,
        earlier.c.state == WAITING,
        earlier.c.id < row.c.id,
    )
    return update(row).where(row.c.id == bindparam("row_id"), row.c.state == WAITING, ~out_of_turn).values(state=DONE)


@cache
def _first_of_each() -> Any:
    """Waiting rows, oldest first, the first few of every lane: one chat that floods must not hide the others."""
    place = func.row_number().over(partition_by=inbox.c.lane, order_by=inbox.c.id).label("place")
    lines = (
        select(inbox.c.id, place)
        .where(inbox.c.bot_id == bindparam("bot_id"), inbox.c.state == WAITING, inbox.c.id > bindparam("after"))
        .subquery()
    )
    near = select(lines.c.id).where(lines.c.place <= MOST_OF_A_LANE).order_by(lines.c.id).limit(bindparam("most"))
    return select(inbox).where(inbox.c.id.in_(near)).order_by(inbox.c.id)


def take(connection: Connection, row_id: int) -> bool:
    """Mark the row done inside the transaction that holds its effects; False when it is done or out of turn.

    One UPDATE that checks the old state: whoever loses the race gets an ordinary False and rolls back.
    """
    return connection.execute(_taking(), {"row_id": row_id}).rowcount == 1


class SqlInbox:
    """Every call is a transaction of its own. Any may raise StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(thidua_reading=True)

    def add(self, bot_id: int, updates: Sequence[RawUpdate]) -> list[InboxRow]:
        if not updates:
            return []
        added = []
        with translated(), self._engine.begin() as connection:
            for one in updates:
                values = {
                    "bot_id": bot_id,
                    "update_id": one.update_id,
                    "lane": one.lane,
                    "body": one.body,
                    "state": WAITING,
                    "attempts": 0,
                    "received_at": real_now(),
                }
                new = connection.execute(
                    upsert(connection, inbox).values(**values).on_conflict_do_nothing().returning(inbox.c.id)
                ).scalar()
                if new is not None:
                    added.append(InboxRow(new, one.update_id, one.lane, one.body, 0))
        return added

    def waiting(self, bot_id: int, after: int = 0, limit: int = 500) -> list[InboxRow]:
        return self._rows(_first_of_each(), {"bot_id": bot_id, "after": after, "most": limit})

    def unanswered(self, bot_id: int) -> list[InboxRow]:
        done = select(inbox).where(inbox.c.bot_id == bot_id, inbox.c.state == DONE)
        return self._rows(done.order_by(inbox.c.id).limit(10_000), {})

    def _rows(self, query: Any, params: dict[str, int]) -> list[InboxRow]:
        with translated(), self._reader.connect() as connection:
            rows = connection.execute(query, params)
            return [InboxRow(r.id, r.update_id, r.lane, r.body, r.attempts) for r in rows]

    def answered(self, row_ids: Sequence[int]) -> None:
        if row_ids:
            self._change(row_ids, state=ANSWERED, body="")

    def failed(self, row_id: int) -> int:
        with translated(), self._engine.begin() as connection:
            return int(
                connection.execute(
                    update(inbox)
                    .where(inbox.c.id == row_id)
                    .values(attempts=inbox.c.attempts + 1)
                    .returning(inbox.c.attempts)
                ).scalar_one()
            )

    def set_aside(self, row_id: int, incident: str) -> None:
        self._change([row_id], state=ASIDE, incident=incident)

    def _change(self, row_ids: Sequence[int], **values: Any) -> None:
        with translated(), self._engine.begin() as connection:
            connection.execute(update(inbox).where(inbox.c.id.in_(row_ids)).values(**values))

    def prune(self) -> int:
        now = real_now()
        past = or_(
            (inbox.c.state == ANSWERED) & (inbox.c.received_at < now - KEPT_ANSWERED),
            (inbox.c.state == ASIDE) & (inbox.c.received_at < now - KEPT_ASIDE),
        )
        with translated(), self._engine.begin() as connection:
            return connection.execute(delete(inbox).where(past)).rowcount

    def counts(self, bot_id: int) -> dict[str, int]:
        """How many rows are in each state: for `thidua status`."""
        query = (
            select(inbox.c.state, func.count().label("number")).where(inbox.c.bot_id == bot_id).group_by(inbox.c.state)
        )
        with translated(), self._reader.connect() as connection:
            return {row.state: row.number for row in connection.execute(query)}
