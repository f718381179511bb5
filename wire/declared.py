"""A declaration that the centre has taken, told to a gate by the pass itself (docs/adr/0035).

The outcome of a pass (credentials.pass_qr) is one number. 1 to 3 are a signal; 1 says that the centre has cleared the
holder. A negative one names a form: "this form was declared, and nothing in it asks for a look; good until the pass
ends". It is no clearance, and outweighs no exposure. A gate that does not know it asks for the declaration again.

    mark = -1 - (first 31 bits of SHA-256("gatepost/1 declared" || canonical))      canonical = "url|version", UTF-8

Two forms share a mark with a probability of 2^-31; a gate compares it with the few forms of its running orders.
"""

import hashlib

_LABEL = b"gatepost/1 declared"


def mark_of(canonical: str) -> int:
    """The outcome that stands for a form `url|version`: -2^31 to -1."""
    digest = hashlib.sha256(_LABEL + canonical.encode()).digest()
    return -1 - (int.from_bytes(digest[:4], "big") >> 1)


def is_declared(outcome: object, canonical: str) -> bool:
    """Whether a pass with this outcome says that the form was declared."""
    return isinstance(outcome, int) and outcome < 0 and outcome == mark_of(canonical)
