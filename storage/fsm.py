"""aiogram's conversation state, written in the transaction of the update that changes it."""

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from sqlalchemy import JSON, Column, Connection, String, Table, UniqueConstraint, select

from bot.clock import real_now
from storage.records import upsert
from storage.store import current
from storage.tables import BigId, Moment, metadata, new_id

talks = Table(
    "talks",
    metadata,
    new_id(),
    Column("bot_id", BigId, nullable=False),
    Column("chat_id", BigId, nullable=False),
    Column("user_id", BigId, nullable=False),
    Column("state", String(80)),
    Column("data", JSON, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("bot_id", "chat_id", "user_id"),
)


def _where(key: StorageKey) -> Any:
    return (talks.c.bot_id == key.bot_id) & (talks.c.chat_id == key.chat_id) & (talks.c.user_id == key.user_id)


class TalkStorage(BaseStorage):
    """Uses the current transaction of the thread; outside of one, reading or writing state is a mistake."""

    @property
    def _db(self) -> Connection:
        return current.get().connection

    def _write(self, key: StorageKey, **values: Any) -> None:
        row = {"state": None, "data": {}, "changed_at": real_now(), **values}
        self._db.execute(
            upsert(self._db, talks)
            .values(bot_id=key.bot_id, chat_id=key.chat_id, user_id=key.user_id, **row)
            .on_conflict_do_update(
                index_elements=["bot_id", "chat_id", "user_id"], set_={**values, "changed_at": row["changed_at"]}
            )
        )

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        self._write(key, state=state.state if isinstance(state, State) else state)

    async def get_state(self, key: StorageKey) -> str | None:
        return self._db.execute(select(talks.c.state).where(_where(key))).scalar()

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        self._write(key, data=dict(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return dict(self._db.execute(select(talks.c.data).where(_where(key))).scalar() or {})

    async def close(self) -> None:
        """Nothing is held."""
