"""The metadata that every feature's tables hang on, and the column types that keep values exact on both databases."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite has no such type and would hand back naive ones; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime must not reach the database")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Telegram ids pass 2^31, and SQLite only numbers rows by itself for a column that is exactly INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


def new_id() -> Column[Any]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


def bloc_column() -> Column[Any]:
    """Every row of a bloc belongs to a bloc-year."""
    return Column("bloc_id", BigId, ForeignKey("blocs.id"), nullable=False)


settings = Table(
    "settings", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False)
)

trail = Table(
    "trail",
    metadata,
    new_id(),
    Column("at", Moment, nullable=False),
    Column("what", String(48), nullable=False),
    Column("subject", String(120), nullable=False, index=True),
    Column("person_id", BigId, ForeignKey("people.id")),
    Column("old", JSON(none_as_null=True)),
    Column("new", JSON(none_as_null=True)),
)

files = Table(
    "files",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("stored_at", Moment, nullable=False),
)

discharges = Table(
    "discharges",
    metadata,
    new_id(),
    bloc_column(),
    Column("milestone", String(24), nullable=False),
    Column("unit", String(24), nullable=False),
    Column("at", Moment, nullable=False),
    Column("how", String(16), nullable=False),
    Column("receipt", String(48), nullable=False),
    Column("person_id", BigId, ForeignKey("people.id")),
    Column("reason", Text, nullable=False, default=""),
    Column("late_days", Integer, nullable=False, default=0),
    Column("withdrawn_at", Moment),
    UniqueConstraint("receipt"),
    Index(
        "ix_discharges_in_force",
        "bloc_id",
        "milestone",
        "unit",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
)
