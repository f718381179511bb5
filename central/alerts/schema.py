"""The tables of releases, messages, the stop list, the public feed and flags, in the metadata of central.schema.

- A release is proposed by one officer and released by another; a release that the breaker holds waits for a third.
- Of a pass only the first 8 bytes of its random number stand here: enough for a gate to ask, not to make a pass.
- A text and its address stand sealed to the sender's key, and go once they are not needed for a recall any more.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, text

import central.authority.schema  # what the foreign keys below point to
import central.people.schema
import central.places.schema  # noqa: F401
from central.columns import NUMBER
from central.schema import metadata

release = Table(
    "release",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("case_id", Text, ForeignKey("case_file.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("template", Text, nullable=False),  # of central/alerts/texts
    Column("limits", Text, nullable=False),  # the name of the table of limits that judged it
    Column("proposed_by", Text, nullable=False),
    Column("proposed_ms", NUMBER, nullable=False),
    Column("released_by", Text),  # the second officer
    Column("released_ms", NUMBER),
    Column("held", Text, nullable=False),  # JSON: why the breaker holds it; [] while it does not
    Column("freed_by", Text),  # the third, where it was held
    Column("sent_ms", NUMBER),  # when the lists of its scopes were signed and its messages let go
    Column("until_ms", NUMBER, nullable=False),  # the last moment at which it counts at a gate
    Column("stopped_by", Text),
    Column("stopped_ms", NUMBER),
    Column("counts", Text, nullable=False),  # JSON: how many are reached by which channel
    CheckConstraint(text("state IN ('proposed', 'held', 'released', 'sent', 'stopped', 'recalled', 'over')")),
    CheckConstraint(text("(released_by IS NULL) = (released_ms IS NULL)")),
    CheckConstraint(text("released_by IS NULL OR released_by <> proposed_by")),
    CheckConstraint(text("freed_by IS NULL OR (freed_by <> proposed_by AND freed_by <> released_by)")),
    CheckConstraint(text("state NOT IN ('held', 'released', 'sent') OR released_by IS NOT NULL")),
    CheckConstraint(text("(stopped_by IS NULL) = (stopped_ms IS NULL)")),
    sqlite_strict=True,
)
Index("release_case", release.c.case_id)
Index("release_state", release.c.state, release.c.released_ms)

# By what a contact of a release is to be reached: one row for each channel, or for the task in place of one.
reach = Table(
    "reach",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("release", NUMBER, ForeignKey("release.id"), nullable=False),
    Column("contact", NUMBER, ForeignKey("contact.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("language", Text, nullable=False),  # "" where nobody knows it: then Vietnamese, and English below it
    Column("segments", NUMBER, nullable=False),  # of an SMS; 0 of everything else
    # Of a call or a visit: whose it will be; "" for the province's own officers, null while nobody has said.
    Column("station", Text),
    Column("task", NUMBER, ForeignKey("task.id")),  # once it is sent
    Column("changed_ms", NUMBER, nullable=False),
    UniqueConstraint("release", "contact", "channel"),
    CheckConstraint(text("channel IN ('gate', 'page', 'push', 'sms', 'email', 'call', 'visit')")),
    CheckConstraint(
        text("state IN ('proposed', 'waiting', 'sent', 'delivered', 'failed', 'stopped', 'recalled', 'withdrawn')")
    ),
    sqlite_strict=True,
)
Index("reach_contact", reach.c.contact)

# What stands in the lists at the gates. Rows without a release stand for nobody: they hide how long a list is.
exposure_entry = Table(
    "exposure_entry",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("entry", LargeBinary, primary_key=True),  # 8 bytes
    Column("release", NUMBER, primary_key=True),  # 0: for nobody
    Column("contact", NUMBER),
    Column("until_ms", NUMBER, nullable=False),  # central.alerts.lists.end_of: many share one
    Column("live", NUMBER, nullable=False),  # 1: in the list now
    CheckConstraint(text("length(entry) = 8 AND live IN (0, 1)")),
    CheckConstraint(text("(release = 0) = (contact IS NULL)")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index("exposure_entry_release", exposure_entry.c.release)

# Scopes that have or had a list; a dirty one is signed anew by the job within a second.
exposure_scope = Table(
    "exposure_scope",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("dirty", NUMBER, nullable=False),
    Column("published_ms", NUMBER),
    Column("names", NUMBER, nullable=False),  # into how many bulletins its list is cut
    CheckConstraint(text("dirty IN (0, 1)")),
    sqlite_strict=True,
)

# Where a browser that holds a pass wants to be told: sealed for the sender, named by the pass's first 8 bytes.
push_subscription = Table(
    "push_subscription",
    metadata,
    Column("entry", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("ends_ms", NUMBER, nullable=False),
    CheckConstraint(text("length(entry) = 8")),
    sqlite_strict=True,
)

message = Table(
    "message",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("release", NUMBER, ForeignKey("release.id")),
    Column("reach", NUMBER, ForeignKey("reach.id")),
    Column("kind", Text, nullable=False),  # alert; recall, notice, clearance: sealed with it, sent if their time comes
    Column("channel", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # address and text for the sender's key; empty once it is done with
    Column("state", Text, nullable=False),
    Column("tries", NUMBER, nullable=False),
    Column("next_ms", NUMBER, nullable=False),  # not before
    Column("ends_ms", NUMBER, nullable=False),  # not after: an alert that is too old helps nobody
    Column("far_id", Text, nullable=False),  # what the other side calls it: receipts name it
    Column("why", Text, nullable=False),  # a reason code of the last failure; never what the other side said
    CheckConstraint(text("kind IN ('alert', 'recall', 'notice', 'clearance')")),
    CheckConstraint(text("channel IN ('push', 'sms', 'email')")),
    CheckConstraint(text("state IN ('held', 'waiting', 'sending', 'sent', 'delivered', 'failed', 'cancelled')")),
    sqlite_strict=True,
)
Index("message_due", message.c.state, message.c.next_ms)
Index("message_reach", message.c.reach)
Index("message_far", message.c.far_id)

# Asked again immediately before anything is sent. A row without an end stands.
alert_stop = Table(
    "alert_stop",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("about", Text, nullable=False),  # "all", "case-ID", "release-ID" or "contact-ID"
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at_ms", NUMBER, nullable=False),
    Column("ended_by", Text),
    Column("ended_ms", NUMBER),
    CheckConstraint(text("(ended_by IS NULL) = (ended_ms IS NULL)")),
    sqlite_strict=True,
)
Index("alert_stop_about", alert_stop.c.about)

# "Call me back": the code that an alert carries, once.
call_code = Table(
    "call_code",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of the code
    Column("reach", NUMBER, ForeignKey("reach.id"), nullable=False),
    Column("ends_ms", NUMBER, nullable=False),
    Column("task", NUMBER, ForeignKey("task.id")),  # the call back that was asked for
    CheckConstraint(text("length(hash) = 32")),
    sqlite_strict=True,
)

# A venue that is named in public for a while.
public_notice = Table(
    "public_notice",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("case_id", Text, ForeignKey("case_file.id"), nullable=False),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("from_ms", NUMBER, nullable=False),
    Column("to_ms", NUMBER, nullable=False),
    Column("why", Text, nullable=False),
    Column("order_id", Text, nullable=False),  # "" unless an order says so
    Column("visitors", NUMBER, nullable=False),  # who were there then; never below the table of limits
    Column("unreached", NUMBER, nullable=False),  # of them
    Column("proposed_by", Text, nullable=False),
    Column("proposed_ms", NUMBER, nullable=False),
    Column("released_by", Text),
    Column("released_ms", NUMBER),
    Column("ends_ms", NUMBER, nullable=False),
    Column("withdrawn_ms", NUMBER),
    CheckConstraint(text("why IN ('unreached', 'order')")),
    CheckConstraint(text("(why = 'order') = (order_id <> '')")),
    CheckConstraint(text("why <> 'unreached' OR unreached > 0")),
    CheckConstraint(text("from_ms < to_ms AND unreached <= visitors")),
    CheckConstraint(text("(released_by IS NULL) = (released_ms IS NULL)")),
    CheckConstraint(text("released_by IS NULL OR released_by <> proposed_by")),
    sqlite_strict=True,
)

# The same printed code where it can hardly be: to look at, never an alert by itself.
flag = Table(
    "flag",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person", NUMBER, ForeignKey("person.id"), nullable=False),
    Column("place", NUMBER, nullable=False),
    Column("other_place", NUMBER),
    Column("at_ms", NUMBER, nullable=False),
    Column("gap_ms", NUMBER, nullable=False),  # between the two places; 0 of the other kinds
    Column("found_ms", NUMBER, nullable=False),
    Column("closed_by", Text),
    Column("closed_ms", NUMBER),
    UniqueConstraint("kind", "person", "place", "at_ms"),
    CheckConstraint(text("kind IN ('two_places', 'closed', 'far_device')")),
    CheckConstraint(text("(kind = 'two_places') = (other_place IS NOT NULL)")),
    CheckConstraint(text("(closed_by IS NULL) = (closed_ms IS NULL)")),
    sqlite_strict=True,
)
Index("flag_open", flag.c.closed_ms, flag.c.at_ms)
