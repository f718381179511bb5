"""The tables of central/authority."""

from central.migrations.making import make_tables

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables of central/authority/schema.py; nothing that is here changes."""
    make_tables("authority")
