"""Chain marks, one for each batch, become strands, one for each run of a chain that is here whole."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Marks tell no runs, so nothing can be taken over: what came before is vouched for when it is sent again."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "strand",
        sa.Column("stream", number, nullable=False),
        sa.Column("last_seq", number, nullable=False),
        sa.Column("h_after", sa.LargeBinary(), nullable=False),
        sa.Column("first_seq", number, nullable=False),
        sa.Column("h_before", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("0 < first_seq AND first_seq <= last_seq"),
        sa.CheckConstraint("length(h_before) = 32 AND length(h_after) = 32"),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"]),
        sa.PrimaryKeyConstraint("stream", "last_seq", "h_after"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.drop_table("chain_mark")
