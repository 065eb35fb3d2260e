"""Alembic's entry: the connection comes from storage/migrate.py, which also opens and ends the transaction."""

from alembic import context

from storage.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the transaction around all of it is the caller's
    compare_type=True,
)
context.run_migrations()
