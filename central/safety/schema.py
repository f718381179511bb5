"""The tables of central.safety, in the metadata of central.schema. Comments give each column's rule.

A place's state is never overwritten: each change is an event with its reasons, and `facility_now` is the last of them.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, text

from central.columns import NUMBER
from central.schema import metadata

_STATES = "state IN ('safe', 'at_risk', 'unsafe', 'not_assessed')"

facility_event = Table(
    "facility_event",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("at_ms", NUMBER, nullable=False),
    Column("state", Text, nullable=False),
    Column("cause", Text, nullable=False),  # central.safety.states.Cause
    Column("about", Text, nullable=False),  # number of the self-check, inspection or report; "" for none
    Column("reasons", Text, nullable=False),  # JSON list of keys of words, for everybody to read
    Column("until_ms", NUMBER),  # not assessed from then on, unless something new is known; null: no end
    CheckConstraint(text(_STATES)),
    CheckConstraint(text("until_ms IS NULL OR until_ms > at_ms")),
    sqlite_strict=True,
)
Index("facility_event_place", facility_event.c.place, facility_event.c.at_ms)

facility_now = Table(
    "facility_now",
    metadata,
    Column("place", NUMBER, ForeignKey("place.number"), primary_key=True),
    Column("event", NUMBER, ForeignKey("facility_event.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("since_ms", NUMBER, nullable=False),  # when it came into this state
    Column("until_ms", NUMBER),
    Column("change", NUMBER, nullable=False, unique=True),  # rises with each change of any place: what is new since
    CheckConstraint(text(_STATES)),
    sqlite_strict=True,
)
Index("facility_now_until", facility_now.c.until_ms)
