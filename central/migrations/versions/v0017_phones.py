"""The tables of central/phones."""

from central.migrations.making import make_tables

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables of central/phones/schema.py; nothing that is here changes."""
    make_tables("phones")
