"""The tables of central/zoning."""

from central.migrations.making import make_tables

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables of central/zoning/schema.py; nothing that is here changes."""
    make_tables("zoning")
