"""The tables of tags and cases, in the metadata of central.schema. Comments give each column's rule.

- A tag's key stands here as it stands in the signed `tags` bulletin beside it: sealing one of two copies would protect
  nothing. Whoever reads this database can imitate a tag, as with a photograph of a printed pass, and learns no name.
  When a tag ends its key is destroyed here, and the next bulletin does not name it.
- What came of a case's keys is for the authority alone, and goes when the case is ruled out.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from central.columns import NUMBER
from central.schema import metadata

_AT = "0 <= start_ms AND start_ms <= end_ms AND windows > 0"

issued_tag = Table(
    "issued_tag",
    metadata,
    Column("pass_id", LargeBinary, ForeignKey("issued_pass.id"), primary_key=True),  # printed on it as a QR code
    Column("number", NUMBER, nullable=False, unique=True),  # what people say on the telephone; never given twice
    Column("venue", Text, nullable=False),  # whose gates know it
    Column("key", LargeBinary),  # 16 bytes; null once the tag has ended
    Column("exponent", Integer, nullable=False),  # it sends a new identifier each 2^exponent s
    Column("epoch_s", NUMBER, nullable=False),  # Unix s at which its counter stood at 0
    Column("companions", Integer, nullable=False),
    Column("issued_ms", NUMBER, nullable=False),
    Column("ended_ms", NUMBER),  # when it was revoked or replaced
    Column("replaced_by", LargeBinary),  # the pass of the tag that took its place
    CheckConstraint(text("(key IS NULL) = (ended_ms IS NOT NULL)")),
    CheckConstraint(text("key IS NULL OR length(key) = 16")),
    CheckConstraint(text("exponent BETWEEN 0 AND 15 AND companions BETWEEN 0 AND 9")),
    sqlite_strict=True,
)
Index("issued_tag_venue", issued_tag.c.venue, issued_tag.c.number)

# What was last said of a case; the row is also what a rule-out and ingest wait for each other by.
ble_case = Table(
    "ble_case",
    metadata,
    Column("id", Text, primary_key=True),
    Column("standing", Text, nullable=False),  # unknown: kiosks named it before anybody published it here
    Column("said_ms", NUMBER, nullable=False),
    Column("generation", NUMBER, nullable=False),  # of the centre when it was said: a restored copy is older than that
    CheckConstraint(text("standing IN ('unknown', 'confirmed', 'suspected', 'ruled_out')")),
    sqlite_strict=True,
)

encounter = Table(
    "encounter",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    Column("venue", Text, nullable=False),  # where the device stood when the record came in
    Column("gate", Text, nullable=False),
    Column("case_id", Text, ForeignKey("ble_case.id"), nullable=False),
    Column("system", Text, nullable=False),  # wire.sightings.SYSTEMS
    Column("identifier", LargeBinary, nullable=False),  # rotating, of the case
    Column("start_ms", NUMBER, nullable=False),
    Column("end_ms", NUMBER, nullable=False),
    Column("windows", NUMBER, nullable=False),  # minutes in which it was heard
    Column("buckets", Text, nullable=False),  # JSON: windows by attenuation bucket (docs/protocol.md)
    Column("confidence", Integer, nullable=False),  # 0..100
    CheckConstraint(text(_AT)),
    CheckConstraint(text("confidence BETWEEN 0 AND 100")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index("encounter_case", encounter.c.case_id, encounter.c.start_ms)

contact_candidate = Table(
    "contact_candidate",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    Column("venue", Text, nullable=False),
    Column("gate", Text, nullable=False),
    Column("case_id", Text, ForeignKey("ble_case.id"), nullable=False),
    Column("case_system", Text, nullable=False),
    Column("case_identifier", LargeBinary, nullable=False),
    Column("system", Text, nullable=False),
    Column("identifier", LargeBinary, nullable=False),  # rotating, or the pass of an issued tag; never a name
    Column("start_ms", NUMBER, nullable=False),
    Column("end_ms", NUMBER, nullable=False),
    Column("windows", NUMBER, nullable=False),  # minutes in which both were heard
    Column("bucket", Integer, nullable=False),
    CheckConstraint(text(_AT)),
    CheckConstraint(text("bucket BETWEEN 0 AND 7")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Index("contact_candidate_case", contact_candidate.c.case_id, contact_candidate.c.start_ms)

# Radio records among `conflict`: their bytes go with their case as well.
case_conflict = Table(
    "case_conflict",
    metadata,
    Column("stream", NUMBER, ForeignKey("stream.id"), primary_key=True),
    Column("seq", NUMBER, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("case_id", Text, ForeignKey("ble_case.id"), nullable=False),
    sqlite_strict=True,
)
Index("case_conflict_case", case_conflict.c.case_id)
