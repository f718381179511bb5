"""PURE. An issued tag that was held to the gate: judged as the printed pass that it stands for.

- Which tag it was is told by the radio (ble_scanner): the gate hears the id of the pass, its end and its companions.
- The first reason that holds is given, in the order of credentials.pass_qr: bad_schema, revoked, clock_unset, expired.
- No signature is asked for: the venue's list of tags was signed as a bulletin, and only what stands in it is resolved.
- It carries no outcome: a tag never clears anybody, the paper of the same pass may.
- `normal_form` is the pass's id in hex, so that a tag and the code of the same pass are one visitor.
"""

from datetime import datetime

from credentials.dates import LAST_SECOND, iso_second, standing
from credentials.trust import Trust
from credentials.types import Credential, Fields, broken, judged

PASS_BYTES = 16
_MOST_COMPANIONS = 9


def read(pass_id: bytes, expires_s: int, companions: int, now: datetime | None, trust: Trust) -> Credential:
    """The pass that a tag stands for; the clock `now` is None while it is unset. Never raises.

    pass_id of 16 bytes; expires_s in Unix s, excluded; companions 0..9.
    """
    in_range = 0 <= expires_s <= LAST_SECOND and 0 <= companions <= _MOST_COMPANIONS
    if len(pass_id) != PASS_BYTES or not in_range:
        return broken("pass")
    reason = "revoked" if pass_id in trust.revoked_passes else standing(expires_s, now)
    fields: Fields = {
        "id": pass_id.hex(),
        "expires": iso_second(expires_s),
        "companions": companions,
        "outcome": None,
        "form": "tag",
    }
    return judged("pass", reason, pass_id.hex(), fields)
