"""Which languages a test of looks takes: all of them with GATEPOST_FULL=1, some in the short round.

Vietnamese is the longest in most places, Khmer the highest.
"""

import os

from tests.screens.form_walk import SPOKEN

FULL = os.environ.get("GATEPOST_FULL") == "1"


def in_this_round(*tags: str) -> tuple[str, ...]:
    """These, or all of them."""
    return tuple(SPOKEN) if FULL else tags
