"""The tables of central/vault."""

from central.migrations.making import make_tables

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables of central/vault/schema.py; nothing that is here changes."""
    make_tables("vault")
