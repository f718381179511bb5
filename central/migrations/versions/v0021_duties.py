"""How a check-in stood towards the orders that ran."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Visits that are here already did not say: null."""
    op.add_column("visit", sa.Column("declaration", sa.Integer(), nullable=True))
