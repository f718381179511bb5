"""The tables of the province's report, in the metadata of central.schema. Comments give each column's rule.

- Numbers alone, by place or ward and day: they stay when the visits that they count are destroyed.
- A day is counted from 1970-01-01 in Viet Nam.
"""

from sqlalchemy import CheckConstraint, Column, Index, Table, Text, text

from central.columns import NUMBER
from central.schema import metadata

day_count = Table(
    "day_count",
    metadata,
    Column("day", NUMBER, primary_key=True, autoincrement=False),
    Column("place", NUMBER, primary_key=True, autoincrement=False),  # place.number
    Column("ins", NUMBER, nullable=False),  # visits, by direction
    Column("outs", NUMBER, nullable=False),
    Column("asked", NUMBER, nullable=False),  # of the ways in: led to the help desk, or stopped
    Column("stays", NUMBER, nullable=False),  # that began with a check-in on that day
    Column("ended", NUMBER, nullable=False),  # of them: the check-out was seen too
    Column("due", NUMBER, nullable=False, server_default=text("0")),  # people who came in and owed a declaration
    Column("done", NUMBER, nullable=False, server_default=text("0")),  # of them: it was there by the end of the day
    Column("untold", NUMBER, nullable=False, server_default=text("0")),  # ways in whose kiosk did not say
    CheckConstraint(text("ins >= 0 AND outs >= 0 AND asked <= ins AND ended <= stays")),
    CheckConstraint(text("done <= due AND untold <= ins")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index("day_count_place", day_count.c.place, day_count.c.day)

# When a place was last counted: what came since makes it due again.
place_counted = Table(
    "place_counted",
    metadata,
    Column("place", NUMBER, primary_key=True, autoincrement=False),
    Column("counted_ms", NUMBER, nullable=False),  # today and the day before
    Column("whole_ms", NUMBER, nullable=False),  # every day of which all visits are still there
    sqlite_strict=True,
)

# One ward on one day, all that the report says of it. Null: nobody counted on that day, and nobody can any more.
ward_day = Table(
    "ward_day",
    metadata,
    Column("day", NUMBER, primary_key=True, autoincrement=False),
    Column("province", Text, primary_key=True),  # "" while nobody has said where a place lies
    Column("ward", Text, primary_key=True),
    Column("places", NUMBER),  # registered
    Column("live", NUMBER, nullable=False),  # with a visit on that day
    Column("kiosks", NUMBER),
    Column("kiosks_up", NUMBER),
    Column("ins", NUMBER, nullable=False),
    Column("outs", NUMBER, nullable=False),
    Column("asked", NUMBER, nullable=False),
    Column("stays", NUMBER, nullable=False),
    Column("ended", NUMBER, nullable=False),
    Column("due", NUMBER),  # declarations that orders and quarantine asked for; null: no kiosk said
    Column("done", NUMBER),  # of them: those that came
    Column("triaged", NUMBER, nullable=False),  # of them: put before the desk
    Column("closed", NUMBER, nullable=False),  # of these: closed by now
    Column("checks", NUMBER, nullable=False),  # self-checks that came
    Column("checks_late", NUMBER),  # places whose self-check is late
    Column("feedback", NUMBER, nullable=False),  # words of citizens that came
    Column("feedback_open", NUMBER),  # reported suspected cases that the desk has not closed
    Column("alerts", NUMBER, nullable=False),  # contacts to whom an alert of that day goes
    Column("reached", NUMBER, nullable=False),  # contacts reached on that day
    Column("minutes", NUMBER, nullable=False),  # that took, from each case's result, added up
    Column("untold", NUMBER, nullable=False, server_default=text("0")),  # ways in of which nobody knows what was due
    CheckConstraint(text("ended <= stays AND done <= due AND closed <= triaged")),
    CheckConstraint(text("(due IS NULL) = (done IS NULL)")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

# Days of which ward_day is to be made anew.
report_day = Table(
    "report_day",
    metadata,
    Column("day", NUMBER, primary_key=True, autoincrement=False),
    Column("made_ms", NUMBER, nullable=False),  # 0: never
    Column("dirty", NUMBER, nullable=False),
    CheckConstraint(text("dirty IN (0, 1)")),
    sqlite_strict=True,
)

# What a place, or an officer for it, finds difficult, and what it was answered.
difficulty = Table(
    "difficulty",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("venue", Text, nullable=False),  # "" where it concerns a whole ward or province
    Column("ward", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("words", Text, nullable=False),  # no person is named in it: central.reports.difficulties
    Column("raised_by", Text, nullable=False),  # a login
    Column("raised_ms", NUMBER, nullable=False),
    Column("day", NUMBER, nullable=False),  # of raised_ms
    Column("answer", Text),
    Column("answered_by", Text),
    Column("answered_ms", NUMBER),
    CheckConstraint(text("topic IN ('kiosk', 'network', 'people', 'rules', 'other')")),
    CheckConstraint(text("(answer IS NULL) = (answered_ms IS NULL) AND (answer IS NULL) = (answered_by IS NULL)")),
    CheckConstraint(text("length(words) BETWEEN 3 AND 1000")),
    sqlite_strict=True,
)
Index("difficulty_area", difficulty.c.province, difficulty.c.day)
Index("difficulty_venue", difficulty.c.venue, difficulty.c.raised_ms)
