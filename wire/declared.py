"""Declarations that the centre has taken, told to a gate by the pass itself (docs/adr/0035, 0039).

The outcome of a pass (credentials.pass_qr) is one number. 1 to 3 are a signal; 1 says that the centre has cleared the
holder. A negative one names a form: "this form was declared, and nothing in it asks for a look; good until the pass
ends". It is no clearance, and outweighs no exposure. A gate that does not know it asks for the declaration again.

    mark = -1 - (first 31 bits of SHA-256("gatepost/1 declared" || canonical))      canonical = "url|version", UTF-8

Where several forms are due at once the pass carries a list beside a null outcome: [mark, until unix s] of each form,
each good until its own second. Two forms share a mark with a probability of 2^-31; a gate compares it with the few
forms of its running orders.
"""

import hashlib
import re
from collections.abc import Iterable

MOST = 4  # forms on one pass: each is 11 bytes of a code that a phone's screen shows
Declared = tuple[tuple[int, int], ...]
_LABEL = b"gatepost/1 declared"
_ONE = re.compile(r"(-\d{1,10})@(\d{1,12})", re.ASCII)


def mark_of(canonical: str) -> int:
    """The outcome that stands for a form `url|version`: -2^31 to -1."""
    digest = hashlib.sha256(_LABEL + canonical.encode()).digest()
    return -1 - (int.from_bytes(digest[:4], "big") >> 1)


def is_declared(outcome: object, canonical: str) -> bool:
    """Whether a pass with this outcome says that the form was declared."""
    return isinstance(outcome, int) and outcome < 0 and outcome == mark_of(canonical)


def is_among(declared: Declared, canonical: str, unix_s: float) -> bool:
    """Whether the list of a pass says that the form was declared, and still says so at `unix_s`."""
    mark = mark_of(canonical)
    return any(one == mark and unix_s < until_s for one, until_s in declared)


def joined(said: Iterable[tuple[int, int]], now_s: int) -> Declared:
    """One entry for each mark, with its latest end; without those that are over, the MOST that last longest."""
    latest: dict[int, int] = {}
    for mark, until_s in said:
        if until_s > now_s:
            latest[mark] = max(until_s, latest.get(mark, 0))
    kept = sorted(latest.items(), key=lambda one: (-one[1], one[0]))
    return tuple(sorted(kept[:MOST]))


def as_text(declared: Declared) -> str:
    """As a field of a credential: `-12@1790000000 -7@1790003600`."""
    return " ".join(f"{mark}@{until_s}" for mark, until_s in declared)


def from_text(text: object) -> Declared:
    """The list of a credential's field; nothing of what is no such text."""
    found = [_ONE.fullmatch(one) for one in text.split(" ")] if isinstance(text, str) else []
    return tuple((int(one[1]), int(one[2])) for one in found if one is not None)
