"""The tables of stays, in the metadata of central.schema. Comments give each column's rule."""

from sqlalchemy import CheckConstraint, Column, Index, Table, text

from central.columns import NUMBER
from central.schema import metadata

# A check-in with the check-out that ends it: derived from `visit`, and made anew whenever that changes.
stay = Table(
    "stay",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, nullable=False),  # place.number
    Column("person", NUMBER, nullable=False),  # person.id
    Column("in_ms", NUMBER, nullable=False),
    Column("out_ms", NUMBER),  # null: no check-out was seen; a named rule says how long it may have been
    CheckConstraint(text("out_ms IS NULL OR in_ms <= out_ms")),
    sqlite_strict=True,
)
Index("stay_place_in", stay.c.place, stay.c.in_ms)
Index("stay_person_in", stay.c.person, stay.c.in_ms)
