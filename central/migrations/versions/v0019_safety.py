"""The tables of central/safety."""

from central.migrations.making import make_tables

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the tables of central/safety/schema.py; nothing that is here changes."""
    make_tables("safety")
