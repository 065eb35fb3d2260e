"""what is kept of questions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "keeping_drafts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bloc_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("phrasing", sa.Text(), nullable=False),
        sa.Column("entry", sa.String(length=60), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bloc_id"], ["blocs.id"], name=op.f("fk_keeping_drafts_bloc_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_keeping_drafts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeping_drafts")),
        sa.UniqueConstraint("bloc_id", "person_id", "source", name=op.f("uq_keeping_drafts_bloc_id_person_id_source")),
    )
    op.create_table(
        "missed_questions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bloc_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("entry", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bloc_id"], ["blocs.id"], name=op.f("fk_missed_questions_bloc_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_questions")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("missed_questions", schema=None) as batch_op:
        batch_op.create_index("ix_missed_questions_key", ["bloc_id", "key"], unique=False)

    op.create_table(
        "question_counts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bloc_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("entry", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bloc_id"], ["blocs.id"], name=op.f("fk_question_counts_bloc_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_counts")),
        sa.UniqueConstraint("bloc_id", "day", "what", "entry", name=op.f("uq_question_counts_bloc_id_day_what_entry")),
    )
    op.create_table(
        "answer_votes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bloc_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.String(length=60), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["bloc_id"], ["blocs.id"], name=op.f("fk_answer_votes_bloc_id")),
        sa.ForeignKeyConstraint(
            ["missed_id"], ["missed_questions.id"], name=op.f("fk_answer_votes_missed_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_votes")),
        sa.UniqueConstraint("bloc_id", "voter", name=op.f("uq_answer_votes_bloc_id_voter")),
    )
    with op.batch_alter_table("answer_votes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_votes_missed_id"), ["missed_id"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM entries WHERE kind = 'phrasing'")  # a kind that the version before cannot read
    with op.batch_alter_table("answer_votes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_votes_missed_id"))

    op.drop_table("answer_votes")
    op.drop_table("question_counts")
    with op.batch_alter_table("missed_questions", schema=None) as batch_op:
        batch_op.drop_index("ix_missed_questions_key")

    op.drop_table("missed_questions")
    op.drop_table("keeping_drafts")
