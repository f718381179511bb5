"""PURE. The keys of a file, by what the file is. Raises Refused for every other file, and nothing else.

export      an Exposure Notification export, a zip archive (ble_scanner.published.export)
bluezone    Bluezone's published keys, or the push message around them (ble_scanner.published.bluezone)
info        the keys that a case's own Bluezone told: `InfoF`
case-keys   our own: the body of a `ble_keys` bulletin (wire.case_keys) as JSON, keys in hex, systems by name; only
            `keys` must be there, and of a key only the first four; times in Unix seconds or ISO 8601

    {"order": "sample-order", "upload": false, "minutes": 15, "cases": {"case-7": "confirmed"},
     "keys": [{"system": "bluezone", "key": "0001..1f", "start": 1596240000, "end": 1596326400, "slots": 96,
               "case": "case-7"}]}

Of Exposure Notification a key may also name its intervals, as `verify-export` prints it: {"key", "rolling_start",
"rolling_period"}; it is left out where its report_type is "revoked". Rows of keys, ours or Bluezone's, may also stand
alone, one a line, or as a list.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ble_scanner.published.bluezone import keys_of_info, read_bluezone_keys, read_info
from ble_scanner.published.export import INTERVAL_S, REPORT_TYPES, REVOKED, case_keys, read_export
from ble_scanner.published.export_messages import DEFAULT_PERIOD
from ble_scanner.published.moments import moment_ms
from ble_scanner.rolling_id import BLUEZONE_SLOTS
from wire.case_keys import STANDINGS, CaseKey, CaseKeys
from wire.ecdsa import P256Key
from wire.refusal import Refused

Kind = Literal["export", "bluezone", "info", "case-keys"]
MOST_JSON_BYTES = 16 << 20
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, repr=False)
class Published:
    """What a file gave. `verified`: whether its signature is of a given key; None: such files bear no signature."""

    kind: Kind
    batch: CaseKeys
    verified: bool | None


def read_published(content: bytes, public_keys: Sequence[P256Key] = ()) -> Published:
    """The keys of a file. `Refused.detail` names the place.

    Reasons: those of ble_scanner.published.export for a zip; too_large; not_keys (no such file); bad_key (keys[n]);
    bad_schema.
    """
    if content.startswith(_ZIP):
        export = read_export(content, public_keys)
        return Published("export", _alone(case_keys(export)), export.verified)
    said = _json(content)
    if "InfoF" in said:  # the push message; its InfoF was text in some versions of the app
        inner = said["InfoF"]
        said = _json(inner.encode()) if isinstance(inner, str) else inner if isinstance(inner, dict) else {}
    if "data" in said:
        return Published("bluezone", _alone(read_bluezone_keys(said)), None)
    if "base_id" in said:
        return Published("info", _alone(keys_of_info(read_info(said))), None)
    if "keys" in said:  # what verify-export printed of an export that is not its authority's stays that
        return Published("case-keys", _ours(said), False if said.get("verified") is False else None)
    raise Refused("not_keys", "neither an export, nor Bluezone's keys, nor case keys")


def _json(content: bytes) -> dict[str, Any]:
    """The object of a file; rows without one around them become the object that they would stand in."""
    if len(content) > MOST_JSON_BYTES:
        raise Refused("too_large", f"{MOST_JSON_BYTES} bytes allowed")
    try:
        said = _json_or_lines(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refused("not_keys", "neither a zip archive nor JSON") from None
    if isinstance(said, dict) and "data" not in said and "keys" not in said and _is_row(said):
        said = [said]
    if isinstance(said, list) and said and all(_is_row(row) for row in said):
        said = {"data" if all("daily_key" in row for row in said) else "keys": said}
    if not isinstance(said, dict):
        raise Refused("not_keys", "a JSON object, or rows of keys, expected")
    return said


def _json_or_lines(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def _is_row(said: Any) -> bool:
    return isinstance(said, dict) and "base_id" not in said and ("key" in said or "daily_key" in said)


def _alone(keys: Sequence[CaseKey]) -> CaseKeys:
    """Keys without an order: they may be matched here, and nothing of what matched may be sent."""
    return CaseKeys("", False, tuple(keys))


def _ours(said: Mapping[str, Any]) -> CaseKeys:
    order, upload, minutes = said.get("order", ""), said.get("upload", False), said.get("minutes", 15)
    cases, rows = said.get("cases", {}), said["keys"]
    if not isinstance(order, str) or len(order) > 100 or not order.isprintable() or type(upload) is not bool:
        raise Refused("bad_schema", "order: a text of up to 100 characters; upload: true or false")
    if type(minutes) is not int or not 1 <= minutes <= 1440:
        raise Refused("bad_schema", "minutes: 1 to 1440 expected")
    if not isinstance(cases, dict) or not all(_is_case(c) and standing in STANDINGS for c, standing in cases.items()):
        raise Refused("bad_schema", f"cases: each {', '.join(STANDINGS)}")
    if not isinstance(rows, list):
        raise Refused("bad_schema", "keys: a list expected")
    keys = tuple(_key(row, f"keys[{n}]") for n, row in enumerate(_not_revoked(rows)))
    return CaseKeys(order, upload, keys, cases, minutes)


def _not_revoked(rows: Sequence[Any]) -> Sequence[Any]:
    """Without the keys that an export, as verify-export prints it, revoked at any place."""
    revoked = {_digits(row) for row in rows if _is_row(row) and row.get("report_type") == REPORT_TYPES[REVOKED]}
    return [row for row in rows if not (_is_row(row) and _digits(row) in revoked)] if revoked else rows


def _digits(row: Mapping[str, Any]) -> str:
    return str(row.get("key")).lower()


def _key(row: Any, place: str) -> CaseKey:
    if not isinstance(row, Mapping):
        raise Refused("bad_key", f"{place}: an object expected")
    if "rolling_start" in row:
        row = _of_intervals(row, place)
    system, digits, case = row.get("system"), row.get("key"), row.get("case", "")
    slots = row.get("slots", DEFAULT_PERIOD if system == "exposure-notification" else BLUEZONE_SLOTS)
    if (
        not isinstance(system, str)
        or not isinstance(digits, str)
        or not isinstance(case, str)
        or type(slots) is not int
    ):
        raise Refused("bad_key", f"{place}: system, key and case are texts, slots a number")
    if not _is_case(case):
        raise Refused("bad_key", f"{place}: a case of up to 64 printable characters expected")
    try:
        start_s, end_s = moment_ms(row.get("start")) // 1000, moment_ms(row.get("end")) // 1000
        return CaseKey(system, bytes.fromhex(digits), start_s, end_s, slots, case)
    except Refused as refused:
        raise Refused("bad_key", f"{place}: {refused.detail}") from None
    except ValueError:
        raise Refused("bad_key", f"{place}: hex digits and times expected") from None


def _of_intervals(row: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """A row of Exposure Notification in our own words."""
    start, period = row["rolling_start"], row.get("rolling_period", DEFAULT_PERIOD)
    if type(start) is not int or type(period) is not int or not 1 <= period <= DEFAULT_PERIOD or start < 0:
        raise Refused("bad_key", f"{place}: rolling_start, and rolling_period of 1 to {DEFAULT_PERIOD} expected")
    if row.get("system", "exposure-notification") != "exposure-notification":
        raise Refused("bad_key", f"{place}: only exposure-notification has a rolling_start")
    start_s, end_s = start * INTERVAL_S, (start + period) * INTERVAL_S
    return {**row, "system": "exposure-notification", "start": start_s, "end": end_s}


def _is_case(name: str) -> bool:
    return len(name) <= 64 and name.isprintable()
