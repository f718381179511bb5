"""The tables of central/places."""

from central.migrations.making import make_tables

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of central/places/schema.py; nothing that is here changes."""
    make_tables("places")
