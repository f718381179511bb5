"""The tables of cases, contacts and tasks, in the metadata of central.schema. Comments give each column's rule."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from central.columns import NUMBER
from central.schema import metadata

case_file = Table(
    "case_file",
    metadata,
    Column("id", Text, primary_key=True),  # BN-2026-000123: what officers say on the telephone; also ble_case.id
    Column("person", NUMBER, ForeignKey("person.id")),  # null until an identity is entered
    Column("disease", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("evidence", Text, nullable=False),  # laboratory or clinician
    Column("reference", Text, nullable=False),  # the laboratory's, or whose statement; never a patient's name
    Column("rule", Text, nullable=False),  # the named rule that gave the window
    Column("onset_ms", NUMBER),
    Column("from_ms", NUMBER, nullable=False),  # the infectious window
    Column("to_ms", NUMBER, nullable=False),
    Column("ward", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_ms", NUMBER, nullable=False),
    Column("signed_by", Text),  # the second officer; nothing is looked at before
    Column("signed_ms", NUMBER),
    Column("ends_ms", NUMBER),  # of a suspected case: 72 hours without a result and it is over
    Column("closed_ms", NUMBER),
    Column("merged_into", Text),
    CheckConstraint(text("state IN ('waiting', 'suspected', 'confirmed', 'ruled_out', 'expired', 'merged', 'closed')")),
    CheckConstraint(text("evidence IN ('laboratory', 'clinician')")),
    CheckConstraint(text("(signed_by IS NULL) = (signed_ms IS NULL)")),
    CheckConstraint(text("signed_by IS NULL OR signed_by <> opened_by")),
    CheckConstraint(text("from_ms <= to_ms")),
    sqlite_strict=True,
)
Index("case_file_state", case_file.c.state, case_file.c.opened_ms)

contact = Table(
    "contact",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("case_id", Text, ForeignKey("case_file.id"), nullable=False),
    Column("person", NUMBER, ForeignKey("person.id"), nullable=False),
    Column("hop", NUMBER, nullable=False),
    Column("overlap_ms", NUMBER, nullable=False),
    Column("reasons", Text, nullable=False),  # JSON: central.tracing.model.Reason, in order of time
    Column("last_ms", NUMBER, nullable=False),  # the end of the last reason: follow-up counts its days from here
    Column("label", Text, nullable=False),  # '' or F1, F2, F3: a person says so, under a definition
    Column("definition", Text, nullable=False),  # which version of the definition the label was given under
    Column("labelled_by", Text),
    Column("ward", Text, nullable=False),  # whose station looks after them; the place's until better known
    Column("province", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reached_ms", NUMBER),
    Column("reached_by", Text),  # gate, page, push, sms, email, call, visit
    UniqueConstraint("case_id", "person"),
    CheckConstraint(text("hop BETWEEN 1 AND 3")),
    CheckConstraint(text("label IN ('', 'F1', 'F2', 'F3')")),
    CheckConstraint(text("state IN ('listed', 'waiting', 'reached', 'declined', 'lost', 'withdrawn')")),
    sqlite_strict=True,
)
Index("contact_person", contact.c.person)
Index("contact_ward", contact.c.province, contact.c.ward, contact.c.state)

task = Table(
    "task",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),  # case id, declaration or request: what may be opened for it
    Column("contact", NUMBER, ForeignKey("contact.id")),
    Column("person", NUMBER, ForeignKey("person.id")),
    Column("station", Text, nullable=False),  # whose it is; "" for the province's own officers
    Column("ward", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("officer", Text),  # who has taken it
    Column("made_ms", NUMBER, nullable=False),
    Column("due_ms", NUMBER, nullable=False),
    Column("tries", NUMBER, nullable=False),
    Column("done_ms", NUMBER),
    Column("outcome", Text),  # central.authority.tasks.OUTCOMES
    CheckConstraint(text("kind IN ('call', 'visit', 'follow_up', 'call_back', 'declaration', 'arrival', 'request')")),
    CheckConstraint(text("(done_ms IS NULL) = (outcome IS NULL)")),
    sqlite_strict=True,
)
Index(
    "task_open",
    task.c.province,
    task.c.ward,
    task.c.due_ms,
    sqlite_where=task.c.done_ms.is_(None),
    postgresql_where=task.c.done_ms.is_(None),
)
Index("task_contact", task.c.contact)
