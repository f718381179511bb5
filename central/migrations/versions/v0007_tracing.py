"""The tables of central/tracing."""

from central.migrations.making import make_tables

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables of central/tracing/schema.py; nothing that is here changes."""
    make_tables("tracing")
