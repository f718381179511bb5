"""The tables of central.phones, in the metadata of central.schema. Comments give each column's rule."""

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Table, text

from central.columns import NUMBER
from central.schema import metadata

# Signed batches of the public pages on their way to ingest, which takes them as it takes a kiosk's.
handed_in = Table(
    "handed_in",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("message", LargeBinary, nullable=False),  # as wire.batch encodes it; goes with the commit that took it
    Column("made_ms", NUMBER, nullable=False),
    sqlite_strict=True,
)

# A pass that a phone holds: by which pseudonym its visits stand here. Ingest, which has the pepper, fills it in.
phone_pass = Table(
    "phone_pass",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # the pass id, 16 random bytes
    Column("made_ms", NUMBER, nullable=False),
    Column("ends_ms", NUMBER, nullable=False),  # with the pass
    Column("pseudonym", LargeBinary),  # of central.opening.Pseudonyms; null for the blink until ingest has seen it
    CheckConstraint(text("length(id) = 16")),
    sqlite_strict=True,
)
_UNNAMED = phone_pass.c.pseudonym.is_(None)
Index("phone_pass_unnamed", phone_pass.c.made_ms, sqlite_where=_UNNAMED, postgresql_where=_UNNAMED)
