"""PURE. What may become of a word, and what its sender is told.

waiting -> asked -> waiting          a question to the sender, one more word
waiting -> published | refused       by a moderator; what is refused is never shown
waiting, asked, published -> withdrawn      by the sender
counted                              a kiosk's: no words that a moderator may read, counted and never shown alone
"""

from wire.refusal import Refused

REASONS = ("personal", "insult", "advertising", "elsewhere", "repeated")
_STEPS = {
    "publish": ({"waiting", "asked"}, "published"),
    "refuse": ({"waiting", "asked"}, "refused"),
    "ask": ({"waiting"}, "asked"),
    "more": ({"asked", "waiting"}, "waiting"),
    "withdraw": ({"waiting", "asked", "published"}, "withdrawn"),
}
OPEN = ("waiting", "asked")
DAY_MS = 86_400_000
VIET_NAM_MS = 7 * 3_600_000
FEW_VISITS = 5  # on such a day a place could tell who it was


def next_state(state: str, step: str) -> str:
    """Raises Refused("word_state") where that step is not open."""
    before, after = _STEPS[step]
    if state not in before:
        raise Refused("word_state", f"{state} {step}"[:40])
    return after


def told(state: str, seen: bool, answered: bool, visible: bool) -> str:
    """What the sender reads: received, looking, asked, soon (published, not visible yet), published, answered,
    refused, withdrawn."""
    if state == "waiting":
        return "looking" if seen else "received"
    if state == "published":
        return "answered" if answered else "published" if visible else "soon"
    return state


def day_start(at_ms: int) -> int:
    """Midnight in Viet Nam before a moment."""
    return (at_ms + VIET_NAM_MS) // DAY_MS * DAY_MS - VIET_NAM_MS


def visible_from(made_ms: int, visits_that_day: int, now_ms: int) -> int:
    """From when a published word is public: now; of a day with few visits not before the day after."""
    return now_ms if visits_that_day >= FEW_VISITS else max(now_ms, day_start(made_ms) + DAY_MS)
