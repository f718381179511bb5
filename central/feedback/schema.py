"""The tables of central.feedback, in the metadata of central.schema. Comments give each column's rule.

- Who sent a word is in none of them. A sender holds a code; what stands here is its HMAC.
- `made_ms` of every table is the time of the word itself: what hangs on a word ends with it.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, text

from central.columns import NUMBER
from central.schema import metadata

# One word of one citizen about one place.
feedback = Table(
    "feedback",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("place", NUMBER, ForeignKey("place.number"), nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("source", Text, nullable=False),
    Column("code", LargeBinary, unique=True),  # HMAC of the sender's code; null for a kiosk's: nobody follows it
    Column("stream", NUMBER),  # the kiosk's record; null for what was typed on a page
    Column("seq", NUMBER),
    Column("topic", Text, nullable=False),  # an id of topics.toml
    Column("rating", NUMBER, nullable=False),  # 1 bad .. 5 good; 0: none given
    Column("language", Text, nullable=False),  # of the page; what is answered to the sender is in it
    Column("words", LargeBinary, nullable=False),  # sealed for the moderators (central.feedback.sealing); empty: none
    Column("digest", LargeBinary, nullable=False),  # HMAC of the words without case, marks and gaps; empty: none
    Column("sketch", LargeBinary, nullable=False),  # 16 keyed minima of the words' shingles, 4 bytes each; empty: none
    Column("voice", LargeBinary),  # HMAC of (place, pass) of a real visit; null: nobody has shown one
    Column("state", Text, nullable=False),  # central.feedback.life
    Column("seen_ms", NUMBER),  # a moderator has opened it
    Column("decided_ms", NUMBER),
    Column("reason", Text, nullable=False),  # of a refusal; "" else
    Column("serious", NUMBER, nullable=False),  # 1: a moderator has confirmed it as serious
    Column("inspection", NUMBER),  # number of central.safety's, where it was passed on
    Column("same_as", NUMBER),  # id of an earlier one that says the same: it is folded into that; it may end before
    Column("campaign", NUMBER),  # id of the first of a flood that it belongs to
    Column("public_words", Text, nullable=False),  # released, "[…]" where something was struck; "" while none are
    Column("visible_ms", NUMBER),  # public from then on; null: it is not
    CheckConstraint(text("source IN ('page', 'kiosk')")),
    CheckConstraint(text("(stream IS NULL) = (seq IS NULL) AND (source = 'kiosk') = (stream IS NOT NULL)")),
    CheckConstraint(text("rating BETWEEN 0 AND 5 AND serious IN (0, 1)")),
    CheckConstraint(text("voice IS NULL OR length(voice) = 16")),
    CheckConstraint(text("state IN ('waiting', 'asked', 'published', 'refused', 'withdrawn', 'counted')")),
    CheckConstraint(text("(state = 'refused') = (reason <> '')")),
    CheckConstraint(text("visible_ms IS NULL OR state IN ('published', 'counted')")),
    UniqueConstraint("stream", "seq"),
    sqlite_strict=True,
)
Index("feedback_place", feedback.c.place, feedback.c.made_ms)
_OPEN = text("state IN ('waiting', 'asked')")
Index("feedback_open", feedback.c.made_ms, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("feedback_campaign", feedback.c.campaign)
Index("feedback_same", feedback.c.same_as)
Index("feedback_made", feedback.c.made_ms)

# What the sender or a moderator added: a question, one more word, why it was not published.
feedback_note = Table(
    "feedback_note",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("feedback", NUMBER, ForeignKey("feedback.id", ondelete="CASCADE"), nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("at_ms", NUMBER, nullable=False),
    Column("what", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # one more word of the sender; empty else
    Column("words", Text, nullable=False),  # a moderator's question to the sender, or note to the inspector
    CheckConstraint(text("what IN ('asked', 'more', 'inspect')")),
    sqlite_strict=True,
)
Index("feedback_note_of", feedback_note.c.feedback)
Index("feedback_note_made", feedback_note.c.made_ms)

# A picture, without what a camera writes into its file, small, sealed for the moderators.
feedback_picture = Table(
    "feedback_picture",
    metadata,
    Column("feedback", NUMBER, ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True),
    Column("made_ms", NUMBER, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("shown", NUMBER, nullable=False),  # 1: a moderator lets the place see it; the public never does
    CheckConstraint(text("shown IN (0, 1)")),
    sqlite_strict=True,
)
Index("feedback_picture_made", feedback_picture.c.made_ms)

# "There is an answer", to the phone that the sender gave: written and sealed for the sending job when the word came in.
feedback_letter = Table(
    "feedback_letter",
    metadata,
    Column("feedback", NUMBER, ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True),
    Column("made_ms", NUMBER, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # of central.alerts.sealing; goes into `message` and from here
    sqlite_strict=True,
)
Index("feedback_letter_made", feedback_letter.c.made_ms)

# What the place says to it: one answer and one more.
feedback_answer = Table(
    "feedback_answer",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("feedback", NUMBER, ForeignKey("feedback.id", ondelete="CASCADE"), nullable=False),
    Column("made_ms", NUMBER, nullable=False),
    Column("turn", NUMBER, nullable=False),
    Column("at_ms", NUMBER, nullable=False),
    Column("words", Text, nullable=False),
    Column("state", Text, nullable=False),  # held: it seems to name somebody, and a moderator looks first
    Column("public_ms", NUMBER),
    CheckConstraint(text("turn IN (1, 2) AND state IN ('held', 'public', 'dropped')")),
    CheckConstraint(text("(state = 'public') = (public_ms IS NOT NULL)")),
    sqlite_strict=True,
)
Index("feedback_answer_of", feedback_answer.c.feedback)
Index("feedback_answer_made", feedback_answer.c.made_ms)
