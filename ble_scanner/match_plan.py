"""PURE. What the published key lists together ask for: whose keys are matched, who is told, what may be sent.

- A case that any list calls ruled out has no keys, whatever another list still holds.
- Somebody is told as soon as one list's number of minutes is reached; what was matched is sent where one list allows it
  and its case is called confirmed or suspected there.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from wire import cbor
from wire.case_keys import CaseKey, CaseKeys, case_keys_body

_NOTHING_FOUND = 1 << 30


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """`minutes`: how long somebody must have been heard together with each case to be told; `upload`: the cases of
    which encounters and candidates go to the centre; `mark`: 16 bytes that change with any of this."""

    keys: tuple[CaseKey, ...]
    minutes: dict[str, int]
    upload: frozenset[str]
    mark: bytes


def plan_of(lists: Iterable[CaseKeys]) -> Plan:
    """The plan of all lists in force."""
    held = list(lists)
    ruled_out = {case for one in held for case, standing in one.cases.items() if standing == "ruled_out"}
    keys: dict[CaseKey, None] = {}
    minutes: dict[str, int] = {}
    upload = set()
    for one in held:
        for key in one.keys:
            if key.case not in ruled_out:
                keys[key] = None
                minutes[key.case] = min(one.minutes, minutes.get(key.case, _NOTHING_FOUND))
        if one.upload:
            upload |= {case for case, standing in one.cases.items() if standing != "ruled_out"}
    bodies = sorted(cbor.dumps(case_keys_body(one)) for one in held)
    mark = hashlib.sha256(b"".join(hashlib.sha256(body).digest() for body in bodies)).digest()[:16]
    return Plan(tuple(keys), minutes, frozenset(upload - ruled_out), mark)
