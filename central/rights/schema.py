"""The tables of central.rights, in the metadata of central.schema. Comments give each column's rule.

- No table here holds a name, a number or a telephone of the person who asks: who they are, `person` says, and what is
  sealed is opened for their request alone.
- A request of a person is R-YYYY-NNNNNN; a breach is S-YYYY-NNNN. Officers say both on the telephone.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Table,
    Text,
    text,
)

from central.columns import NUMBER
from central.schema import metadata

KINDS = ("access", "correction", "deletion", "withdraw", "restrict", "object", "complaint")
OUTCOMES = ("granted", "granted_in_part", "refused", "nothing_held", "withdrawn")

rights_request = Table(
    "rights_request",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),  # how it came: desk, letter, email, phone
    # Where it was opened, written as an officer's area: whose work it is. Without one: of those who act everywhere.
    Column("area", Text, nullable=False, server_default="all"),
    Column("language", Text, nullable=False),  # of the answer: vi or en
    Column("processors", NUMBER, nullable=False),  # 1: others must stop too, and the clock is longer
    Column("asked_ms", NUMBER, nullable=False),  # when it came in: the clocks count from here
    Column("opened_by", Text, nullable=False),
    Column("answer_due_ms", NUMBER, nullable=False),  # the first answer: 2 working days
    Column("due_ms", NUMBER, nullable=False),  # done by then; moves once, with a reason
    Column("answered_ms", NUMBER),
    Column("extended_ms", NUMBER),
    Column("extended_why", Text, nullable=False),  # "" until it is extended
    Column("person", NUMBER, ForeignKey("person.id")),  # null until their identity was checked
    Column("identified_ms", NUMBER),
    Column("identified_by", Text),
    Column("identified_how", Text, nullable=False),  # card, receipt, guardian, pass; "" before
    Column("closed_ms", NUMBER),
    Column("closed_by", Text),
    Column("outcome", Text),
    Column("reason", Text, nullable=False),  # of a refusal or a part, in the officer's words; nothing personal
    CheckConstraint(text("kind IN (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")")),
    CheckConstraint(text("outcome IN (" + ", ".join(f"'{outcome}'" for outcome in OUTCOMES) + ")")),
    CheckConstraint(text("channel IN ('desk', 'letter', 'email', 'phone')")),
    CheckConstraint(text("processors IN (0, 1) AND area <> ''")),
    CheckConstraint(text("(closed_ms IS NULL) = (outcome IS NULL) AND (closed_ms IS NULL) = (closed_by IS NULL)")),
    CheckConstraint(text("(identified_ms IS NULL) = (identified_by IS NULL)")),
    CheckConstraint(text("(extended_ms IS NULL) = (extended_why = '')")),
    sqlite_strict=True,
)
Index("rights_request_open", rights_request.c.closed_ms, rights_request.c.due_ms)

# What takes two officers: one proposes it, another signs it at a session of their own, and only then it is done.
rights_proposal = Table(
    "rights_proposal",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("request", Text, ForeignKey("rights_request.id"), nullable=False),
    Column("what", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_ms", NUMBER, nullable=False),
    Column("decided_by", Text),
    Column("decided_ms", NUMBER),
    Column("state", Text, nullable=False),  # refused: by the second officer, or taken back by the first
    CheckConstraint(text("what IN ('deletion', 'correction') AND state IN ('open', 'signed', 'refused')")),
    CheckConstraint(text("(decided_by IS NULL) = (state = 'open') AND (decided_ms IS NULL) = (state = 'open')")),
    CheckConstraint(text("state <> 'signed' OR decided_by <> proposed_by")),
    sqlite_strict=True,
)
# Two officers who press at once propose it once.
Index(
    "rights_proposal_open",
    rights_proposal.c.request,
    rights_proposal.c.what,
    unique=True,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)
Index("rights_proposal_request", rights_proposal.c.request)

# What a field of a sealed record should have said. The record itself is never changed: this stands beside it.
correction = Table(
    "correction",
    metadata,
    Column("proposal", NUMBER, ForeignKey("rights_proposal.id"), primary_key=True),
    Column("stream", NUMBER, primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    Column("field", Text, nullable=False),  # a field of the record, or a question (linkId) of its form
    Column("key", LargeBinary, nullable=False),  # kid of the case key that opens `sealed`
    Column("sealed", LargeBinary, nullable=False),  # central.vault.corrected
    CheckConstraint(text("length(key) = 8 AND length(sealed) > 0 AND field <> ''")),
    sqlite_strict=True,
)
Index("correction_record", correction.c.stream, correction.c.seq)

# Records that a receipt's code has found for a request: they may be opened for it although nobody showed a number.
rights_record = Table(
    "rights_record",
    metadata,
    Column("request", Text, ForeignKey("rights_request.id"), primary_key=True),
    Column("stream", NUMBER, primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    sqlite_strict=True,
)

# A person asked that nothing more be done with their data. Read by whoever is about to do something with them.
restriction = Table(
    "restriction",
    metadata,
    Column("request", Text, ForeignKey("rights_request.id"), primary_key=True),
    Column("person", NUMBER, ForeignKey("person.id"), nullable=False),
    Column("since_ms", NUMBER, nullable=False),
    Column("ended_ms", NUMBER),
    sqlite_strict=True,
)
Index("restriction_person", restriction.c.person)

# What may not be destroyed for a while, whatever its limit says. Two people, a reason and an end; no end, no hold.
legal_hold = Table(
    "legal_hold",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("what", Text, nullable=False),  # a request or case that names the person, a case, or a place's id
    Column("person", NUMBER, ForeignKey("person.id")),  # of kind person
    Column("reason", Text, nullable=False),
    Column("basis", Text, nullable=False),  # the law or the order
    Column("asked_by", Text, nullable=False),
    Column("asked_ms", NUMBER, nullable=False),
    Column("ends_ms", NUMBER, nullable=False),
    Column("signed_by", Text),
    Column("signed_ms", NUMBER),
    Column("lifted_by", Text),
    Column("lifted_ms", NUMBER),
    CheckConstraint(text("kind IN ('person', 'case', 'venue') AND (kind = 'person') = (person IS NOT NULL)")),
    CheckConstraint(text("ends_ms > asked_ms AND reason <> '' AND basis <> ''")),
    CheckConstraint(text("(signed_by IS NULL) = (signed_ms IS NULL) AND (lifted_by IS NULL) = (lifted_ms IS NULL)")),
    CheckConstraint(text("signed_by IS NULL OR signed_by <> asked_by")),
    sqlite_strict=True,
)

# Whom the holds that stand now protect: made anew when a run begins.
held_person = Table(
    "held_person",
    metadata,
    Column("person", NUMBER, primary_key=True),
    Column("hold", NUMBER, ForeignKey("legal_hold.id"), nullable=False),
    sqlite_strict=True,
)

# One run of destruction: the daily one by the limits, or one for a request.
deletion_run = Table(
    "deletion_run",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("about", Text, nullable=False),  # limits, or a request's id
    Column("limits", Text, nullable=False),  # version of limits.toml
    Column("began_ms", NUMBER, nullable=False),
    Column("ended_ms", NUMBER),  # when nothing was left to destroy here
    Column("list_hash", LargeBinary, nullable=False),  # SHA-256 chain over the keys of what was destroyed
    Column("certificate", NUMBER),  # null: not ended, or a kiosk has not answered yet
    CheckConstraint(text("length(list_hash) = 32 AND (certificate IS NULL OR ended_ms IS NOT NULL)")),
    sqlite_strict=True,
)
Index("deletion_run_open", deletion_run.c.certificate, deletion_run.c.about)

deletion_count = Table(
    "deletion_count",
    metadata,
    Column("run", NUMBER, ForeignKey("deletion_run.id"), primary_key=True),
    Column("kind", Text, primary_key=True),  # of limits.toml
    Column("destroyed", NUMBER, nullable=False),
    Column("held", NUMBER, nullable=False),  # due, and kept by a hold
    Column("first_ms", NUMBER),  # range of time of what was destroyed
    Column("last_ms", NUMBER),
    Column("through", Text, nullable=False),  # where the walk over sealed records stands; "" when it is through
    sqlite_strict=True,
)

# Up to here every sealed record of a stream was emptied and no number is missing: the daily walk begins behind it.
retention_floor = Table(
    "retention_floor",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("seq", NUMBER, nullable=False),
    sqlite_strict=True,
)

# Sealed records that a kiosk has to destroy for a request, and whether it said that it did.
deletion_range = Table(
    "deletion_range",
    metadata,
    Column("run", NUMBER, ForeignKey("deletion_run.id"), primary_key=True),
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("first_seq", NUMBER, primary_key=True),
    Column("last_seq", NUMBER, nullable=False),
    Column("ends_ms", NUMBER, nullable=False),  # by then the kiosk's own limit has destroyed it
    Column("answered_ms", NUMBER),
    CheckConstraint(text("0 < first_seq AND first_seq <= last_seq")),
    sqlite_strict=True,
)

deletion_certificate = Table(
    "deletion_certificate",
    metadata,
    Column("number", NUMBER, primary_key=True),  # 1, 2, 3 ...: each names the hash of the one before
    Column("at_ms", NUMBER, nullable=False),
    Column("about", Text, nullable=False),
    Column("message", LargeBinary, nullable=False),  # the signed bytes
    sqlite_strict=True,
)

breach = Table(
    "breach",
    metadata,
    Column("id", Text, primary_key=True),
    Column("drill", NUMBER, nullable=False),  # 1: an exercise; everything is the same but nobody outside is told
    Column("found_ms", NUMBER, nullable=False),  # 72 hours count from here
    Column("found_by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("what", Text, nullable=False),  # in the officer's words; nothing personal
    Column("people", NUMBER, nullable=False),  # about how many; 0: not known yet
    Column("told_ms", NUMBER),  # the authority
    Column("closed_ms", NUMBER),
    CheckConstraint(text("drill IN (0, 1) AND people >= 0")),
    CheckConstraint(text("kind IN ('lost_device', 'stranger_inside', 'sent_wrong', 'key_known', 'not_reachable')")),
    sqlite_strict=True,
)

breach_step = Table(
    "breach_step",
    metadata,
    Column("breach", Text, ForeignKey("breach.id"), primary_key=True),
    Column("step", Text, primary_key=True),  # central.rights.breaches.STEPS
    Column("done_ms", NUMBER, nullable=False),
    Column("done_by", Text, nullable=False),
    sqlite_strict=True,
)

# Programs that read: the token itself is shown once and kept nowhere.
api_token = Table(
    "api_token",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of the token
    Column("id", Text, nullable=False, unique=True),  # the first 8 hex digits of the hash: to revoke it by
    Column("login", Text, nullable=False),
    Column("role", Text, nullable=False),  # of that account, which must still hold it in that area
    Column("area", Text, nullable=False),
    Column("strong", NUMBER, nullable=False),  # 1: it may ask the opener, as far as its role goes
    Column("made_ms", NUMBER, nullable=False),
    Column("ends_ms", NUMBER, nullable=False),
    Column("revoked_ms", NUMBER),
    CheckConstraint(text("length(hash) = 32 AND strong IN (0, 1) AND ends_ms > made_ms")),
    ForeignKeyConstraint(["login"], ["account.login"]),
    sqlite_strict=True,
)
