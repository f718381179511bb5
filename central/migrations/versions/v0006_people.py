"""The tables of central/people."""

from central.migrations.making import make_tables

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables of central/people/schema.py; nothing that is here changes."""
    make_tables("people")
