"""The table of rule proposals, in the metadata of central.schema. Comments give each column's rule."""

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Table, Text, text

from central.columns import NUMBER
from central.schema import metadata

# A rule set that somebody wants at the gates. It is published by the second person's word, or not at all.
rule_proposal = Table(
    "rule_proposal",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("name", Text, nullable=False),  # the set's own id
    Column("version", NUMBER, nullable=False),
    Column("scope", Text, nullable=False),
    Column("body", Text, nullable=False),  # the JSON text as it was handed in, its tests with it
    Column("hash", LargeBinary, nullable=False),  # SHA-256 of body: what is signed is what was read
    Column("found", Text, nullable=False),  # JSON: tests, warnings and last week tried, as they were when proposed
    Column("state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),  # a login, or "command"
    Column("proposed_ms", NUMBER, nullable=False),
    Column("ends_ms", NUMBER, nullable=False),  # nobody signs it after that
    Column("decided_by", Text),  # the second person; of one that was taken back whoever proposed it
    Column("decided_ms", NUMBER),
    Column("words", Text, nullable=False),  # why it is wanted; no person is named
    CheckConstraint(text("state IN ('open', 'published', 'refused', 'withdrawn', 'expired')")),
    CheckConstraint(text("state <> 'published' OR (decided_by IS NOT NULL AND decided_by <> proposed_by)")),
    CheckConstraint(text("(decided_ms IS NULL) = (state = 'open')")),
    CheckConstraint(text("length(hash) = 32 AND ends_ms > proposed_ms")),
    sqlite_strict=True,
)
Index("rule_proposal_state", rule_proposal.c.state, rule_proposal.c.proposed_ms)
