"""Runs the migrations on the connection that central.database.migrate hands over; there is no alembic.ini."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
