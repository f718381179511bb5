"""The tables of central.venues, in the metadata of central.schema. Comments give each column's rule.

- A manager's phone stands here sealed for the sender alone; to find the same number again its keyed tag is enough.
- Of a roster the labels stay (a staff number, a seat), never a name: names are printed on cards and forgotten.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, text

from central.columns import NUMBER
from central.schema import metadata

# What somebody asks the ward to put on the map.
registration = Table(
    "registration",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),  # SHA-256 of the link's secret, 128 random bits
    Column("state", Text, nullable=False),  # asked: the phone is not proven; then the ward's
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # central.places.kinds
    Column("province", Text, nullable=False),
    Column("ward", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("lat_e6", NUMBER),
    Column("lon_e6", NUMBER),
    Column("capacity", NUMBER, nullable=False),  # people at once
    Column("opens_min", NUMBER),
    Column("closes_min", NUMBER),
    Column("language", Text, nullable=False),  # of the letters to the manager
    Column("phone", LargeBinary, nullable=False),  # sealed for the sender; empty once it is not needed
    Column("phone_tag", LargeBinary, nullable=False),  # HMAC-SHA256[:16] under tags.key: the same number again
    Column("code", LargeBinary),  # SHA-256 of link and code; null: none runs
    Column("code_ends_ms", NUMBER, nullable=False),
    Column("tries", NUMBER, nullable=False),  # wrong codes since the last one was made
    Column("codes", NUMBER, nullable=False),  # made so far
    Column("proven", Text, nullable=False),  # how: sms, or ward where the ward read the code out; "" not yet
    Column("made_ms", NUMBER, nullable=False),
    Column("changed_ms", NUMBER, nullable=False),
    Column("decided_by", Text, nullable=False),  # login of the ward's officer; "" while nobody has
    Column("reason", Text, nullable=False),  # why it was refused: central.venues.confirming.REASONS
    Column("place", NUMBER, ForeignKey("place.number")),
    CheckConstraint(text("state IN ('asked', 'waiting', 'confirmed', 'refused', 'closed')")),
    CheckConstraint(text("proven IN ('', 'sms', 'ward')")),
    CheckConstraint(text("(place IS NOT NULL) = (state IN ('confirmed', 'closed'))")),
    CheckConstraint(text("capacity > 0 AND length(phone_tag) = 16")),
    sqlite_strict=True,
)
Index("registration_ward", registration.c.state, registration.c.province, registration.c.ward)
Index("registration_tag", registration.c.phone_tag)
Index("registration_place", registration.c.place)

# What the desk knows of a place beside the place itself.
venue_file = Table(
    "venue_file",
    metadata,
    Column("place", NUMBER, ForeignKey("place.number"), primary_key=True),
    Column("office", Text, nullable=False),  # the area whose office brought it in by a list; "" for the others
    Column("own_id", Text, nullable=False),  # its number in that office's list
    Column("closes_ms", NUMBER),  # its manager has said so: from then on it is closed
    Column("closed_by", Text, nullable=False),
    sqlite_strict=True,
)
Index(
    "venue_file_own",
    venue_file.c.office,
    venue_file.c.own_id,
    unique=True,
    sqlite_where=text("office <> ''"),
    postgresql_where=text("office <> ''"),
)
Index("venue_file_closes", venue_file.c.closes_ms)

# A door's poster. What is printed is made from this row again, so that a reprint is the same code.
poster = Table(
    "poster",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("gate", Text, nullable=False),  # the door's name, "" for a place with one
    Column("name", Text, nullable=False),  # of the place, as it is printed
    Column("language", Text, nullable=False),  # the third one on it; "" for none
    Column("expires_s", NUMBER, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("revoked_ms", NUMBER),
    sqlite_strict=True,
)
_HANGS = poster.c.revoked_ms.is_(None)
Index("poster_hangs", poster.c.place, poster.c.gate, unique=True, sqlite_where=_HANGS, postgresql_where=_HANGS)

roster = Table(
    "roster",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("name", Text, nullable=False),  # of the shift, the class, the tour: never of a person
    Column("kind", Text, nullable=False),
    Column("shows", NUMBER, nullable=False),  # 1: its labels are of nobody, so that who is in may be shown by them
    Column("made_ms", NUMBER, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("closed_ms", NUMBER),
    CheckConstraint(text("kind IN ('shift', 'class', 'tour', 'bus', 'other') AND shows IN (0, 1)")),
    sqlite_strict=True,
)
Index("roster_place", roster.c.place)

roster_pass = Table(
    "roster_pass",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("roster", NUMBER, ForeignKey("roster.id"), nullable=False),
    Column("label", Text, nullable=False),  # staff number or seat
    Column("pass_id", LargeBinary, ForeignKey("issued_pass.id"), nullable=False, unique=True),
    Column("shift", Text, nullable=False),  # 06:00-14:00; "" for none. Signed into the card: gates hold it to its hours
    Column("expires_s", NUMBER, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("revoked_ms", NUMBER),
    sqlite_strict=True,
)
_HELD = roster_pass.c.revoked_ms.is_(None)
Index(
    "roster_pass_held",
    roster_pass.c.roster,
    roster_pass.c.label,
    unique=True,
    sqlite_where=_HELD,
    postgresql_where=_HELD,
)

# A place goes to another manager: whoever gives it makes a code, whoever takes it signs in and types it.
handing_over = Table(
    "handing_over",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),  # SHA-256 of the code: 80 random bits
    Column("given_by", Text, ForeignKey("account.login"), nullable=False),
    Column("taken_by", Text, ForeignKey("account.login")),
    Column("made_ms", NUMBER, nullable=False),
    Column("ends_ms", NUMBER, nullable=False),  # 3 days
    Column("state", Text, nullable=False),
    CheckConstraint(text("state IN ('open', 'taken', 'withdrawn')")),
    CheckConstraint(text("taken_by IS NULL OR taken_by <> given_by")),
    sqlite_strict=True,
)
Index("handing_over_place", handing_over.c.place)

# What a manager wants to be said otherwise, and the ward has to confirm: name, kind, ward.
place_change = Table(
    "place_change",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("wanted", Text, nullable=False),  # JSON {field: new value}
    Column("asked_by", Text, nullable=False),
    Column("asked_ms", NUMBER, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_ms", NUMBER),
    CheckConstraint(text("state IN ('waiting', 'confirmed', 'refused', 'replaced')")),
    CheckConstraint(text("decided_by = '' OR decided_by <> asked_by")),
    sqlite_strict=True,
)
Index("place_change_state", place_change.c.state, place_change.c.place)

# A list of places that an office has handed in and looked at, but not put on the map yet. Places, nobody's data.
place_list = Table(
    "place_list",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("office", Text, nullable=False),  # area of the office
    Column("made_by", Text, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("rows", Text, nullable=False),  # JSON, as central.venues.importing reads them
    Column("done_ms", NUMBER),
    UniqueConstraint("office", "made_by", "made_ms"),
    sqlite_strict=True,
)
