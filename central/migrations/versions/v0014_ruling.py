"""The tables of central/ruling."""

from central.migrations.making import make_tables

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables of central/ruling/schema.py; nothing that is here changes."""
    make_tables("ruling")
