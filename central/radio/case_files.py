"""PURE. Files of case keys as people hand them in -> wire.case_keys.CaseKey. Every refusal names its place in the file.

- What Bluezone publishes: {"data": [{"daily_key": 64 hex digits, "time_start": s, "max": identifiers a day,
  "time_end": s}]}; times in Unix seconds. The slot that begins at `time_end` counts, so a key speaks to its end.
- What `python -m ble_scanner verify-export` prints of an Exposure Notification export: {"verified": true, "keys":
  [{"key": 32 hex digits, "rolling_start": n, "rolling_period": n, "report_type"}]}, counted in 10 minutes. The last
  word on a key counts; one that was revoked is left out.
- Our own (docs/protocol.md): {"keys": [{"system", "key": hex, "start", "end", "slots", "case"}]}; times in Unix seconds
  or ISO 8601 with an offset; `slots` and `case` may be left out.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wire.case_keys import MOST_KEYS, CaseKey
from wire.refusal import Refused
from wire.times import unix_ms

_INTERVAL_S = 600  # Exposure Notification, cryptography specification 1.2: ENIntervalNumber
_EN_SLOTS = 144
_DAY_S = 86_400


def read_keys(text: str, case: str) -> tuple[CaseKey, ...]:
    """The keys of `case` in a file: those that name it, and those that name none.

    Raises Refused: bad_keys (with the place), not_verified, no_keys, too_large.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_keys", f"no JSON: {error}"[:120]) from None
    read, rows = _form_of(content)
    if len(rows) > MOST_KEYS:
        raise Refused("too_large", f"{len(rows)} keys, {MOST_KEYS} allowed")
    found = [key for key in _each(read, rows, case) if key.case == case]
    if not found:
        raise Refused("no_keys", f"{len(rows)} keys of other cases" if rows else "the list is empty")
    return tuple(dict.fromkeys(found))


_Read = Callable[[Mapping[str, Any], str], CaseKey]


def _form_of(content: Any) -> tuple[_Read, list[Any]]:
    match content:
        case {"data": list(rows)}:
            return _bluezone, rows
        case {"verified": True, "keys": list(rows)}:
            latest = {str(row.get("key")) if type(row) is dict else "": row for row in rows}
            return _exported, [row for row in latest.values() if not _is_revoked(row)]
        case {"verified": _}:
            raise Refused("not_verified", str(content.get("reason", ""))[:120])
        case {"keys": list(rows)}:
            return _ours, rows
    raise Refused("bad_keys", 'neither "data" nor "keys" is a list')


def _each(read: _Read, rows: Iterable[Any], case: str) -> Iterable[CaseKey]:
    for number, row in enumerate(rows, 1):
        try:
            if type(row) is not dict or type(row.get("max", row.get("slots", 1))) is not int:
                raise ValueError("a map with whole numbers expected")
            yield read(row, case)
        except Refused as refused:
            raise Refused("bad_keys", f"key {number}: {refused.detail}") from None
        except (ArithmeticError, KeyError, TypeError, ValueError) as error:
            raise Refused("bad_keys", f"key {number}: {error}"[:120]) from None


def _bluezone(row: Mapping[str, Any], case: str) -> CaseKey:
    start, slots = _second(row["time_start"]), row.get("max", 96)
    past = (_second(row["time_end"]) * slots // _DAY_S + 1) * _DAY_S  # the end of its last slot, times `slots`
    return CaseKey("bluezone", bytes.fromhex(row["daily_key"]), start, -(-past // slots), slots, case)


def _exported(row: Mapping[str, Any], case: str) -> CaseKey:
    start, period = row["rolling_start"], row["rolling_period"]
    start_s, end_s = start * _INTERVAL_S, (start + period) * _INTERVAL_S
    return CaseKey("exposure-notification", bytes.fromhex(row["key"]), start_s, end_s, _EN_SLOTS, case)


def _ours(row: Mapping[str, Any], case: str) -> CaseKey:
    slots = row.get("slots", _EN_SLOTS if row["system"] == "exposure-notification" else 96)
    key, start, end = bytes.fromhex(row["key"]), _second(row["start"]), _second(row["end"])
    return CaseKey(row["system"], key, start, end, slots, row.get("case") or case)


def _is_revoked(row: Any) -> bool:
    return type(row) is dict and row.get("report_type") == "revoked"


def _second(value: Any) -> int:
    """Unix seconds. Raises ValueError."""
    if type(value) is int:
        return value
    return unix_ms(value) // 1000
