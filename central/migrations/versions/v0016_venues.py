"""The tables of central/venues."""

from central.migrations.making import make_tables

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables of central/venues/schema.py; nothing that is here changes."""
    make_tables("venues")
