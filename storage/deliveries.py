"""Deliveries: due work as rows. Taking is one UPDATE that checks the old state; times of the worker are real time."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.domain.broadcast import BroadcastState, Line, Tally
from bot.domain.delivery import Button, Delivery, DeliveryKind, DeliveryState, Notice, Unreached
from bot.domain.reminders import NoLonger, Reminder
from bot.usecases.ports.deliveries import Claim
from storage.broadcasts import broadcasts
from storage.people import memberships, people
from storage.records import upsert
from storage.tables import BigId, Moment, bloc_column, metadata, new_id

DUE, SENDING, UNSURE = DeliveryState.DUE.value, DeliveryState.SENDING.value, DeliveryState.UNSURE.value
DELIVERED, CANCELLED = DeliveryState.DELIVERED.value, DeliveryState.CANCELLED.value
REACHED = (DELIVERED, UNSURE)
LOST = "lost"  # the reason of a row whose taker vanished

deliveries = Table(
    "deliveries",
    metadata,
    new_id(),
    bloc_column(),
    Column("kind", String(12), nullable=False),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),
    Column("chat_id", BigId, nullable=False),
    Column("state", String(12), nullable=False),
    Column("once", String(160)),
    Column("notice", JSON(none_as_null=True)),
    Column("broadcast_id", BigId, ForeignKey("broadcasts.id")),
    Column("milestone", String(24)),
    Column("due_on", Date),
    Column("rung", String(8)),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment),
    Column("lease_until", Moment),
    Column("made_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("message_id", BigId),
    Column("acknowledged_at", Moment),
    Column("finished_at", Moment),
    UniqueConstraint("once"),
    Index("ix_deliveries_state", "state", "id"),
    Index("ix_deliveries_person", "person_id", "state", "id"),
    Index("ix_deliveries_broadcast", "broadcast_id", "state"),
    sqlite_autoincrement=True,  # the number is the order in which a person is told
)


def _packed(notice: Notice) -> Any:
    return {
        "key": notice.key,
        "params": dict(notice.params),
        "buttons": [[[b.key, b.data, dict(b.params)] for b in row] for row in notice.buttons],
        **({"unreached": [notice.unreached.person_id, notice.unreached.key]} if notice.unreached else {}),
    }


def _unpacked(value: Any) -> Notice:
    rows = tuple(tuple(Button(key, data, params) for key, data, params in row) for row in value["buttons"])
    unreached = Unreached(*value["unreached"]) if "unreached" in value else None
    return Notice(value["key"], value["params"], rows, unreached)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        kind=DeliveryKind(row.kind),
        person_id=row.person_id,
        chat_id=row.chat_id,
        state=DeliveryState(row.state),
        notice=_unpacked(row.notice) if row.notice else None,
        broadcast_id=row.broadcast_id,
        milestone=row.milestone,
        rung=row.rung,
        attempts=row.attempts,
        not_before=row.not_before,
        reason=row.reason,
        message_id=row.message_id,
        acknowledged_at=row.acknowledged_at,
        finished_at=row.finished_at,
    )


def _held() -> Any:
    """Ids of the broadcasts of which nothing may go out now."""
    return select(broadcasts.c.id).where(broadcasts.c.state != BroadcastState.SENDING.value)


def _may_go(row: Any) -> Any:
    return or_(row.c.broadcast_id.is_(None), row.c.broadcast_id.not_in(_held()))


class SqlDeliveries:
    def __init__(self, connection: Connection, now: datetime, bloc_id: int) -> None:
        self._db, self._now, self._bloc_id = connection, now, bloc_id

    # -- asking ------------------------------------------------------------------------------------------

    def notice(self, person_id: int, notice: Notice, *, once: str | None = None) -> bool:
        return self._add(person_id, DeliveryKind.NOTICE, once, notice=_packed(notice))

    def remind(self, reminder: Reminder) -> bool:
        once = reminder.once(self._bloc_id)
        new = self._add(
            reminder.person_id,
            DeliveryKind.REMINDER,
            once,
            milestone=reminder.milestone,
            due_on=reminder.due_on,
            rung=reminder.rung,
        )
        if new:
            self._supersede(reminder, once)
        return new

    def _supersede(self, reminder: Reminder, once: str) -> None:
        self._db.execute(
            update(deliveries)
            .where(
                deliveries.c.bloc_id == self._bloc_id,
                deliveries.c.person_id == reminder.person_id,
                deliveries.c.milestone == reminder.milestone,
                deliveries.c.state == DUE,
                deliveries.c.once != once,
            )
            .values(state=CANCELLED, reason=NoLonger.SUPERSEDED.value, finished_at=self._now)
        )

    def broadcast(self, broadcast_id: int, person_ids: Collection[int]) -> int:
        wanted = select(people.c.id, people.c.telegram_id).where(people.c.id.in_(person_ids)).order_by(people.c.id)
        rows = [
            self._row(person, chat, DeliveryKind.BROADCAST, f"broadcast:{broadcast_id}:{person}")
            | {"broadcast_id": broadcast_id}
            for person, chat in self._db.execute(wanted)
        ]
        known = self.used([row["once"] for row in rows])
        rows = [row for row in rows if row["once"] not in known]
        if rows:
            self._db.execute(upsert(self._db, deliveries).on_conflict_do_nothing(index_elements=["once"]), rows)
        return len(rows)

    def _add(self, person_id: int, kind: DeliveryKind, once: str | None, **values: Any) -> bool:
        chat_id = self._db.execute(select(people.c.telegram_id).where(people.c.id == person_id)).scalar_one()
        row = self._row(person_id, chat_id, kind, once) | values
        if once is None:
            self._db.execute(insert(deliveries).values(**row))
            return True
        change = upsert(self._db, deliveries).values(**row).on_conflict_do_nothing(index_elements=["once"])
        return self._db.execute(change.returning(deliveries.c.id)).scalar() is not None

    def _row(self, person_id: int, chat_id: int, kind: DeliveryKind, once: str | None) -> dict[str, Any]:
        return {
            "bloc_id": self._bloc_id,
            "kind": kind.value,
            "person_id": person_id,
            "chat_id": chat_id,
            "state": DUE,
            "once": once,
            "attempts": 0,
            "made_at": self._now,
            "reason": "",
        }

    def used(self, once: Collection[str]) -> frozenset[str]:
        if not once:
            return frozenset()
        return frozenset(self._db.execute(select(deliveries.c.once).where(deliveries.c.once.in_(once))).scalars())

    # -- the worker --------------------------------------------------------------------------------------

    def take(self, limit: int, *, now: datetime, lease_until: datetime) -> list[Claim]:
        row, earlier = deliveries.alias("waiting"), deliveries.alias("earlier")
        out_of_turn = exists().where(
            earlier.c.person_id == row.c.person_id,
            or_(
                earlier.c.state == SENDING,
                and_(earlier.c.state == DUE, earlier.c.id < row.c.id, _may_go(earlier)),
            ),
        )
        ready = and_(row.c.state == DUE, or_(row.c.not_before.is_(None), row.c.not_before <= now), _may_go(row))
        last = case((row.c.kind == DeliveryKind.BROADCAST.value, 1), else_=0)
        wanted = select(row.c.id).where(ready, ~out_of_turn).order_by(last, row.c.id).limit(limit)
        taken = (
            self._db.execute(
                update(deliveries)
                .where(deliveries.c.id.in_(wanted), deliveries.c.state == DUE)
                .values(state=SENDING, lease_until=lease_until, attempts=deliveries.c.attempts + 1)
                .returning(deliveries.c.id)
            )
            .scalars()
            .all()
        )
        return self._claims(taken) if taken else []

    def _claims(self, taken: Collection[int]) -> list[Claim]:
        belongs = exists().where(memberships.c.person_id == deliveries.c.person_id, memberships.c.until.is_(None))
        rows = self._db.execute(
            select(deliveries, people.c.language, belongs.label("belongs"))
            .join(people, people.c.id == deliveries.c.person_id)
            .where(deliveries.c.id.in_(taken))
            .order_by(deliveries.c.id)
        )
        return [
            Claim(_delivery(row), row.attempts, row.language, row.bloc_id, _reminder(row), bool(row.belongs))
            for row in rows
        ]

    def _attempted(self, delivery_id: int, attempt: int) -> Any:
        # An outcome that comes after the lease ran out is still the truth about this attempt.
        return (
            (deliveries.c.id == delivery_id)
            & (deliveries.c.attempts == attempt)
            & (deliveries.c.state.in_((SENDING, UNSURE)))
        )

    def finish(
        self, delivery_id: int, attempt: int, state: DeliveryState, *, reason: str, message_id: int | None
    ) -> bool:
        change = (
            update(deliveries)
            .where(self._attempted(delivery_id, attempt))
            .values(state=state.value, reason=reason, message_id=message_id, lease_until=None, finished_at=self._now)
        )
        return self._db.execute(change).rowcount == 1

    def put_back(self, delivery_id: int, attempt: int, *, not_before: datetime | None, reason: str) -> bool:
        change = (
            update(deliveries)
            .where(self._attempted(delivery_id, attempt))
            .values(state=DUE, not_before=not_before, reason=reason, lease_until=None, finished_at=None)
        )
        return self._db.execute(change).rowcount == 1

    def move(self, delivery_id: int, chat_id: int) -> None:
        moved = deliveries.alias("moved")
        old = select(moved.c.chat_id).where(moved.c.id == delivery_id).scalar_subquery()
        self._db.execute(
            update(deliveries)
            .where(deliveries.c.chat_id == old, deliveries.c.state.in_((DUE, SENDING)))
            .values(chat_id=chat_id)
        )

    def renew(self, delivery_ids: Collection[int], lease_until: datetime) -> None:
        self._db.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(delivery_ids), deliveries.c.state == SENDING)
            .values(lease_until=lease_until)
        )

    def expire(self, now: datetime) -> int:
        change = (
            update(deliveries)
            .where(deliveries.c.state == SENDING, deliveries.c.lease_until < now)
            .values(state=UNSURE, reason=LOST, lease_until=None, finished_at=self._now)
        )
        return self._db.execute(change).rowcount

    def wakes_at(self, now: datetime) -> datetime | None:
        earliest = select(func.min(deliveries.c.not_before)).where(
            deliveries.c.state == DUE, deliveries.c.not_before > now
        )
        return self._db.execute(earliest).scalar()

    # -- accounting --------------------------------------------------------------------------------------

    def lines(self, broadcast_id: int) -> list[Line]:
        rows = self._db.execute(
            select(deliveries, people.c.name)
            .join(people, people.c.id == deliveries.c.person_id)
            .where(deliveries.c.broadcast_id == broadcast_id)
            .order_by(deliveries.c.id)
        ).all()
        units: dict[int, list[str]] = {}
        held = select(memberships.c.person_id, memberships.c.unit).where(
            memberships.c.bloc_id == self._bloc_id, memberships.c.until.is_(None), memberships.c.unit.is_not(None)
        )
        for person_id, unit in self._db.execute(held.order_by(memberships.c.id)):
            if unit not in units.setdefault(person_id, []):
                units[person_id].append(unit)
        return [
            Line(
                delivery_id=row.id,
                person_id=row.person_id,
                name=row.name,
                units=tuple(units.get(row.person_id, ())),
                state=DeliveryState(row.state),
                reason=row.reason,
                acknowledged_at=row.acknowledged_at,
            )
            for row in rows
        ]

    def tally(self, broadcast_id: int) -> Tally:
        rows = self._db.execute(
            select(deliveries.c.state, func.count(), func.count(deliveries.c.acknowledged_at))
            .where(deliveries.c.broadcast_id == broadcast_id)
            .group_by(deliveries.c.state)
        ).all()
        return Tally({DeliveryState(state): number for state, number, _ in rows}, sum(seen for *_, seen in rows))

    def cancel_unsent(self, broadcast_id: int, reason: str) -> int:
        change = (
            update(deliveries)
            .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.state == DUE)
            .values(state=CANCELLED, reason=reason, finished_at=self._now)
        )
        return self._db.execute(change).rowcount

    def resend_unsure(self, broadcast_id: int) -> int:
        change = (
            update(deliveries)
            .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.state == UNSURE)
            .values(state=DUE, reason="", not_before=None, finished_at=None, attempts=deliveries.c.attempts + 1)
        )
        return self._db.execute(change).rowcount

    def acknowledge(self, broadcast_id: int, person_id: int) -> bool:
        seen = deliveries.c.state == UNSURE  # the tap is the answer that was lost
        change = (
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == broadcast_id,
                deliveries.c.person_id == person_id,
                # Whoever presses the button has the message, whatever we had heard by then.
                deliveries.c.acknowledged_at.is_(None),
            )
            .values(acknowledged_at=self._now, state=case((seen, DELIVERED), else_=deliveries.c.state))
        )
        return self._db.execute(change).rowcount == 1

    def of_person(self, broadcast_id: int, person_id: int) -> Delivery | None:
        row = self._db.execute(
            select(deliveries).where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.person_id == person_id)
        ).first()
        return _delivery(row) if row else None

    def received(self, person_id: int, limit: int) -> list[tuple[int, datetime | None]]:
        found = (
            select(deliveries.c.broadcast_id, deliveries.c.acknowledged_at)
            .where(
                deliveries.c.person_id == person_id,
                deliveries.c.broadcast_id.is_not(None),
                deliveries.c.state.in_(REACHED),
            )
            .order_by(deliveries.c.id.desc())
            .limit(limit)
        )
        return [(row.broadcast_id, row.acknowledged_at) for row in self._db.execute(found)]

    def unsure(self, limit: int) -> list[tuple[Delivery, str]]:
        found = (
            select(deliveries, people.c.name)
            .join(people, people.c.id == deliveries.c.person_id)
            .where(deliveries.c.state == UNSURE, deliveries.c.broadcast_id.is_(None))
            .order_by(deliveries.c.id.desc())
            .limit(limit)
        )
        return [(_delivery(row), row.name) for row in self._db.execute(found)]

    def counts(self) -> dict[DeliveryState, int]:
        found = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        return {DeliveryState(state): number for state, number in self._db.execute(found)}


def _reminder(row: Any) -> Reminder | None:
    if row.kind != DeliveryKind.REMINDER.value:
        return None
    return Reminder(row.person_id, row.milestone, row.due_on, row.rung, units=())
