"""aiogram's conversation state, written in the transaction of the update that changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from sqlalchemy import JSON, Column, Connection, String, Table, UniqueConstraint, bindparam, select

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


@dataclass
class _Talk:
    state: str | None
    data: dict[str, Any]
    changed: bool = False


@cache
def _reading() -> Any:
    return select(talks.c.state, talks.c.data).where(
        talks.c.bot_id == bindparam("bot_id"),
        talks.c.chat_id == bindparam("chat_id"),
        talks.c.user_id == bindparam("user_id"),
    )


class TalkStorage(BaseStorage):
    """Uses the current transaction of the thread; outside of one, reading or writing state is a mistake.

    A conversation is read once in a transaction and written once, right before the commit.
    """

    def _talk(self, key: StorageKey) -> _Talk:
        work = current.get()
        held: dict[tuple[int, int, int], _Talk] = work.memo.setdefault("talks", {})
        name = (key.bot_id, key.chat_id, key.user_id)
        if name not in held:
            where = dict(zip(("bot_id", "chat_id", "user_id"), name, strict=True))
            row = work.connection.execute(_reading(), where).first()
            held[name] = _Talk(row.state, dict(row.data)) if row else _Talk(None, {})
        return held[name]

    def _change(self, key: StorageKey, **values: Any) -> None:
        talk = self._talk(key)
        if not talk.changed:
            work = current.get()
            work.before_commit.append(lambda: _write(work.connection, key, talk))
        talk.changed = True
        for name, value in values.items():
            setattr(talk, name, value)

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        self._change(key, state=state.state if isinstance(state, State) else state)

    async def get_state(self, key: StorageKey) -> str | None:
        return self._talk(key).state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        self._change(key, data=dict(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return dict(self._talk(key).data)

    async def close(self) -> None:
        """Nothing is held."""


def _write(connection: Connection, key: StorageKey, talk: _Talk) -> None:
    values = {"state": talk.state, "data": talk.data, "changed_at": real_now()}
    row = upsert(connection, talks).values(bot_id=key.bot_id, chat_id=key.chat_id, user_id=key.user_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["bot_id", "chat_id", "user_id"], set_=values))
