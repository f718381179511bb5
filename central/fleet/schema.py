"""The tables of central.fleet, in the metadata of central.schema. Comments give each column's rule.

Nobody who visits is in them: machines, the places where they stand, and the logins of who keeps them.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, text

from central.columns import NUMBER
from central.schema import metadata

# What a kiosk last said of itself, one row each, overwritten (central.fleet.said has the units). Null: it did not say.
kiosk_now = Table(
    "kiosk_now",
    metadata,
    Column("device", Text, ForeignKey("device.id"), primary_key=True),
    Column("said_ms", NUMBER, nullable=False),  # when it last spoke for itself; its last will is not its word
    Column("away_ms", NUMBER),  # since when it is away; null: it is there
    Column("bye", NUMBER, nullable=False),  # 1: it said goodbye before it went
    Column("cut_ms", NUMBER),  # when it last came back with a higher boot counter and had not said goodbye
    Column("backlog", NUMBER),  # records that it still has to send
    Column("oldest_ms", NUMBER),  # when the oldest of them was made
    Column("version", Text),
    Column("model", Text),
    Column("slot", Text),
    Column("update_version", Text),  # of the newest attempt to update
    Column("update_outcome", Text),
    Column("update_why", Text),
    Column("boots", NUMBER),
    Column("box", Text),  # whether its card was in this box before: same, new, moved, copied
    Column("up_s", NUMBER),
    Column("disk_free_mb", NUMBER),
    Column("disk_wear_pct", NUMBER),
    Column("disk_errors", NUMBER),
    Column("temp_c", NUMBER),
    Column("volts_low", NUMBER),
    Column("volts_low_seen", NUMBER),
    Column("clock", Text),
    Column("settings_version", NUMBER),
    Column("fails", Text, nullable=False),  # codes of its self-test, with a blank between them
    Column("warns", Text, nullable=False),
    Column("alarms", Text, nullable=False),
    CheckConstraint(text("bye IN (0, 1)")),
    sqlite_strict=True,
)

# What changed at a kiosk, the newest 200 of each.
kiosk_moment = Table(
    "kiosk_moment",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("device", Text, ForeignKey("device.id"), nullable=False),
    Column("at_ms", NUMBER, nullable=False),
    Column("what", Text, nullable=False),  # central.fleet.said.moments
    Column("detail", Text, nullable=False),  # a version, codes; never about a person
    sqlite_strict=True,
)
Index("kiosk_moment_device", kiosk_moment.c.device, kiosk_moment.c.id)

kiosk_group = Table(
    "kiosk_group",
    metadata,
    Column("name", Text, primary_key=True),
    Column("device", Text, ForeignKey("device.id"), primary_key=True),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

# Hours in which a kiosk may be away and nobody is told: a market at night.
quiet_hours = Table(
    "quiet_hours",
    metadata,
    Column("scope", Text, primary_key=True),  # as of a bulletin: all, province-79, ward-.., venue-.., device-..
    Column("from_min", NUMBER, nullable=False),  # minutes after midnight in Viet Nam
    Column("to_min", NUMBER, nullable=False),  # may be before from_min: over midnight
    Column("set_by", Text, nullable=False),
    Column("set_ms", NUMBER, nullable=False),
    CheckConstraint(text("from_min BETWEEN 0 AND 1439 AND to_min BETWEEN 0 AND 1439 AND from_min <> to_min")),
    sqlite_strict=True,
)

# Who has taken an alarm upon themselves. It is open again when it comes once more after that.
alarm_seen = Table(
    "alarm_seen",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("device", Text, primary_key=True),
    Column("seen_ms", NUMBER, nullable=False),
    Column("seen_by", Text, nullable=False),  # a login
    Column("words", Text, nullable=False),  # what is being done
    sqlite_strict=True,
)

# What a label on a box says: whoever stands before it shows that by the code.
kiosk_claim = Table(
    "kiosk_claim",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of the code; the code is on the label and nowhere else
    Column("device", Text, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("claimed_ms", NUMBER),
    Column("claimed_by", Text),
    Column("replaces", Text),  # the kiosk whose place it took
    CheckConstraint(text("length(hash) = 32 AND (claimed_ms IS NULL) = (claimed_by IS NULL)")),
    sqlite_strict=True,
)
Index("kiosk_claim_device", kiosk_claim.c.device)

# Something that goes out in rings: released by a second person, or not at all; stopped by anybody, and by itself.
rollout = Table(
    "rollout",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),  # of a bulletin
    Column("name", Text, nullable=False),
    Column("label", Text, nullable=False),  # of a release its version
    Column("body", LargeBinary, nullable=False),  # canonical CBOR of what every kiosk of a ring is told
    Column("plan", Text, nullable=False),  # JSON, as central.fleet.rollout_step reads it
    Column("hash", LargeBinary, nullable=False),  # SHA-256 of body and plan: what is signed is what was read
    Column("state", Text, nullable=False),
    Column("ring", NUMBER, nullable=False),  # how many rings have begun; 0: none
    Column("ring_ms", NUMBER),  # when the last of them began
    Column("why", Text, nullable=False),  # why it stopped
    Column("proposed_by", Text, nullable=False),
    Column("proposed_ms", NUMBER, nullable=False),
    Column("ends_ms", NUMBER, nullable=False),  # nobody releases it after that
    Column("decided_by", Text),
    Column("decided_ms", NUMBER),
    Column("alone", Text),  # why one person alone released it; null: two did
    Column("words", Text, nullable=False),
    CheckConstraint(
        text("state IN ('proposed', 'running', 'done', 'stopped', 'refused', 'withdrawn', 'expired')"),
    ),
    CheckConstraint(text("ring = 0 OR (decided_by IS NOT NULL AND (decided_by <> proposed_by OR alone IS NOT NULL))")),
    CheckConstraint(text("length(hash) = 32 AND ends_ms > proposed_ms AND ring >= 0")),
    sqlite_strict=True,
)
Index("rollout_state", rollout.c.state, rollout.c.id)
