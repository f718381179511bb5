"""PURE. What Bluezone's authority sent to phones, and what a phone told of its own keys.

Published keys:  {"data": [{"daily_key": hex64, "time_start": s, "max": 96, "time_end": s}, ...]}, alone or as `InfoF`
                 of the push message. The key is that of the day of `time_start`; `max` is the slots of a day.
InfoF of a case: {"base_id": hex64, "time": s, "daily_key": hex64, "time_start": s}: its first key and that key's day,
                 its key of some later day, and that day.

The apps counted a slot in when it began at `time_end` at the latest; so a key speaks to the end of that slot. Days are
UTC, as the phones reckoned. Source: BluezoneGlobal/bluezone-app, `checkContactF` and `BluezoneIdTrace`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ble_scanner.published.moments import moment_ms
from ble_scanner.rolling_id import BLUEZONE_SLOTS, DAY_KEY_BYTES, daily_key_after
from wire.case_keys import MOST_DAYS, CaseKey
from wire.refusal import Refused

_DAY_S = 86_400
_DAY_MS = _DAY_S * 1000
_MOST_APART = 3660  # days between a base key and a later one: an app is not older than that


@dataclass(frozen=True, slots=True, repr=False)
class InfoF:
    """A case's own keys: (32 bytes, Unix s) of its first day and of a later one."""

    base: bytes
    base_s: int
    daily: bytes
    daily_s: int

    def is_one_chain(self) -> bool:
        """Whether the later key follows from the first, as those of one phone do. False: a fault, or an invention."""
        days = self.daily_s // _DAY_S - self.base_s // _DAY_S
        return 0 <= days <= _MOST_APART and daily_key_after(self.base, days) == self.daily

    def key_of(self, day: int) -> bytes | None:
        """The daily key of a UTC day (Unix s // 86400) by the nearer of both keys; None for days before the first."""
        for key, since_s in ((self.daily, self.daily_s), (self.base, self.base_s)):
            if 0 <= (days := day - since_s // _DAY_S) <= _MOST_APART:
                return daily_key_after(key, days)
        return None


def read_bluezone_keys(said: Mapping[str, Any], place: str = "data") -> list[CaseKey]:
    """The published keys. Raises Refused("bad_key") with the place, as data[3]."""
    rows = said.get("data")
    if not isinstance(rows, list):
        raise Refused("bad_key", f"{place}: a list expected")
    return [_published(row, f"{place}[{number}]") for number, row in enumerate(rows)]


def read_info(said: Mapping[str, Any]) -> InfoF:
    """The keys that a phone told of itself. Raises Refused("bad_key") with the place."""
    base, base_s = _key(said, "base_id", "base_id"), _seconds(said, "time", "time")
    return InfoF(base, base_s, _key(said, "daily_key", "daily_key"), _seconds(said, "time_start", "time_start"))


def keys_of_info(info: InfoF) -> list[CaseKey]:
    """What the gateways are asked for a case that told its keys: from the later key on, as long as one may speak."""
    start_s = info.daily_s // _DAY_S * _DAY_S
    return [CaseKey("bluezone", info.daily, start_s, start_s + MOST_DAYS * _DAY_S)]


def _published(row: Any, place: str) -> CaseKey:
    if not isinstance(row, Mapping):
        raise Refused("bad_key", f"{place}: an object expected")
    slots = row.get("max", BLUEZONE_SLOTS)
    if type(slots) is not int or not 1 <= slots <= 1440:
        raise Refused("bad_key", f"{place}.max: 1 to 1440 slots expected")
    key, start_s = _key(row, "daily_key", f"{place}.daily_key"), _seconds(row, "time_start", f"{place}.time_start")
    slot_ms = _DAY_MS // slots
    last_slot = _seconds(row, "time_end", f"{place}.time_end") * 1000 // slot_ms
    try:
        return CaseKey("bluezone", key, start_s, -(-(last_slot + 1) * slot_ms // 1000), slots)
    except Refused as refused:
        raise Refused("bad_key", f"{place}: {refused.detail}") from None


def _key(said: Mapping[str, Any], name: str, place: str) -> bytes:
    digits = said.get(name)
    if isinstance(digits, str) and len(digits) == 2 * DAY_KEY_BYTES:
        try:
            return bytes.fromhex(digits)
        except ValueError:
            pass
    raise Refused("bad_key", f"{place}: {2 * DAY_KEY_BYTES} hex digits expected")


def _seconds(said: Mapping[str, Any], name: str, place: str) -> int:
    try:
        return moment_ms(said.get(name)) // 1000
    except ValueError:
        raise Refused("bad_key", f"{place}: a Unix time expected") from None
