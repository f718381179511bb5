"""The tables of stays, in the metadata of central.schema. Comments give each column's rule."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, SmallInteger, Table, text

from central.columns import NUMBER
from central.schema import metadata

_SMALL = SmallInteger().with_variant(Integer, "sqlite")  # STRICT tables know INTEGER alone

# A check-in with the check-out that ends it: derived from `visit`, and made anew whenever that changes. By the million,
# so that numbers are as narrow as they may be.
stay = Table(
    "stay",
    metadata,
    Column("person", Integer, primary_key=True, autoincrement=False),  # person.id
    Column("in_ms", NUMBER, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),  # place.number
    Column("out_ms", NUMBER, nullable=False),  # the check-out, or what a named rule puts for it
    Column("size", _SMALL, nullable=False),  # central.tracing.model.size_of(out_ms - in_ms): how far back to look
    Column("assumed", _SMALL, nullable=False),  # 0: both were seen; 1: the check-out is assumed; 2: the check-in is
    CheckConstraint(text("in_ms <= out_ms AND size BETWEEN 0 AND 5 AND assumed BETWEEN 0 AND 2")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index("stay_place", stay.c.place, stay.c.size, stay.c.in_ms, stay.c.out_ms, stay.c.person, stay.c.assumed)

# Runs of visits that came or whose stamps moved, and whose stays are not made yet; the job `stays` empties it.
visit_due = Table(
    "visit_due",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("stream", NUMBER, nullable=False),
    Column("first_seq", NUMBER, nullable=False),
    Column("last_seq", NUMBER, nullable=False),
    CheckConstraint(text("first_seq <= last_seq")),
    sqlite_strict=True,
)
