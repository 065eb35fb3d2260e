"""People, memberships and invites."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    text,
    update,
)

from bot.domain.bloc import Bloc
from bot.domain.people import Invite, Member, Membership, Person, Role
from storage.tables import BigId, Moment, bloc_column, metadata, new_id

people = Table(
    "people",
    metadata,
    new_id(),
    Column("telegram_id", BigId, nullable=False),
    Column("name", String(200), nullable=False),
    Column("language", String(8), nullable=False),
    Column("quiet", JSON, nullable=False),
    Column("joined_at", Moment, nullable=False),
    Column("blocked_at", Moment),
    UniqueConstraint("telegram_id"),
)

invites = Table(
    "invites",
    metadata,
    new_id(),
    bloc_column(),
    Column("digest", String(64), nullable=False),
    Column("unit", String(24)),
    Column("role", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", BigId, ForeignKey("people.id")),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("used_by", BigId, ForeignKey("people.id")),
    UniqueConstraint("digest"),
)

memberships = Table(
    "memberships",
    metadata,
    new_id(),
    bloc_column(),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False, index=True),
    Column("unit", String(24), nullable=False),  # empty for a secretary: NULLs would not be unique
    Column("role", String(16), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Column("invite_id", BigId, ForeignKey("invites.id")),
    Index(
        "ix_memberships_in_force",
        "person_id",
        "unit",
        "role",
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
)


def _person(row: Any) -> Person:
    return Person(row.id, row.telegram_id, row.name, row.language, frozenset(row.quiet))


def _membership(row: Any) -> Membership:
    return Membership(row.membership_id, row.id, row.unit or None, Role(row.role), row.since, row.until)


class SqlPeople:
    """Memberships run until they are ended, over the turn of the year too; `bloc_id` tells in which year they began.

    A unit that the bloc-year in force no longer has gives no rights.
    """

    def __init__(self, connection: Connection, now: datetime, bloc: Bloc) -> None:
        self._db, self._now, self._bloc_id = connection, now, bloc.id
        self._units = {*(unit.code for unit in bloc.units), ""}

    @staticmethod
    @cache
    def _in_force() -> Any:
        return (
            select(
                people,
                memberships.c.id.label("membership_id"),
                memberships.c.unit,
                memberships.c.role,
                memberships.c.since,
                memberships.c.until,
            )
            .join(memberships, memberships.c.person_id == people.c.id)
            .where(memberships.c.until.is_(None))
            .order_by(people.c.name, people.c.id, memberships.c.id)
        )

    @staticmethod
    @cache
    def _by_telegram() -> Any:
        return SqlPeople._in_force().where(people.c.telegram_id == bindparam("telegram_id"))

    def _gather(self, rows: Any) -> list[Member]:
        held: dict[int, tuple[Person, list[Membership]]] = {}
        for row in rows:
            if row.unit not in self._units:
                continue
            held.setdefault(row.id, (_person(row), []))[1].append(_membership(row))
        return [Member(person, tuple(found)) for person, found in held.values()]

    def member(self, telegram_id: int) -> Member | None:
        found = self._gather(self._db.execute(self._by_telegram(), {"telegram_id": telegram_id}))
        return found[0] if found else None

    def person(self, person_id: int) -> Person | None:
        row = self._db.execute(select(people).where(people.c.id == person_id)).first()
        return _person(row) if row else None

    def by_telegram(self, telegram_id: int) -> Person | None:
        row = self._db.execute(select(people).where(people.c.telegram_id == telegram_id)).first()
        return _person(row) if row else None

    def add(self, telegram_id: int, name: str, language: str) -> Person:
        row = self._db.execute(
            insert(people)
            .values(telegram_id=telegram_id, name=name[:200], language=language, quiet=[], joined_at=self._now)
            .returning(people)
        ).one()
        return _person(row)

    def rename(self, person_id: int, name: str) -> None:
        self._set(person_id, name=name[:200])

    def set_language(self, person_id: int, language: str) -> None:
        self._set(person_id, language=language)

    def set_quiet(self, person_id: int, rungs: Collection[str]) -> None:
        self._set(person_id, quiet=sorted(rungs))

    def set_blocked(self, person_id: int, blocked: bool) -> None:
        self._set(person_id, blocked_at=self._now if blocked else None)

    def _set(self, person_id: int, **values: object) -> None:
        self._db.execute(update(people).where(people.c.id == person_id).values(**values))

    def blocked(self) -> frozenset[int]:
        return frozenset(self._db.execute(select(people.c.id).where(people.c.blocked_at.is_not(None))).scalars())

    def members(self, *, unit: str | None = None, roles: Collection[Role] | None = None) -> list[Member]:
        query = self._in_force()
        if unit is not None:
            query = query.where(memberships.c.unit == unit)
        if roles is not None:
            query = query.where(memberships.c.role.in_([role.value for role in roles]))
        return self._gather(self._db.execute(query))

    def join(self, person_id: int, unit: str | None, role: Role, invite_id: int | None) -> Membership:
        held = select(memberships).where(
            memberships.c.person_id == person_id,
            memberships.c.unit == (unit or ""),
            memberships.c.role == role.value,
            memberships.c.until.is_(None),
        )
        row = self._db.execute(held).first()
        if row is None:
            self._db.execute(
                insert(memberships).values(
                    bloc_id=self._bloc_id,
                    person_id=person_id,
                    unit=unit or "",
                    role=role.value,
                    since=self._now,
                    invite_id=invite_id,
                )
            )
            row = self._db.execute(held).one()
        return Membership(row.id, row.person_id, row.unit or None, Role(row.role), row.since, row.until)

    def leave(self, membership_id: int) -> bool:
        done = self._db.execute(
            update(memberships)
            .where(memberships.c.id == membership_id, memberships.c.until.is_(None))
            .values(until=self._now)
        )
        return done.rowcount == 1

    def create_invite(
        self, digest: str, unit: str | None, role: Role, expires_at: datetime, made_by: int | None
    ) -> int:
        return int(
            self._db.execute(
                insert(invites)
                .values(
                    bloc_id=self._bloc_id,
                    digest=digest,
                    unit=unit,
                    role=role.value,
                    made_at=self._now,
                    made_by=made_by,
                    expires_at=expires_at,
                )
                .returning(invites.c.id)
            ).scalar_one()
        )

    def invite(self, digest: str) -> Invite | None:
        row = self._db.execute(select(invites).where(invites.c.digest == digest)).first()
        if row is None:
            return None
        return Invite(row.id, row.unit, Role(row.role), row.expires_at, row.used_at, row.used_by)

    def use_invite(self, invite_id: int, person_id: int) -> bool:
        done = self._db.execute(
            update(invites)
            .where(invites.c.id == invite_id, invites.c.used_at.is_(None))
            .values(used_at=self._now, used_by=person_id)
        )
        return done.rowcount == 1
