"""The tables of cases, contacts and tasks, in the metadata of central.schema. Comments give each column's rule."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, text

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
    Column("result_ms", NUMBER),  # when the laboratory had its result, or the clinician said so: the clock starts here
    Column("index_identity", LargeBinary),  # the code that was entered: `person` follows it when links change
    Column("traced_ms", NUMBER),  # when contacts were last listed
    Column("released_ms", NUMBER),  # when its first alert was released
    Column("stale_ms", NUMBER),  # links of its people changed then: it is to be traced again
    CheckConstraint(text("state IN ('waiting', 'suspected', 'confirmed', 'ruled_out', 'expired', 'merged', 'closed')")),
    CheckConstraint(text("evidence IN ('laboratory', 'clinician')")),
    CheckConstraint(text("(signed_by IS NULL) = (signed_ms IS NULL)")),
    CheckConstraint(text("signed_by IS NULL OR signed_by <> opened_by")),
    CheckConstraint(text("from_ms <= to_ms")),
    sqlite_strict=True,
)
Index("case_file_person", case_file.c.person)
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
    Column("channel", Text, nullable=False, server_default=""),  # by which an alert is on its way; "" for none
    Column("found_ms", NUMBER),  # the last tracing that found them; older than the case's: it finds them no more
    UniqueConstraint("case_id", "person"),
    CheckConstraint(text("hop BETWEEN 1 AND 3")),
    CheckConstraint(text("label IN ('', 'F1', 'F2', 'F3')")),
    CheckConstraint(text("state IN ('listed', 'waiting', 'reached', 'declined', 'lost', 'withdrawn')")),
    sqlite_strict=True,
)
Index("contact_person", contact.c.person)
Index("contact_case_state", contact.c.case_id, contact.c.state, contact.c.ward, contact.c.province)
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
Index(
    "task_open_contact",
    task.c.contact,
    task.c.due_ms,
    task.c.kind,
    sqlite_where=task.c.done_ms.is_(None),
    postgresql_where=task.c.done_ms.is_(None),
)

Index("task_about", task.c.about, task.c.done_ms)
Index("task_officer", task.c.officer, task.c.done_ms)

# The story of a case: what was decided, by whom. Never overwritten; a merge stands on both sides.
case_event = Table(
    "case_event",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("case_id", Text, ForeignKey("case_file.id"), nullable=False),
    Column("at_ms", NUMBER, nullable=False),
    Column("said_by", Text, nullable=False),  # a login, or "job:NAME"
    Column("what", Text, nullable=False),  # central.authority.events.WHAT
    Column("detail", Text, nullable=False),  # JSON of states, counts and numbers of rows; nothing personal
    sqlite_strict=True,
)
Index("case_event_case", case_event.c.case_id, case_event.c.id)

case_number = Table(
    "case_number",
    metadata,
    Column("year", NUMBER, primary_key=True),  # in Viet Nam
    Column("last", NUMBER, nullable=False),  # the last number that was given; none is given twice
    sqlite_strict=True,
)

# One day of a contact's follow-up has one task, however often the job runs.
follow_up = Table(
    "follow_up",
    metadata,
    Column("contact", NUMBER, ForeignKey("contact.id"), primary_key=True),
    Column("day", NUMBER, primary_key=True),  # days since 1970-01-01 in Viet Nam
    Column("task", NUMBER, ForeignKey("task.id"), nullable=False),
    sqlite_strict=True,
)

# A form that was sent: on a bad link it is sent twice, and counts once. Kept for two days.
form_sent = Table(
    "form_sent",
    metadata,
    Column("token", Text, primary_key=True),  # random, drawn with the page
    Column("at_ms", NUMBER, nullable=False),
    Column("login", Text, nullable=False),
    Column("answer", Text, nullable=False),  # the address that the first sending led to
    sqlite_strict=True,
)
Index("form_sent_at", form_sent.c.at_ms)
