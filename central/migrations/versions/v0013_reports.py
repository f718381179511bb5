"""The tables of central/reports."""

from central.migrations.making import make_tables

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables of central/reports/schema.py; nothing that is here changes."""
    make_tables("reports")
