"""entries of a report: proposals with their addressee, exemplary cases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("assessment_pieces", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), server_default="van_ban", nullable=False))
        batch_op.add_column(sa.Column("addressee", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    # The version before has running text alone: an entry becomes a paragraph of it that still says where it goes.
    op.execute("UPDATE assessment_pieces SET text = text || ' → ' || addressee WHERE addressee <> ''")
    with op.batch_alter_table("assessment_pieces", schema=None) as batch_op:
        batch_op.drop_column("revision")
        batch_op.drop_column("addressee")
        batch_op.drop_column("kind")
