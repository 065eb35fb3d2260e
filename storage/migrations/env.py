"""Alembic's entry: the connection comes from storage/migrate.py, which also opens and ends the transaction."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.schema import metadata
from storage.tables import Moment


def _as_written(kind: str, value: Any, autogen: AutogenContext) -> str | Literal[False]:
    """A migration names what the database holds, not a class of ours that may change."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(value, Moment) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_as_written,
    transactional_ddl=False,  # the transaction around all of it is the caller's
    compare_type=True,
)
context.run_migrations()
