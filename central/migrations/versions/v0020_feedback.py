"""The tables of central/feedback."""

from central.migrations.making import make_tables

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the tables of central/feedback/schema.py; nothing that is here changes."""
    make_tables("feedback")
