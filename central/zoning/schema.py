"""The tables of zones, in the metadata of central.schema. Comments give each column's rule.

- A zone is a proposal and never changes; what became of it are its events, which are only ever added.
- No person is in them: cases and contacts stand there as numbers.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Table, Text, UniqueConstraint
from sqlalchemy import text as sql

from central.columns import NUMBER
from central.schema import metadata

zone = Table(
    "zone",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("area", Text, nullable=False),  # venue-, ward- or province- and its id, as the scope of a bulletin
    Column("ward", Text, nullable=False),  # of a venue or a ward; else ""
    Column("province", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("from_ms", NUMBER, nullable=False),
    Column("to_ms", NUMBER, nullable=False),  # it is over then by itself
    Column("rule", Text, nullable=False),  # file and version of the rules that gave the level
    Column("reasons", Text, nullable=False),  # JSON of central.zoning.proposing.Grounds
    Column("words", Text, nullable=False),  # of the officer who proposed it; the number of an order, say
    Column("replaces", NUMBER, ForeignKey("zone.id")),  # the zone of the same area that ends when this one is decided
    Column("proposed_by", Text, nullable=False),  # a login, or job:zones
    Column("proposed_ms", NUMBER, nullable=False),
    UniqueConstraint("id", "proposed_by"),
    CheckConstraint(sql("level IN ('green', 'yellow', 'orange', 'red')")),
    CheckConstraint(sql("from_ms < to_ms")),
    sqlite_strict=True,
)
Index("zone_time", zone.c.to_ms, zone.c.from_ms)
Index("zone_area", zone.c.area)

zone_event = Table(
    "zone_event",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("zone", NUMBER, nullable=False),
    Column("proposed_by", Text, nullable=False),  # of the zone, so that the two persons can be told apart here
    Column("at_ms", NUMBER, nullable=False),
    Column("what", Text, nullable=False),  # central.zoning.life.STEPS
    Column("actor", Text, nullable=False),
    Column("words", Text, nullable=False),  # why; never about a person
    ForeignKeyConstraint(["zone", "proposed_by"], ["zone.id", "zone.proposed_by"]),
    CheckConstraint(sql("what IN ('decided', 'refused', 'withdrawn', 'ended', 'undone', 'restored')")),
    CheckConstraint(sql("what <> 'decided' OR actor <> proposed_by")),
    sqlite_strict=True,
)
Index("zone_event_zone", zone_event.c.zone, zone_event.c.at_ms)
_DECIDED = zone_event.c.what == "decided"
Index("zone_decided_once", zone_event.c.zone, unique=True, sqlite_where=_DECIDED, postgresql_where=_DECIDED)

# Cases by ward, as the job last counted them: for the picture, which must not count them for every reader.
ward_case = Table(
    "ward_case",
    metadata,
    Column("province", Text, primary_key=True),
    Column("ward", Text, primary_key=True),
    Column("cases", NUMBER, nullable=False),  # that stayed in the ward, or live there, within the rule's longest window
    Column("counted_ms", NUMBER, nullable=False),
    CheckConstraint(sql("cases > 0")),
    sqlite_strict=True,
)

# How many people live somewhere, for figures per 100,000. Where nobody has said, such figures are not used.
area_people = Table(
    "area_people",
    metadata,
    Column("area", Text, primary_key=True),
    Column("people", NUMBER, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint(sql("people > 0")),
    sqlite_strict=True,
)
