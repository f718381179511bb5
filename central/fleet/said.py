"""PURE. What a kiosk says of itself on its state topic, and what of it is new.

JSON of at most 4,096 bytes. Every key may be missing, unknown ones are passed over, and a value that is not of its
type counts as not said: a kiosk may be two years older or newer than the centre.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from central.fleet.why import BOX_CHANGED

MOST_BYTES = 4096
MOST_CODES = 24
OUTCOMES = frozenset({"tried", "good", "rolled_back", "refused", "failed"})
CLOCKS = frozenset({"synced", "holdover", "unset"})
BOXES = frozenset({"new", "same", "moved", "copied"})
_CODE = re.compile(r"[a-z0-9_.-]{1,40}")
_WORD = re.compile(r"[A-Za-z0-9._-]{1,40}")
_NUMBER_END = 1 << 53


@dataclass(frozen=True, slots=True)
class Said:
    """None: not said. Times in Unix ms, temperature in whole degrees Celsius, wear in percent of what the card bears.

    `fails`, `warns`: codes of the self-test; `alarms`: of the agent. `box`: whether the card was in this box at the
    start before (machine.box).
    """

    online: bool = False
    bye: bool = False
    backlog: int | None = None
    oldest_ms: int | None = None
    version: str | None = None
    model: str | None = None
    slot: str | None = None
    update_version: str | None = None
    update_outcome: str | None = None
    update_why: str | None = None
    boots: int | None = None
    box: str | None = None
    up_s: int | None = None
    disk_free_mb: int | None = None
    disk_wear_pct: int | None = None
    disk_errors: int | None = None
    temp_c: int | None = None
    volts_low: bool | None = None
    volts_low_seen: bool | None = None
    clock: str | None = None
    settings_version: int | None = None
    fails: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()


_NUMBERS = (
    *("backlog", "oldest_ms", "boots", "up_s", "disk_free_mb", "disk_wear_pct", "disk_errors"),
    "settings_version",
)
_FLAGS = ("volts_low", "volts_low_seen")
_WORDS = ("version", "model")
_CODES = ("fails", "warns", "alarms")


def read_said(payload: bytes) -> Said | None:
    """What was said; None where it is no JSON object. Never raises."""
    try:
        said = json.loads(payload[: MOST_BYTES + 1]) if len(payload) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    update = said.get("update")
    update = update if isinstance(update, dict) else {}
    found: dict[str, object] = {
        "online": said.get("online") is True,
        "bye": said.get("bye") is True,
        "slot": _one_of(str(said.get("slot", "")).lower(), frozenset({"a", "b"})),
        "clock": _one_of(said.get("clock"), CLOCKS),
        "box": _one_of(said.get("box"), BOXES),
        "update_version": _word(update.get("version")),
        "update_outcome": _one_of(update.get("outcome"), OUTCOMES),
        "update_why": _word(update.get("why")),
        "temp_c": _degrees(said.get("temp_c")),
        **{name: _number(said.get(name)) for name in _NUMBERS},
        **{name: said[name] if isinstance(said.get(name), bool) else None for name in _FLAGS},
        **{name: _word(said.get(name)) for name in _WORDS},
        **{name: _codes(said.get(name)) for name in _CODES},
    }
    return Said(**found)  # type: ignore[arg-type]


NAMES = tuple(field.name for field in fields(Said))


def moments(before: Said | None, now: Said, had_left: bool) -> Iterator[tuple[str, str]]:
    """(what, detail) of each change worth a line in the kiosk's history.

    `had_left`: it was away when it said this. A last will says nothing but that it went.
    """
    if not now.online:
        if before is not None and not had_left:
            yield ("bye", "") if now.bye else ("lost", "")
        return
    if before is None:
        yield "first", now.version or ""
        if now.box in BOX_CHANGED:
            yield f"box_{now.box}", ""
        return
    booted = now.boots is not None and before.boots is not None and now.boots > before.boots
    if booted and not before.bye:
        yield "power_cut", str(now.boots)
    elif booted:
        yield "booted", str(now.boots)
    if had_left:
        yield "back", ""
    yield from _changes(before, now)


def _changes(before: Said, now: Said) -> Iterator[tuple[str, str]]:
    if now.version and before.version and now.version != before.version:
        yield "version", f"{before.version} → {now.version}"
    tried = (now.update_version, now.update_outcome)
    if now.update_outcome and tried != (before.update_version, before.update_outcome):
        yield f"update_{now.update_outcome}", " ".join(filter(None, (now.update_version, now.update_why)))
    if set(now.fails) - set(before.fails):
        yield "test_fails", " ".join(sorted(set(now.fails) - set(before.fails)))
    if before.fails and not now.fails:
        yield "test_well", ""
    if now.clock and before.clock and now.clock != before.clock:
        yield f"clock_{now.clock}", ""
    if now.volts_low and not before.volts_low:
        yield "volts_low", ""
    if now.box in BOX_CHANGED and (now.box, now.boots) != (before.box, before.boots):  # each start judges anew
        yield f"box_{now.box}", ""


def _number(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < _NUMBER_END else None


def _degrees(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -100 < value < 200:
        return None
    return round(value)


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def _one_of(value: object, known: frozenset[str]) -> str | None:
    return value if isinstance(value, str) and value in known else None


def _codes(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(one for one in value[:MOST_CODES] if isinstance(one, str) and _CODE.fullmatch(one))
