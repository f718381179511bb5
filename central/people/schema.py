"""The tables of persons and of what links their codes, in the metadata of central.schema.

- A person is a number and nothing else: whose it is, only sealed records say.
- An identity is a pseudonym of central.opening; the number behind it stands sealed in the records that showed it.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, text

from central.columns import NUMBER
from central.schema import metadata

person = Table(
    "person",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("made_ms", NUMBER, nullable=False),
    sqlite_strict=True,
)

identity = Table(
    "identity",
    metadata,
    Column("pseudonym", LargeBinary, primary_key=True),  # 16 bytes, as in visit.person
    Column("kind", NUMBER, nullable=False),  # wire.records.IdentityKind
    Column("person", NUMBER, ForeignKey("person.id"), nullable=False),  # moves when a link is made or undone
    Column("first_person", NUMBER, ForeignKey("person.id"), nullable=False),  # whose it was before any link
    CheckConstraint(text("length(pseudonym) = 16")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index("identity_person", identity.c.person)
Index("identity_first", identity.c.first_person)
Index("identity_kind", identity.c.kind, identity.c.first_person)

# Two identities are of one person. Never by a name alone; each link says from where and how sure, and can be undone.
identity_link = Table(
    "identity_link",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("one", LargeBinary, ForeignKey("identity.pseudonym"), nullable=False),
    Column("other", LargeBinary, ForeignKey("identity.pseudonym"), nullable=False),
    Column("source", Text, nullable=False),  # central.people.links.SOURCES
    Column("confidence", NUMBER, nullable=False),  # per cent
    Column("said_by", Text, nullable=False),  # a login, or the job that found it
    Column("case_id", Text, nullable=False),  # for which it was made; "" where a record itself says so
    Column("made_ms", NUMBER, nullable=False),
    Column("undone_ms", NUMBER),
    Column("undone_by", Text),
    CheckConstraint(text("one <> other AND confidence BETWEEN 1 AND 100")),
    CheckConstraint(text("(undone_ms IS NULL) = (undone_by IS NULL)")),
    sqlite_strict=True,
)
Index("identity_link_one", identity_link.c.one)
Index("identity_link_other", identity_link.c.other)

# Persons whose codes changed hands: their stays are to be made anew (central.tracing).
person_changed = Table(
    "person_changed",
    metadata,
    Column("person", NUMBER, ForeignKey("person.id"), primary_key=True),
    Column("at_ms", NUMBER, nullable=False),
    sqlite_strict=True,
)

# A pass that was shown: the check-in that it was given for is looked for at once, and again when late batches came.
pass_looked = Table(
    "pass_looked",
    metadata,
    Column("pseudonym", LargeBinary, ForeignKey("identity.pseudonym"), primary_key=True),
    Column("first_person", NUMBER, nullable=False),  # as in identity: they are taken in this order
    Column("tries", NUMBER, nullable=False),
    Column("next_ms", NUMBER),  # null: found, or looked for often enough
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index("pass_looked_next", pass_looked.c.next_ms)
Index("pass_looked_first", pass_looked.c.first_person)
