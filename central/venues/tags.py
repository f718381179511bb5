"""The tag of a manager's phone: the same number again is known, and the number itself stands nowhere.

tags.key is made by whichever page needs it first; a copy of the database without it tells nothing of a number, although
there are few enough numbers to try them all.
"""

import hashlib
import hmac

from central.keys import Keyring, write_seed

KEY = "tags"


def phone_tag(ring: Keyring, phone: str) -> bytes:
    """16 bytes for the digits of a number (E.164 without "+")."""
    if not (ring.folder / f"{KEY}.key").exists():
        write_seed(ring.folder, KEY)
    return hmac.digest(ring.secret(KEY), b"gatepost/1 phone tag" + phone.encode(), hashlib.sha256)[:16]
