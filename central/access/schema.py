"""The tables of accounts, sessions and the audit log, in the metadata of central.schema.

- Staff alone stand here; nobody whom the data are about.
- The audit log is appended to and never changed: each row holds the hash of the one before.
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
    Column("seen_ms", NUMBER, nullable=False),
    Column("strong", NUMBER, nullable=False),  # 1: a passkey or a one-time code stood beside the pass phrase
    CheckConstraint(text("length(hash) = 32 AND strong IN (0, 1)")),
    sqlite_strict=True,
)

audit = Table(
    "audit",
    metadata,
    Column("number", NUMBER, primary_key=True),  # 1, 2, 3 ...: no gap
    Column("at_ms", NUMBER, nullable=False),
    Column("actor", Text, nullable=False),  # a login, or "job:NAME", or "command"
    Column("role", Text, nullable=False),  # that gave the right; "" for jobs and commands
    Column("action", Text, nullable=False),  # central.access.audit.ACTIONS
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
