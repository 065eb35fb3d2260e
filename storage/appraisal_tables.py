"""The tables of an appraisal: a row a form, a decided line, a request or objection, a reply; and of extensions."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Table, Text

from storage.assessment_tables import assessment_column, person_column
from storage.tables import BigId, Moment, bloc_column, metadata, new_id

appraisals = Table(
    "appraisals",
    metadata,
    assessment_column(),
    Column("version", Integer, nullable=False),
    Column("phase", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("opened_at", Integer, nullable=False),
    Column("announced_at", Moment),
    Column("final_at", Moment),
)

verdicts = Table(
    "appraisal_verdicts",
    metadata,
    assessment_column(),
    Column("item", String(60), primary_key=True),
    Column("points", String(24)),  # a decimal as text; NULL: as the unit scored it
    Column("reason", Text, nullable=False),
    person_column(),
    Column("at", Moment, nullable=False),
    Column("revision", Integer, nullable=False),
)

exchanges = Table(
    "appraisal_exchanges",
    metadata,
    assessment_column(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("item", String(60), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    person_column(),
    Column("at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", BigId, ForeignKey("people.id")),
    Column("decision", Text, nullable=False),
)

replies = Table(
    "appraisal_replies",
    metadata,
    Column("assessment_id", BigId, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("exchange", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", String(64), ForeignKey("files.digest")),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("telegram_file_id", Text, nullable=False),
    Column("sent_as", String(16), nullable=False),
    person_column(),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["assessment_id", "exchange"], ["appraisal_exchanges.assessment_id", "appraisal_exchanges.number"]
    ),
)

peer_reviews = Table(
    "peer_reviews",
    metadata,
    assessment_column(),
    Column("unit", String(24), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("opened_at", Integer, nullable=False),
    Column("handed_at", Moment),
)

opinions = Table(
    "peer_opinions",
    metadata,
    Column("assessment_id", BigId, primary_key=True),
    Column("unit", String(24), primary_key=True),
    Column("item", String(60), primary_key=True),
    Column("stance", String(16), nullable=False),
    Column("points", String(24)),
    Column("text", Text, nullable=False),
    person_column(),
    Column("at", Moment, nullable=False),
    Column("revision", Integer, nullable=False),
    ForeignKeyConstraint(["assessment_id", "unit"], ["peer_reviews.assessment_id", "peer_reviews.unit"]),
)

extensions = Table(
    "extensions",
    metadata,
    new_id(),
    bloc_column(),
    Column("milestone", String(24), nullable=False),
    Column("unit", String(24), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    person_column(),
    Column("at", Moment, nullable=False),
    Index("ix_extensions_milestone", "bloc_id", "milestone"),
)
