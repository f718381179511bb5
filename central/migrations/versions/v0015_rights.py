"""The tables of central/rights."""

from central.migrations.making import make_tables

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables of central/rights/schema.py; nothing that is here changes."""
    make_tables("rights")
