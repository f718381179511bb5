"""Tags that were issued, cases whose keys are published, and what kiosks matched with them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHEN = "0 <= start_ms AND start_ms <= end_ms AND windows > 0"


def upgrade() -> None:
    """Make the tables of central/radio/schema.py; nothing that is here changes."""
    op.create_table(
        "issued_tag",
        sa.Column("pass_id", sa.LargeBinary(), nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("epoch_s", _NUMBER, nullable=False),
        sa.Column("companions", sa.Integer(), nullable=False),
        sa.Column("issued_ms", _NUMBER, nullable=False),
        sa.Column("ended_ms", _NUMBER),
        sa.Column("replaced_by", sa.LargeBinary()),
        sa.CheckConstraint("(key IS NULL) = (ended_ms IS NOT NULL)"),
        sa.CheckConstraint("key IS NULL OR length(key) = 16"),
        sa.CheckConstraint("exponent BETWEEN 0 AND 15 AND companions BETWEEN 0 AND 9"),
        sa.ForeignKeyConstraint(["pass_id"], ["issued_pass.id"]),
        sa.PrimaryKeyConstraint("pass_id"),
        sa.UniqueConstraint("number"),
        sqlite_strict=True,
    )
    op.create_index("issued_tag_venue", "issued_tag", ["venue", "number"])
    op.create_table(
        "ble_case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("said_ms", _NUMBER, nullable=False),
        sa.Column("generation", _NUMBER, nullable=False),
        sa.CheckConstraint("standing IN ('unknown', 'confirmed', 'suspected', 'ruled_out')"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    _matched(
        "encounter",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("identifier", sa.LargeBinary(), nullable=False),
        *_times(),
        sa.Column("buckets", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.CheckConstraint("confidence BETWEEN 0 AND 100"),
    )
    _matched(
        "contact_candidate",
        sa.Column("case_system", sa.Text(), nullable=False),
        sa.Column("case_identifier", sa.LargeBinary(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("identifier", sa.LargeBinary(), nullable=False),
        *_times(),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.CheckConstraint("bucket BETWEEN 0 AND 7"),
    )
    op.create_table(
        "case_conflict",
        sa.Column("stream", _NUMBER, nullable=False),
        sa.Column("seq", _NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["ble_case.id"]),
        sa.PrimaryKeyConstraint("stream", "seq", "digest"),
        sqlite_strict=True,
    )
    op.create_index("case_conflict_case", "case_conflict", ["case_id"])


def _times() -> list[sa.Column[int]]:
    return [sa.Column(name, _NUMBER, nullable=False) for name in ("start_ms", "end_ms", "windows")]


def _matched(name: str, *parts: sa.schema.SchemaItem) -> None:
    """A table of records that belong to a case."""
    op.create_table(
        name,
        sa.Column("stream", _NUMBER, nullable=False),
        sa.Column("seq", _NUMBER, nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        *parts,
        sa.CheckConstraint(_WHEN),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["ble_case.id"]),
        sa.PrimaryKeyConstraint("stream", "seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(f"{name}_case", name, ["case_id", "start_ms"])
