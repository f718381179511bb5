"""The tables of central.safety, in the metadata of central.schema. Comments give each column's rule.

- A place's state is never overwritten: each change is an event with its reasons, `facility_now` is the last of them.
- What was answered is kept with the scheme and its version; the state can be worked out anew from it at any time.
- No person is in them but the account that answered or inspected.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, text

from central.columns import NUMBER
from central.schema import metadata

_STATES = "state IN ('safe', 'at_risk', 'unsafe', 'not_assessed')"

facility_event = Table(
    "facility_event",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("at_ms", NUMBER, nullable=False),
    Column("state", Text, nullable=False),
    Column("cause", Text, nullable=False),  # central.safety.states.Cause
    Column("about", Text, nullable=False),  # number of the self-check, inspection or report; "" for none
    Column("reasons", Text, nullable=False),  # JSON list of keys of words, for everybody to read
    Column("until_ms", NUMBER),  # not assessed from then on, unless something new is known; null: no end
    CheckConstraint(text(_STATES)),
    CheckConstraint(text("until_ms IS NULL OR until_ms > at_ms")),
    sqlite_strict=True,
)
Index("facility_event_place", facility_event.c.place, facility_event.c.at_ms)

facility_now = Table(
    "facility_now",
    metadata,
    Column("place", NUMBER, ForeignKey("place.number"), primary_key=True),
    Column("event", NUMBER, ForeignKey("facility_event.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("since_ms", NUMBER, nullable=False),  # when it came into this state
    Column("until_ms", NUMBER),
    Column("change", NUMBER, nullable=False, unique=True),  # rises with each change of any place: what is new since
    CheckConstraint(text(_STATES)),
    sqlite_strict=True,
)
Index("facility_now_until", facility_now.c.until_ms)

# What a place says of itself, from its manager's phone, its kiosk or a paper that the operator typed in.
self_check = Table(
    "self_check",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("period", Text, nullable=False),  # periodic: every criterion; daily: the short list of each day
    Column("scheme", Text, nullable=False),  # id and version of central/safety/schemes, as "market-2026/1"
    Column("scores", Text, nullable=False),  # JSON {criterion id: 0 or 1, points, or null where it does not apply}
    Column("state", Text, nullable=False),
    Column("score", NUMBER, nullable=False),
    Column("most", NUMBER, nullable=False),
    Column("reasons", Text, nullable=False),  # JSON list, as central.safety.reasons reads them
    Column("author", Text, nullable=False),  # login; "kiosk:" and the device; "paper"
    Column("at_ms", NUMBER, nullable=False),
    Column("until_ms", NUMBER, nullable=False),  # it is over then
    Column("pledge", LargeBinary, nullable=False),  # SHA-256 of the sentence that was promised, in the language it was
    Column("language", Text, nullable=False),
    Column("told_ms", NUMBER),  # when it was said, days ahead, that this whole check runs out
    CheckConstraint(text(_STATES + " AND period IN ('daily', 'periodic')")),
    CheckConstraint(text("until_ms > at_ms AND score >= 0 AND most > 0 AND length(pledge) = 32")),
    UniqueConstraint("place", "period", "at_ms", "author"),  # sent twice, it is one
    sqlite_strict=True,
)
_UNTOLD = self_check.c.told_ms.is_(None)
Index("self_check_untold", self_check.c.until_ms, sqlite_where=_UNTOLD, postgresql_where=_UNTOLD)
Index("self_check_place", self_check.c.place, self_check.c.period, self_check.c.at_ms)

# A check as a kiosk sent it, until the job `kiosk_checks` has scored it: ingest does nothing that could fail.
kiosk_check = Table(
    "kiosk_check",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("venue", Text, nullable=False),
    Column("stream", NUMBER, nullable=False),
    Column("form", Text, nullable=False),  # as the record has it: "check-market|1"
    Column("scores", Text, nullable=False),  # JSON {linkId: number}
    Column("at_ms", NUMBER, nullable=False),
    Column("done_ms", NUMBER),
    Column("refused", Text),  # why it could not be scored
    sqlite_strict=True,
)
_WAITS = kiosk_check.c.done_ms.is_(None)
Index("kiosk_check_waits", kiosk_check.c.id, sqlite_where=_WAITS, postgresql_where=_WAITS)

# An inspector's visit: asked for, done, and what came of it.
inspection = Table(
    "inspection",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("why", Text, nullable=False),
    Column("about", Text, nullable=False),  # number of the report or of the inspection that it follows; "" for none
    Column("asked_ms", NUMBER, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("due_ms", NUMBER, nullable=False),
    Column("done_ms", NUMBER),
    Column("done_by", Text),
    Column("state", Text),  # what was found; it stands above a better word of the place until a recheck
    Column("until_ms", NUMBER),  # a safe one counts as a check of the place, for as long as that would
    Column("words", Text, nullable=False),  # for the place and everybody; about the place, never about a person
    CheckConstraint(text("why IN ('planned', 'feedback', 'recheck', 'measured')")),
    CheckConstraint(text("state IN ('safe', 'at_risk', 'unsafe') AND (done_ms IS NULL) = (state IS NULL)")),
    CheckConstraint(text("(done_ms IS NULL) = (done_by IS NULL)")),
    sqlite_strict=True,
)
Index("inspection_place", inspection.c.place, inspection.c.done_ms)
_OPEN = inspection.c.done_ms.is_(None)
Index("inspection_due", inspection.c.due_ms, sqlite_where=_OPEN, postgresql_where=_OPEN)

# One criterion that was not met at an inspection.
finding = Table(
    "finding",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("inspection", NUMBER, ForeignKey("inspection.id"), nullable=False),
    Column("criterion", Text, nullable=False),  # of the scheme, as "4@market-2026"
    Column("words", Text, nullable=False),
    Column("deadline_ms", NUMBER, nullable=False),
    Column("fixed_ms", NUMBER),  # when a later inspection found it met
    UniqueConstraint("inspection", "criterion"),
    sqlite_strict=True,
)

# A picture, small and without what the camera wrote into it; inspectors and who sent it see it, nobody else.
evidence = Table(
    "evidence",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("self_check", NUMBER, ForeignKey("self_check.id")),
    Column("inspection", NUMBER, ForeignKey("inspection.id")),
    Column("criterion", Text, nullable=False),  # "" for the place as a whole
    Column("picture", LargeBinary, nullable=False),  # JPEG made here, at most 200 kB
    Column("made_ms", NUMBER, nullable=False),
    CheckConstraint(text("(self_check IS NULL) <> (inspection IS NULL)")),
    CheckConstraint(text("length(picture) <= 204800")),
    sqlite_strict=True,
)
Index("evidence_check", evidence.c.self_check)
Index("evidence_inspection", evidence.c.inspection)

# What devices counted at a place in one hour; nobody stands in it.
measured = Table(
    "measured",
    metadata,
    Column("place", NUMBER, ForeignKey("place.number"), primary_key=True),
    Column("hour_ms", NUMBER, primary_key=True),  # its beginning
    Column("source", Text, primary_key=True),  # the device; "visits" for what was worked out from stays
    Column("ins", NUMBER, nullable=False),
    Column("outs", NUMBER, nullable=False),
    Column("by_hand", NUMBER, nullable=False),  # of the ins: let in by a guard or from paper
    Column("occupancy_max", NUMBER),
    Column("per_min_max", NUMBER),
    Column("up_s", NUMBER),  # seconds in which the gate could serve
    Column("co2_max", NUMBER),  # ppm; null without a sensor
    Column("co2_mean", NUMBER),
    CheckConstraint(text("ins >= 0 AND outs >= 0 AND by_hand >= 0 AND occupancy_max >= 0")),
    CheckConstraint(text("up_s BETWEEN 0 AND 3600")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index("measured_hour", measured.c.hour_ms)

# A pledge that what was measured speaks against.
contradiction = Table(
    "contradiction",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("rule", Text, nullable=False),  # of central/safety/rules/measures.toml
    Column("criterion", Text, nullable=False),  # the pledge, as "12@supermarket-2026"; "" for the place's own capacity
    Column("first_ms", NUMBER, nullable=False),  # beginning of the first hour
    Column("last_ms", NUMBER, nullable=False),  # end of the last hour
    Column("worst", NUMBER, nullable=False),  # in the rule's own unit: percent, ppm
    Column("holds_ms", NUMBER),  # until then it makes the place at risk; null: it does not
    UniqueConstraint("place", "rule", "first_ms"),
    CheckConstraint(text("last_ms > first_ms")),
    sqlite_strict=True,
)
Index("contradiction_last", contradiction.c.last_ms)

# What citizens' reports weigh by the rule (central/safety/rules/reports.toml); who sent them is not here.
reported = Table(
    "reported",
    metadata,
    Column("place", NUMBER, ForeignKey("place.number"), primary_key=True),
    Column("reports", Text, nullable=False),  # JSON of central.safety.reports.Report
    Column("since_ms", NUMBER),  # since when they make the place at risk; null: they do not
    sqlite_strict=True,
)

# On which days of the week a place is open; without a row: on all of them.
opening_week = Table(
    "opening_week",
    metadata,
    Column("place", NUMBER, ForeignKey("place.number"), primary_key=True),
    Column("weekdays", NUMBER, nullable=False),  # a bit for each: 1 Monday ... 64 Sunday
    Column("changed_ms", NUMBER, nullable=False),
    CheckConstraint(text("weekdays BETWEEN 1 AND 127")),
    sqlite_strict=True,
)

# Days on which a place is shut, said before they end: Tet, a repair. What has begun is cut short, never taken away.
closure = Table(
    "closure",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("first_day", NUMBER, nullable=False),  # days since 1970-01-01 in Viet Nam
    Column("last_day", NUMBER, nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    CheckConstraint(text("last_day >= first_day AND last_day - first_day < 62")),
    UniqueConstraint("place", "first_day"),
    sqlite_strict=True,
)

# Where somebody of a place wants to be reminded, by their own choice; the row goes when they stop.
reminder_way = Table(
    "reminder_way",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("login", Text, ForeignKey("account.login"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("key", LargeBinary, nullable=False, unique=True),  # 128 random bits: names it in the outbox, and stops it
    Column("sealed", LargeBinary, nullable=False),  # the address, for the sender alone
    Column("made_ms", NUMBER, nullable=False),
    UniqueConstraint("place", "login", "channel"),
    CheckConstraint(text("channel IN ('email', 'push') AND length(key) = 16")),
    sqlite_strict=True,
)

# What was said of the end of a place's checks, so that it is said once.
check_told = Table(
    "check_told",
    metadata,
    Column("place", NUMBER, ForeignKey("place.number"), primary_key=True),
    Column("until_ms", NUMBER, nullable=False),  # the end that it was about; another one is told anew
    Column("due_ms", NUMBER),
    Column("late_ms", NUMBER),
    sqlite_strict=True,
)
