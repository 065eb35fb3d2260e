"""marks on answers, and forms that go on under changed criteria."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("assessment_answers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mark", sa.String(length=12), server_default="", nullable=False))
        batch_op.add_column(sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("renewed_from", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.execute(
        "DELETE FROM assessment_answers WHERE fact IN ('x', 'w') OR again"
    )  # what the version before cannot read
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_column("renewed_from")

    with op.batch_alter_table("assessment_answers", schema=None) as batch_op:
        batch_op.drop_column("again")
        batch_op.drop_column("mark")
