"""The tables of central.phones, in the metadata of central.schema. Comments give each column's rule.

No table here says who somebody is. A pass is 128 random bits, which its phone alone holds; its visits stand under the
pseudonym that ingest gave it.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, text

import central.alerts.schema  # what the foreign keys below point to
import central.places.schema
import central.rights.schema  # noqa: F401
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
    Column("ended_ms", NUMBER),  # its holder has ended it: a job revokes it, nothing is taken for it any more
    Column("reminder_hour", NUMBER),  # "still well?" once a day at this hour in Viet Nam; null: no reminder
    Column("reminded_day", NUMBER, nullable=False, server_default="0"),  # days since 1970 in Viet Nam
    CheckConstraint(text("length(id) = 16 AND (reminder_hour IS NULL OR reminder_hour BETWEEN 0 AND 23)")),
    sqlite_strict=True,
)
_UNNAMED = phone_pass.c.pseudonym.is_(None)
Index("phone_pass_unnamed", phone_pass.c.made_ms, sqlite_where=_UNNAMED, postgresql_where=_UNNAMED)
_REMINDED = phone_pass.c.reminder_hour.is_not(None)
Index(
    "phone_pass_reminder",
    phone_pass.c.reminder_hour,
    phone_pass.c.reminded_day,
    sqlite_where=_REMINDED,
    postgresql_where=_REMINDED,
)

# A check-in that a phone has told: told twice (its answer was lost, its queue was sent again) it is one.
phone_said = Table(
    "phone_said",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # central.phones.visits.key_of, 16 bytes
    Column("pass", LargeBinary, nullable=False),  # goes with its record, when that is destroyed
    Column("record", LargeBinary, nullable=False),  # wire.envelope.record_id, 16 bytes
    Column("at_ms", NUMBER, nullable=False),  # of the visit
    Column("answer", Text, nullable=False),  # JSON: the answer that the phone got
    Column("made_ms", NUMBER, nullable=False),
    CheckConstraint(text("length(key) = 16 AND length(record) = 16")),
    sqlite_strict=True,
)
Index("phone_said_pass", phone_said.c["pass"], phone_said.c.at_ms)
Index("phone_said_record", phone_said.c.record)

# "That visit with my card was mine": a receipt's code and the card's number, sealed for ingest, which alone can say.
phone_claim = Table(
    "phone_claim",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("pass", LargeBinary, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # central.phones.claims; empty once it was answered
    Column("state", Text, nullable=False),
    Column("stream", NUMBER),  # the record that was found; null else
    Column("seq", NUMBER),
    CheckConstraint(text("state IN ('waiting', 'found', 'none')")),
    CheckConstraint(text("(state = 'found') = (stream IS NOT NULL) AND (stream IS NULL) = (seq IS NULL)")),
    CheckConstraint(text("(state = 'waiting') = (length(sealed) > 0)")),
    sqlite_strict=True,
)
Index("phone_claim_pass", phone_claim.c["pass"], phone_claim.c.made_ms)
_WAITING = phone_claim.c.state == text("'waiting'")
Index("phone_claim_waiting", phone_claim.c.id, sqlite_where=_WAITING, postgresql_where=_WAITING)

# A request of the holder at the desk of data subjects' rights: so that the page can say what became of it.
phone_request = Table(
    "phone_request",
    metadata,
    Column("request", Text, ForeignKey("rights_request.id"), primary_key=True),
    Column("pass", LargeBinary, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    sqlite_strict=True,
)
Index("phone_request_pass", phone_request.c["pass"])

# An alert that the page has shown to the holder.
phone_told = Table(
    "phone_told",
    metadata,
    Column("entry", LargeBinary, primary_key=True),  # wire.exposures.entry_of
    Column("release", NUMBER, ForeignKey("release.id"), primary_key=True),
    Column("told_ms", NUMBER, nullable=False),
    CheckConstraint(text("length(entry) = 8")),
    sqlite_strict=True,
)

# Where a declaration made at home belongs, until the desk's queue takes it over: a minute (central.phones.homes).
phone_home = Table(
    "phone_home",
    metadata,
    Column("record", LargeBinary, primary_key=True),  # wire.envelope.record_id, 16 bytes
    Column("ward", Text, nullable=False),  # code of 2025; "" where the form named none
    Column("province", Text, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    CheckConstraint(text("length(record) = 16 AND province <> ''")),
    sqlite_strict=True,
)

# What a place wants done when it is full; no row: warn.
full_rule = Table(
    "full_rule",
    metadata,
    Column("place", NUMBER, ForeignKey("place.number"), primary_key=True),
    Column("rule", Text, nullable=False),  # warn: they come in and read it; ask: they are asked to wait at the door
    Column("changed_ms", NUMBER, nullable=False),
    CheckConstraint(text("rule IN ('warn', 'ask')")),
    sqlite_strict=True,
)
