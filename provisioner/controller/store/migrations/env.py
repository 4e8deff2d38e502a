"""What Alembic runs: the versions, on the connection that `store.migrate` holds."""

from __future__ import annotations

from alembic import context

from provisioner.controller.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the connection is in a transaction already
)
context.run_migrations()
