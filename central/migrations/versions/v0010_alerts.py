"""The tables of central/alerts."""

from central.migrations.making import make_tables

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables of central/alerts/schema.py; nothing that is here changes."""
    make_tables("alerts")
