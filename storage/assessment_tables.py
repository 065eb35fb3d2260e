"""The tables of an assessment: one row a fact, a document, a message or entry of a section, a submitted version."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from bot.domain.bloc import Content
from storage.tables import BigId, Moment, bloc_column, metadata, new_id


def assessment_column() -> Column[Any]:
    return Column("assessment_id", BigId, ForeignKey("assessments.id"), primary_key=True)


def person_column() -> Column[Any]:
    return Column("person_id", BigId, ForeignKey("people.id"), nullable=False)


assessments = Table(
    "assessments",
    metadata,
    new_id(),
    bloc_column(),
    Column("unit", String(24), nullable=False),
    Column("period", String(16), nullable=False),
    Column("bloc_revision", Integer, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("opened_at", Integer, nullable=False),
    Column("versions", Integer, nullable=False),
    Column("proposed_by", BigId, ForeignKey("people.id")),
    Column("proposed_at", Moment),
    Column("returned_because", Text, nullable=False),
    Column("returned_by_secretary", Boolean, nullable=False, server_default=false()),
    Column("renewed_from", Integer),
    person_column(),
    Column("started_at", Moment, nullable=False),
    UniqueConstraint("bloc_id", "unit", "period"),
)

answers = Table(
    "assessment_answers",
    metadata,
    assessment_column(),
    Column("item", String(60), primary_key=True),
    Column("part", String(8), primary_key=True),
    Column("fact", String(64), nullable=False),
    Column("item_version", Integer, nullable=False),
    person_column(),
    Column("at", Moment, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("mark", String(12), nullable=False, server_default=""),
    Column("again", Boolean, nullable=False, server_default=false()),
)

evidence = Table(
    "assessment_evidence",
    metadata,
    assessment_column(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("item", String(60), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("digest", String(64), ForeignKey("files.digest")),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("telegram_file_id", Text, nullable=False),
    Column("sent_as", String(12), nullable=False),
    person_column(),
    Column("at", Moment, nullable=False),
    Index("ix_assessment_evidence_digest", "digest"),
)

explanations = Table(
    "assessment_explanations",
    metadata,
    assessment_column(),
    Column("item", String(60), primary_key=True),
    Column("text", Text, nullable=False),
    person_column(),
    Column("at", Moment, nullable=False),
    Column("revision", Integer, nullable=False),
)

pieces = Table(
    "assessment_pieces",
    metadata,
    assessment_column(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("section", String(60), nullable=False),
    Column("text", Text, nullable=False),
    person_column(),
    Column("at", Moment, nullable=False),
    Column("kind", String(12), nullable=False, server_default=Content.TEXT.value),
    Column("addressee", String(200), nullable=False, server_default=""),
    Column("revision", Integer, nullable=False, server_default="0"),
)

versions = Table(
    "assessment_versions",
    metadata,
    assessment_column(),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("code", String(48), nullable=False, unique=True),
    Column("at", Moment, nullable=False),
    person_column(),
    Column("total", String(24), nullable=False),  # a decimal as text: exact on both databases
    Column("digest", String(64), nullable=False),
    Column("late_days", Integer, nullable=False),
    Column("penalty", String(24), nullable=False),
    Column("snapshot", JSON, nullable=False),
    Column("withdrawn_at", Moment),
)

warned = Table(
    "warned_people",
    metadata,
    Column("person_id", BigId, ForeignKey("people.id"), primary_key=True),
    Column("at", Moment, nullable=False),
)
