"""The tables of central/desks."""

from central.migrations.making import make_tables

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables of central/desks/schema.py; nothing that is here changes."""
    make_tables("desks")
