"""The tables of central/visitor."""

from central.migrations.making import make_tables

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables of central/visitor/schema.py; nothing that is here changes."""
    make_tables("visitor")
