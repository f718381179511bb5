"""The tables of central/access."""

from central.migrations.making import make_tables

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables of central/access/schema.py; nothing that is here changes."""
    make_tables("access")
