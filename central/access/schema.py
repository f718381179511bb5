"""The tables of accounts, sessions, second factors, the audit log and the jobs, in the metadata of central.schema.

- Staff alone stand here; of whom the data are about, person.id and nothing else.
- The audit log is appended to and never changed: each row holds the hash of the one before.
- What lets somebody in (session, code, step) stands here as its SHA-256 alone.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, text

from central.columns import NUMBER
from central.schema import metadata

account = Table(
    "account",
    metadata,
    Column("login", Text, primary_key=True),  # a-z 0-9 . _ -
    Column("name", Text, nullable=False),  # of the officer, shown beside what they did
    Column("phrase", Text),  # argon2id in its own form; null: passkeys or the province's accounts alone
    Column("state", Text, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    CheckConstraint(text("state IN ('active', 'closed')")),
    sqlite_strict=True,
)

account_grant = Table(
    "account_grant",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("login", Text, ForeignKey("account.login"), nullable=False),
    Column("role", Text, nullable=False),  # of roles.toml
    Column("area", Text, nullable=False),  # all, province-, ward- or venue- and its id
    Column("ends_ms", NUMBER),  # null: until it is taken back; 3 hours for a broken glass
    Column("reason", Text, nullable=False),  # of a broken glass; else who granted it
    UniqueConstraint("login", "role", "area"),
    sqlite_strict=True,
)

session = Table(
    "session",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of what the cookie holds
    Column("login", Text, ForeignKey("account.login"), nullable=False),
    Column("began_ms", NUMBER, nullable=False),
    Column("seen_ms", NUMBER, nullable=False),  # to the minute
    Column("strong", NUMBER, nullable=False),  # 1: a passkey or a one-time code stood beside the pass phrase
    CheckConstraint(text("length(hash) = 32 AND strong IN (0, 1)")),
    sqlite_strict=True,
)
Index("session_login", session.c.login)

# A sign-in, a registration or a journey to the province's accounts that has begun and is not done.
step = Table(
    "step",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of what its cookie holds
    Column("login", Text, ForeignKey("account.login")),  # null while nobody has said who they are
    Column("kind", Text, nullable=False),  # central.access.steps.KINDS
    Column("challenge", LargeBinary, nullable=False),  # 32 random bytes that the far side has to sign or to return
    Column("goes_to", Text, nullable=False),  # the address to lead to afterwards
    Column("ends_ms", NUMBER, nullable=False),  # 5 minutes
    CheckConstraint(text("length(hash) = 32 AND length(challenge) = 32")),
    sqlite_strict=True,
)

# The code with which somebody sets their pass phrase and first second factor. One for each account, used once.
invitation = Table(
    "invitation",
    metadata,
    Column("login", Text, ForeignKey("account.login"), primary_key=True),
    Column("hash", LargeBinary, nullable=False),  # SHA-256 of the code: 80 random bits
    Column("ends_ms", NUMBER, nullable=False),  # 3 days
    CheckConstraint(text("length(hash) = 32")),
    sqlite_strict=True,
)

passkey = Table(
    "passkey",
    metadata,
    Column("credential", LargeBinary, primary_key=True),  # the authenticator's own number for it
    Column("login", Text, ForeignKey("account.login"), nullable=False),
    Column("public_key", LargeBinary, nullable=False),  # COSE_Key, as WebAuthn gives it
    Column("signs", NUMBER, nullable=False),  # the authenticator's counter; 0 for ever where it has none
    Column("made_ms", NUMBER, nullable=False),
    Column("used_ms", NUMBER),
    sqlite_strict=True,
)
Index("passkey_login", passkey.c.login)

one_time = Table(
    "one_time",
    metadata,
    Column("login", Text, ForeignKey("account.login"), primary_key=True),
    Column("secret", LargeBinary, nullable=False),  # of RFC 6238, sealed with factors.key
    Column("last_step", NUMBER, nullable=False),  # the newest 30 s step that was used: a code counts once
    Column("made_ms", NUMBER, nullable=False),
    sqlite_strict=True,
)

recovery = Table(
    "recovery",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of login and code: 50 random bits, behind the purses
    Column("login", Text, ForeignKey("account.login"), nullable=False),
    CheckConstraint(text("length(hash) = 32")),
    sqlite_strict=True,
)
Index("recovery_login", recovery.c.login)

# Tries to sign in that are left, for a name from one network, a name, a network. The same for names that do not exist.
purse = Table(
    "purse",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256: what was typed as a name may have been a pass phrase
    Column("spent", NUMBER, nullable=False),  # thousandths of a try, as of at_ms
    Column("at_ms", NUMBER, nullable=False),
    CheckConstraint(text("length(hash) = 32 AND spent >= 0")),
    sqlite_strict=True,
)

# Who the province's own accounts (OpenID Connect) say somebody is. Said by an administrator, never guessed by e-mail.
subject = Table(
    "subject",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("login", Text, ForeignKey("account.login"), nullable=False),
    sqlite_strict=True,
)

# What takes two administrators: a role of roles.toml's two_persons, or a new first code for who holds one.
proposal = Table(
    "proposal",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("login", Text, ForeignKey("account.login"), nullable=False),
    Column("role", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("decided_by", Text),
    Column("decided_ms", NUMBER),
    Column("state", Text, nullable=False),
    CheckConstraint(text("kind IN ('grant', 'reset') AND state IN ('open', 'signed', 'refused')")),
    CheckConstraint(text("(decided_by IS NULL) = (state = 'open') AND (decided_ms IS NULL) = (state = 'open')")),
    CheckConstraint(text("proposed_by <> login")),
    CheckConstraint(text("state <> 'signed' OR decided_by <> proposed_by AND decided_by <> login")),
    sqlite_strict=True,
)
Index("proposal_state", proposal.c.state)

# A role that somebody took in an emergency.
glass = Table(
    "glass",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("login", Text, ForeignKey("account.login"), nullable=False),
    Column("role", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("reason", Text, nullable=False),  # in the officer's words: never a name or a number of a person
    Column("began_ms", NUMBER, nullable=False),
    Column("ends_ms", NUMBER, nullable=False),  # 3 hours later, or when the officer gave it back
    Column("reviewed_by", Text),
    Column("reviewed_ms", NUMBER),
    Column("verdict", Text),
    CheckConstraint(text("verdict IN ('right', 'mistaken', 'misused')")),
    CheckConstraint(text("(reviewed_by IS NULL) = (verdict IS NULL) AND (reviewed_ms IS NULL) = (verdict IS NULL)")),
    CheckConstraint(text("reviewed_by IS NULL OR reviewed_by <> login")),
    CheckConstraint(text("ends_ms BETWEEN began_ms AND began_ms + 10800000")),
    sqlite_strict=True,
)
Index("glass_reviewed", glass.c.reviewed_ms, glass.c.ends_ms)

audit = Table(
    "audit",
    metadata,
    Column("number", NUMBER, primary_key=True),  # 1, 2, 3 ...: no gap
    Column("at_ms", NUMBER, nullable=False),
    Column("actor", Text, nullable=False),  # a login, or "job:NAME", or "command"
    Column("role", Text, nullable=False),  # that gave the right; "" for jobs and commands
    Column("action", Text, nullable=False),  # a verb: opened_case, signed_in
    Column("purpose", Text, nullable=False),
    Column("about", Text, nullable=False),  # a case, an order, a request, a place; never a name or a number of a person
    Column("person", NUMBER),  # person.id where somebody was looked at: they can be told
    Column("detail", Text, nullable=False),  # JSON of counts and states; nothing personal
    Column("hash", LargeBinary, nullable=False),  # SHA-256(hash of the row before, canonical CBOR of this row)
    CheckConstraint(text("length(hash) = 32")),
    sqlite_strict=True,
)
Index("audit_person", audit.c.person, audit.c.at_ms)
Index("audit_about", audit.c.about, audit.c.at_ms)
Index("audit_actor", audit.c.actor, audit.c.at_ms)
Index("audit_at", audit.c.at_ms)

# Who was looked at, by which row of the log: one row for each person, however many one look named. They are told.
look_notice = Table(
    "look_notice",
    metadata,
    Column("number", NUMBER, ForeignKey("audit.number"), primary_key=True),
    Column("person", NUMBER, primary_key=True),  # person.id
    Column("due_ms", NUMBER, nullable=False),  # roles.toml, told_days
    Column("told_ms", NUMBER),
    sqlite_strict=True,
)
Index("look_notice_person", look_notice.c.person)
Index(
    "look_notice_due",
    look_notice.c.due_ms,
    sqlite_where=look_notice.c.told_ms.is_(None),
    postgresql_where=look_notice.c.told_ms.is_(None),
)

# A head has put off that those looked at for a case or a request are told; it ends by itself.
told_pause = Table(
    "told_pause",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("about", Text, nullable=False),  # audit.about
    Column("reason", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("ends_ms", NUMBER, nullable=False),  # 60 days at most
    CheckConstraint(text("ends_ms BETWEEN made_ms AND made_ms + 5184000000")),
    sqlite_strict=True,
)
Index("told_pause_about", told_pause.c.about)

# The audit log as a Merkle tree (RFC 6962), signed each day.
tree_head = Table(
    "tree_head",
    metadata,
    Column("size", NUMBER, primary_key=True),  # rows of the log under it
    Column("at_ms", NUMBER, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),  # Ed25519, by log.key
    Column("signer", LargeBinary, nullable=False),  # its public half
    Column("proof", Text, nullable=False),  # that the head before is a part of it: JSON of hex
    CheckConstraint(text("size > 0 AND length(root) = 32 AND length(signature) = 64 AND length(signer) = 32")),
    sqlite_strict=True,
)

# Looks of a month that is over, by role and purpose: public.
look_count = Table(
    "look_count",
    metadata,
    Column("month", Text, primary_key=True),  # 2026-09, in Viet Nam
    Column("role", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("looks", NUMBER, nullable=False),  # rows of the log
    Column("persons", NUMBER, nullable=False),  # persons named in them, each row counted by itself
    sqlite_strict=True,
)

# When each job of `central jobs` ran last: for the health page.
job_run = Table(
    "job_run",
    metadata,
    Column("name", Text, primary_key=True),  # central.jobs.Job.name
    Column("every_ms", NUMBER, nullable=False),
    Column("good_ms", NUMBER),  # when it last ran to its end; written each minute at most
    Column("failed_ms", NUMBER),  # when it last failed
    CheckConstraint(text("good_ms IS NOT NULL OR failed_ms IS NOT NULL")),
    sqlite_strict=True,
)
