"""The hours of a day are counted from the index alone."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """The direction stands in the index of venues and times, too; a venue's devices are found without a sort."""
    op.drop_index("visit_venue_at", "visit")
    op.create_index("visit_venue_at", "visit", ["venue", "at_ms", "direction"])
    op.create_index("device_venue", "device", ["venue", "id"])
