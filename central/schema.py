"""The centre's tables, the same on SQLite and PostgreSQL. Comments give each column's rule.

- A record is named by (stream, seq); a stream is one epoch of one device. Its 16-byte id is derived when somebody needs
  it (wire.envelope.record_id), never stored.
- No table holds an identity number, a name or an address in clear: `raw_record.sealed` keeps them under the two seals
  of wire.envelope, `visit.person` is a pseudonym.
- Times are Unix ms of the centre's clock unless a comment says otherwise.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from central.columns import NUMBER

metadata = MetaData()


def _must(rule: str) -> CheckConstraint:
    return CheckConstraint(text(rule))


meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),  # generation: raised by each restore, told in every receipt
    sqlite_strict=True,
)

device = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),  # as in topics and in the certificate's common name
    Column("venue", Text, nullable=False),
    Column("gate", Text, nullable=False),
    Column("public", LargeBinary, nullable=False),  # raw Ed25519 key that signs its batches
    Column("kid", LargeBinary, nullable=False, unique=True),  # first 8 bytes of SHA-256(public)
    Column("state", Text, nullable=False),  # a revoked device's batches go to quarantine, it gets no receipt
    Column("enrolled_ms", NUMBER, nullable=False),
    Column("certificate_serial", Text, nullable=False),  # hex; for the broker's revocation list
    _must("state IN ('active', 'revoked')"),
    _must("length(public) = 32 AND length(kid) = 8"),
    sqlite_strict=True,
)

Index("device_venue", device.c.venue, device.c.id)

enrolment_token = Table(
    "enrolment_token",
    metadata,
    Column(
        "hash", LargeBinary, primary_key=True
    ),  # SHA-256 of the token; the token itself is printed once, kept nowhere
    Column("device", Text, nullable=False),
    Column("venue", Text, nullable=False),
    Column("gate", Text, nullable=False),
    Column("expires_ms", NUMBER, nullable=False),
    Column("used_ms", NUMBER),
    Column("used_public", LargeBinary),  # the key it was spent for: the same key may ask again until it expires
    Column("answer", Text),  # what was answered then, so that a lost reply does not lock a kiosk out
    _must("length(hash) = 32"),
    _must("(used_ms IS NULL) = (used_public IS NULL)"),
    sqlite_strict=True,
)

# One epoch of one device, and the receipt that stands for it.
stream = Table(
    "stream",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("device", Text, ForeignKey("device.id"), nullable=False),
    Column("epoch", LargeBinary, nullable=False),
    Column("n", NUMBER, nullable=False),  # number of the last receipt within this generation
    Column("through_seq", NUMBER, nullable=False),  # every seq up to it is durable here, or accounted for
    Column("opened_through", NUMBER, nullable=False),  # the highest seq whose trace part this centre has opened
    Column("rejected", NUMBER, nullable=False),  # how many of its records were rejected
    Column("clock_fixes", NUMBER, nullable=False),  # how many clock events it has told
    Column("first_ms", NUMBER, nullable=False),
    Column("last_ms", NUMBER, nullable=False),
    UniqueConstraint("device", "epoch"),
    _must("length(epoch) = 8"),
    _must("n >= 0 AND through_seq >= 0 AND opened_through >= 0"),
    sqlite_strict=True,
)

# Inclusive runs of seqs that are here or accounted for; never touching one another: what lies between is missing.
span = Table(
    "span",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("first_seq", NUMBER, primary_key=True),
    Column("last_seq", NUMBER, nullable=False),
    _must("0 < first_seq AND first_seq <= last_seq"),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

# Runs of one hash chain that are here whole, their records in raw_record or in conflict (central.strands). A stream has
# one, which grows; clones and lost ranges make more.
strand = Table(
    "strand",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("last_seq", NUMBER, primary_key=True),
    Column("h_after", LargeBinary, primary_key=True),  # h(last_seq), 32 bytes: two branches may end at one seq
    Column("first_seq", NUMBER, nullable=False),
    Column("h_before", LargeBinary, nullable=False),  # h(first_seq - 1), 32 bytes
    _must("0 < first_seq AND first_seq <= last_seq"),
    _must("length(h_before) = 32 AND length(h_after) = 32"),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

# What came, byte for byte. Never replaced; emptied only when the case that it belongs to is ruled out.
raw_record = Table(
    "raw_record",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),  # both seals; the vault part is opened elsewhere, for a case
    Column("digest", LargeBinary, nullable=False),  # SHA-256(sealed): tells a duplicate from a conflict
    Column(
        "status", Text, nullable=False
    ),  # kept: of a kind or schema this version does not know, opened by a later one
    Column("reason", Text),  # why it was kept or rejected (docs/protocol.md, "Reasons")
    Column("received_ms", NUMBER, nullable=False),
    _must("status IN ('opened', 'kept', 'rejected')"),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index(
    "raw_record_rejected",
    raw_record.c.stream,
    raw_record.c.seq,
    sqlite_where=raw_record.c.status == "rejected",
    postgresql_where=raw_record.c.status == "rejected",
)

# Other bytes under a (device, epoch, seq) that was already taken: a cloned card. Kept apart, for whoever looks into it.
conflict = Table(
    "conflict",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_ms", NUMBER, nullable=False),
    sqlite_strict=True,
)

wrapped_key = Table(
    "wrapped_key",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("key_id", NUMBER, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),  # SHA-256 of trace and vault: two cloned cards may use one key_id
    Column("suite", Integer, nullable=False),
    Column("trace_to", LargeBinary, nullable=False),
    Column("trace_wrapped", LargeBinary, nullable=False),
    Column("vault_to", LargeBinary, nullable=False),
    Column("vault_wrapped", LargeBinary, nullable=False),
    sqlite_strict=True,
)

visit = Table(
    "visit",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    Column("venue", Text, nullable=False),  # where the device stood when the visit came in
    Column("gate", Text, nullable=False),
    Column("at_ms", NUMBER, nullable=False),  # the device's stamp plus offset_ms
    Column("offset_ms", NUMBER, nullable=False),  # what a clock event taught about this boot's stamps
    Column("clock", Integer, nullable=False),  # wire.envelope.ClockQuality as the device saw it
    Column("boot", LargeBinary, nullable=False),
    Column("direction", Integer, nullable=False),  # wire.records.Direction
    Column("signal", Integer, nullable=False),  # wire.records.Signal
    Column("identity_kind", Integer, nullable=False),  # wire.records.IdentityKind
    Column("person", LargeBinary),  # HMAC-SHA256(pepper, kind, identity)[:16]; null where there was no identity
    Column("companions", Integer, nullable=False),
    Column("declaration", Integer),  # 0 none was due, 1 due, 2 due and there, 3 refused; null: the kiosk did not say
    _must("clock BETWEEN 0 AND 2 AND direction IN (1, 2) AND signal BETWEEN 1 AND 4"),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index("visit_venue_at", visit.c.venue, visit.c.at_ms, visit.c.direction)  # the hours of a day are counted from it alone
Index("visit_person_at", visit.c.person, visit.c.at_ms)

device_event = Table(
    "device_event",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    Column("at_ms", NUMBER, nullable=False),  # the device's stamp, uncorrected
    Column("name", Text, nullable=False),
    Column("facts", Text, nullable=False),  # JSON; a device event names no person
    sqlite_strict=True,
)

clock_fix = Table(
    "clock_fix",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("boot", LargeBinary, primary_key=True),
    Column("seq", NUMBER, primary_key=True),  # stamps of that boot before this seq, and after the fix before it
    Column("offset_ms", NUMBER, nullable=False),  # true time minus stamp
    sqlite_strict=True,
)

# One row for each thing to look into; the same again counts up.
alarm = Table(
    "alarm",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("device", Text, primary_key=True),
    Column("first_ms", NUMBER, nullable=False),
    Column("last_ms", NUMBER, nullable=False),
    Column("count", NUMBER, nullable=False),
    Column("detail", Text, nullable=False),  # for an engineer; never personal data
    sqlite_strict=True,
)

# Messages that were not taken, counted by reason and nothing else.
refusal = Table(
    "refusal",
    metadata,
    Column("reason", Text, primary_key=True),
    Column("count", NUMBER, nullable=False),
    Column("last_ms", NUMBER, nullable=False),
    sqlite_strict=True,
)

# Whole messages of revoked or unknown signers, as they came; bounded (central.quarantine).
quarantine = Table(
    "quarantine",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("kid", LargeBinary, nullable=False),
    Column("device", Text),  # only where the signature was checked
    Column("reason", Text, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("received_ms", NUMBER, nullable=False),
    sqlite_strict=True,
)
Index("quarantine_kid", quarantine.c.kid)

# What a device last said of itself on its state topic. The broker's rights tie the topic to the device.
device_state = Table(
    "device_state",
    metadata,
    Column("device", Text, primary_key=True),
    Column("online", Integer, nullable=False),
    Column("backlog", NUMBER),  # records it still has to send
    Column("at_ms", NUMBER, nullable=False),
    sqlite_strict=True,
)

# A heartbeat of each ingest session, for the health page.
worker = Table(
    "worker",
    metadata,
    Column("session", Text, primary_key=True),
    Column("at_ms", NUMBER, nullable=False),
    Column("connected", Integer, nullable=False),
    Column("waiting", NUMBER, nullable=False),  # messages taken from the broker and not yet committed
    Column("committed", NUMBER, nullable=False),  # records since this worker began
    sqlite_strict=True,
)

bulletin = Table(
    "bulletin",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", NUMBER, nullable=False),  # only ever rises
    Column("message", LargeBinary, nullable=False),  # the signed bytes, published retained
    Column("expires_ms", NUMBER, nullable=False),
    sqlite_strict=True,
)

issued_pass = Table(
    "issued_pass",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # 16 random bytes; stands for nobody until somebody shows it
    Column("expires_ms", NUMBER, nullable=False),
    Column("revoked_ms", NUMBER),
    sqlite_strict=True,
)
