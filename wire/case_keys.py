"""Keys of cases, as the `ble_keys` bulletin publishes them: what rotating identifiers are matched with at the venue.

    body = {"order": text, "upload": bool, "minutes": n, "cases": {case: "confirmed" | "suspected" | "ruled_out"},
            "keys": [[system, key, start s, end s, slots, case], ...]}

- `order` names the order that allows the matching; `upload` whether what matched may be sent to the centre under it;
  `minutes` in how many minutes somebody must have been heard together with a case to be told so at the gate.
- A key speaks for [start, end) in Unix seconds. Exposure Notification: 16 bytes, one day; start is a multiple of 600.
  Bluezone and DP-3T: 32 bytes, the key of the day of `start`; the keys of later days follow from it (SHA-256), so that
  one row may speak for many days. `slots` is the number of identifiers a day: 144 for Exposure Notification (and not
  used), 96 unless the app was told otherwise.
- `case` is "" where the publisher names none. A case that was ruled out has no keys left, and what was kept or sent of
  it is deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from wire.refusal import Refused
from wire.sightings import SYSTEM_NAMES, SYSTEMS

Standing = Literal["confirmed", "suspected", "ruled_out"]
STANDINGS: tuple[Standing, ...] = ("confirmed", "suspected", "ruled_out")
KEY_BYTES = {"bluezone": 32, "exposure-notification": 16, "dp3t": 32}
MOST_KEYS = 20_000
MOST_DAYS = 32  # that one key may speak for: the longest legal time and a little
_MOST_S = 1 << 40
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, repr=False)
class CaseKey:
    """One key. `system` is a name in KEY_BYTES. Raises Refused("bad_schema") for a value out of range."""

    system: str
    key: bytes
    start_s: int
    end_s: int
    slots: int = 96
    case: str = ""

    def __post_init__(self) -> None:
        if any(isinstance(number, bool) or not isinstance(number, int) for number in (self.start_s, self.end_s)):
            raise Refused("bad_schema", "whole seconds expected")
        if KEY_BYTES.get(self.system) != len(self.key):
            raise Refused("bad_schema", "system or length of the key")
        if not 0 <= self.start_s < self.end_s <= min(_MOST_S, self.start_s + MOST_DAYS * _DAY_S):
            raise Refused("bad_schema", "times of the key")
        if not 1 <= self.slots <= 1440 or 86_400_000 % self.slots or len(self.case) > 64:
            raise Refused("bad_schema", "slots or case")


@dataclass(frozen=True, slots=True, repr=False)
class CaseKeys:
    """A published batch."""

    order: str
    upload: bool
    keys: tuple[CaseKey, ...]
    cases: Mapping[str, Standing] = field(default_factory=dict)
    minutes: int = 15  # "near for long enough" in the words of the app's own public answers


def case_keys_body(batch: CaseKeys) -> dict[str, Any]:
    """The body of a `ble_keys` bulletin. Raises Refused("too_large")."""
    if len(batch.keys) > MOST_KEYS:
        raise Refused("too_large", f"{len(batch.keys)} keys, {MOST_KEYS} allowed")
    rows = [[SYSTEMS[k.system], k.key, k.start_s, k.end_s, k.slots, k.case] for k in batch.keys]
    cases = dict(batch.cases)
    return {"order": batch.order, "upload": batch.upload, "minutes": batch.minutes, "cases": cases, "keys": rows}


def read_case_keys(body: Any) -> CaseKeys:
    """The batch of a body. Raises Refused: bad_schema, too_large."""
    match body:
        case {
            "order": str(order),
            "upload": bool(upload),
            "minutes": int(minutes),
            "cases": dict(cases),
            "keys": list(rows),
        } if 1 <= minutes <= 1440 and len(order) <= 100 and _are_standings(cases):
            if len(rows) > MOST_KEYS:
                raise Refused("too_large", "keys")
            keys = tuple(_key(row) for row in rows)
            return CaseKeys(order, upload, keys, cast("dict[str, Standing]", cases), int(minutes))
    raise Refused("bad_schema", "order, upload, minutes, cases and keys expected")


def _are_standings(cases: Mapping[Any, Any]) -> bool:
    return all(isinstance(case, str) and len(case) <= 64 and standing in STANDINGS for case, standing in cases.items())


def _key(row: Sequence[Any]) -> CaseKey:
    match row:
        case [int(system), bytes(key), int(start_s), int(end_s), int(slots), str(case)] if system in SYSTEM_NAMES:
            return CaseKey(SYSTEM_NAMES[int(system)], key, start_s, end_s, slots, case)
    raise Refused("bad_schema", "[system, key, start, end, slots, case] expected")
