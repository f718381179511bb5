"""The tables of the desks, in the metadata of central.schema. Comments give each column's rule.

- Answers, names and symptoms are in none of them: they stay in the vault part of their record.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, text

import central.authority.schema  # what the foreign keys below point to
import central.people.schema  # noqa: F401
from central.columns import NUMBER
from central.schema import metadata

# What ingest may know of a declaration, a place's own check or a word of a citizen: the trace part, and no more.
declared = Table(
    "declared",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    Column("venue", Text, nullable=False),  # where the device stood when the record came in
    Column("kind", NUMBER, nullable=False),  # of wire.records: 2 declaration, 8 the same by light, 4 check, 5 feedback
    Column("at_ms", NUMBER, nullable=False),  # as the device knew it; the centre's time where its clock was unset
    Column("day", NUMBER, nullable=False),  # of at_ms in Viet Nam, counted from 1970-01-01
    Column("person", LargeBinary),  # pseudonym of central.opening; null where nobody showed a code
    Column("identity_kind", NUMBER, nullable=False),
    Column("outcome", NUMBER, nullable=False),  # Signal that the gate gave; 0 for a check or feedback
    Column("reasons", Text, nullable=False),  # JSON: public codes of wire.reasons
    Column("topic", Text, nullable=False),  # of feedback; the scheme of a check; the order of one by light; else ""
    Column("triaged", NUMBER, nullable=False),  # 1: the triage rules have been asked
    CheckConstraint(text("kind IN (2, 4, 5, 8) AND outcome BETWEEN 0 AND 4 AND triaged IN (0, 1)")),
    CheckConstraint(text("person IS NULL OR length(person) = 16")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index("declared_venue", declared.c.venue, declared.c.day)
Index("declared_day", declared.c.day, declared.c.kind)
Index("declared_person", declared.c.person, declared.c.day)
_NEW = declared.c.triaged == 0
Index("declared_new", declared.c.stream, declared.c.seq, sqlite_where=_NEW, postgresql_where=_NEW)

# What somebody has to look at, and what came of it.
triage = Table(
    "triage",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("stream", NUMBER, nullable=False),  # the record that may be opened for it
    Column("seq", NUMBER, nullable=False),
    Column("day", NUMBER, nullable=False),  # of an overdue report the day that is missing; else that of the record
    Column("person", NUMBER, ForeignKey("person.id")),
    Column("venue", Text, nullable=False),
    Column("ward", Text, nullable=False),  # whose station looks after it: the place's
    Column("province", Text, nullable=False),
    Column("rank", NUMBER, nullable=False),  # 1 first
    Column("why", Text, nullable=False),  # JSON: ids of the rules that put it here, the first one gave the rank
    Column("rules", Text, nullable=False),  # which rule file and version
    Column("station", Text, nullable=False),  # health station; "" until it is assigned
    Column("task", NUMBER, ForeignKey("task.id")),  # on that station's list
    Column("officer", Text),  # who has taken it, or closed it
    Column("made_ms", NUMBER, nullable=False),
    Column("due_ms", NUMBER, nullable=False),
    Column("calls", NUMBER, nullable=False),  # how often somebody called and nobody answered
    Column("closed_ms", NUMBER),
    Column("outcome", Text),  # central.desks.desk.OUTCOMES
    UniqueConstraint("kind", "stream", "seq", "day"),
    CheckConstraint(text("kind IN ('declaration', 'overdue', 'report')")),
    CheckConstraint(text("rank BETWEEN 1 AND 9")),
    CheckConstraint(text("(closed_ms IS NULL) = (outcome IS NULL)")),
    sqlite_strict=True,
)
_OPEN = triage.c.closed_ms.is_(None)
Index("triage_queue", triage.c.province, triage.c.rank, triage.c.due_ms, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("triage_record", triage.c.stream, triage.c.seq)
Index("triage_closed", triage.c.closed_ms)

# Somebody who entered the country, as far as the desk must know without opening anything.
arrival = Table(
    "arrival",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("stream", NUMBER, nullable=False),  # the entry declaration
    Column("seq", NUMBER, nullable=False),
    Column("person", NUMBER, ForeignKey("person.id")),  # of the passport, else of the code that was shown
    Column("passport", LargeBinary),  # pseudonym of its number: it can be looked for, not read
    Column("venue", Text, nullable=False),  # the gate's
    Column("ward", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("carrier", Text, nullable=False),  # plane, ship, car, train, walk, other
    Column("vehicle", Text, nullable=False),  # flight or vehicle number in normal form; "" where none was given
    Column("seat", Text, nullable=False),  # as 12A; "" where it is not known
    Column("day", NUMBER, nullable=False),  # of entering, counted from 1970-01-01
    Column("quarantine", Text, nullable=False),  # place by its kind; a named place stays in the vault
    Column("stay_ward", Text, nullable=False),  # whose station looks after them; "" where none was chosen
    Column("stay_province", Text, nullable=False),
    Column("rule", Text, nullable=False),  # that gave the release day
    Column("release_day", NUMBER),  # null: no quarantine
    Column("made_ms", NUMBER, nullable=False),
    Column("made_by", Text, nullable=False),  # who opened the declaration
    Column("seen_ms", NUMBER),
    Column("seen_by", Text),
    Column("left_ms", NUMBER),  # released, or left otherwise
    Column("left_how", Text),
    UniqueConstraint("stream", "seq"),
    CheckConstraint(text("carrier IN ('plane', 'ship', 'car', 'train', 'walk', 'other')")),
    CheckConstraint(text("quarantine IN ('', 'concentrated', 'elective', 'other')")),
    CheckConstraint(text("left_how IN ('released', 'moved', 'hospital', 'left_country', 'mistake')")),
    CheckConstraint(text("(seen_ms IS NULL) = (seen_by IS NULL) AND (left_ms IS NULL) = (left_how IS NULL)")),
    CheckConstraint(text("passport IS NULL OR length(passport) = 16")),
    sqlite_strict=True,
)
Index("arrival_vehicle", arrival.c.vehicle, arrival.c.day)
Index("arrival_passport", arrival.c.passport)
Index("arrival_person", arrival.c.person)
Index("arrival_venue", arrival.c.venue, arrival.c.day)
Index("arrival_left", arrival.c.left_ms, arrival.c.release_day)

# Signs of illness by group, counted when a declaration is opened, once for each; the record itself keeps none of it.
symptom_count = Table(
    "symptom_count",
    metadata,
    Column("province", Text, primary_key=True),
    Column("day", NUMBER, primary_key=True),
    Column("symptoms", Text, primary_key=True),  # central.desks.symptoms.GROUPS
    Column("people", NUMBER, nullable=False),
    CheckConstraint(text("people > 0")),
    sqlite_strict=True,
)

# Declarations that a desk has opened: counted there, and at a gate of the border taken in, once.
opened_once = Table(
    "opened_once",
    metadata,
    Column("stream", NUMBER, primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

# An early warning: more than the area's own past lets one expect.
warning = Table(
    "warning",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("series", Text, nullable=False),  # asked, reported, or a group of symptoms
    Column("area", Text, nullable=False),  # venue-, ward- or province- and its id
    Column("ward", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("day", NUMBER, nullable=False),
    Column("people", NUMBER, nullable=False),
    Column("expected_tenths", NUMBER, nullable=False),  # of the baseline, in tenths of a person
    Column("limit_tenths", NUMBER, nullable=False),
    Column("rule", Text, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("judged_ms", NUMBER),
    Column("judged_by", Text),
    Column("judgement", Text),
    UniqueConstraint("series", "area", "day"),
    CheckConstraint(text("judgement IN ('real', 'false', 'unclear')")),
    CheckConstraint(text("(judged_ms IS NULL) = (judgement IS NULL)")),
    sqlite_strict=True,
)
Index("warning_day", warning.c.province, warning.c.day)
