"""PURE. The rules of central.fleet.why as a database counts them: two small numbers for a kiosk, not its whole row.

why.py is what holds, and says why; a test draws kiosks and compares. The SQL is what SQLite and PostgreSQL share, over
`device d` and `kiosk_now k`. It gives
- `why`: an index of WHYS, as why.why(kiosk, now_ms) has it where no hours are quiet; AT_REST has it for quiet hours
- `ill`: an index of MARKS, that of the worst of why.troubles(kiosk, now_ms, None); 2 (good) where there is none
What a kiosk should run is left to whoever knows the roll-outs.
"""

import re

from central.fleet.why import (
    BOX_CHANGED,
    CERTIFICATE_DAYS,
    DAY_MS,
    DISK_LOW_MB,
    ENDED_BADLY,
    HOT_C,
    LOST_MS,
    MARKS,
    OLD_MS,
    SILENT_MS,
    TOO_HOT_C,
    TOO_OLD_MS,
    WORN_OUT_PCT,
    WORN_PCT,
)

WHYS = (
    ("revoked", "bad"),
    ("never", "watch"),
    ("never", "off"),
    ("silent", "bad"),
    ("silent", "watch"),
    ("after_cut", "good"),
    ("online", "good"),
    ("certificate", "bad"),
    ("clock", "bad"),
    ("bye", "watch"),
    ("bye", "off"),
    ("lost", "bad"),
    ("lost", "watch"),
    ("quiet", "off"),
)
_AT_REST = {"bye": ("bye", "off"), "lost": ("quiet", "off")}
_AGO_MS = {
    "day": DAY_MS,
    "silent": SILENT_MS,
    "lost": LOST_MS,
    "old": OLD_MS,
    "too_old": TOO_OLD_MS,
    "certificate": CERTIFICATE_DAYS * DAY_MS,
}


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _named(code: str, mark: str) -> int:
    return WHYS.index((code, mark))


_WHY = f"""CASE
 WHEN d.state = 'revoked' THEN {_named("revoked", "bad")}
 WHEN k.said_ms IS NULL THEN
  CASE WHEN d.enrolled_ms < :day THEN {_named("never", "watch")} ELSE {_named("never", "off")} END
 WHEN k.away_ms IS NULL THEN
  CASE WHEN k.said_ms < :lost THEN {_named("silent", "bad")} WHEN k.said_ms < :silent THEN {_named("silent", "watch")}
   WHEN k.cut_ms > :day THEN {_named("after_cut", "good")} ELSE {_named("online", "good")} END
 WHEN d.enrolled_ms <= :certificate THEN {_named("certificate", "bad")}
 WHEN k.clock = 'unset' THEN {_named("clock", "bad")}
 WHEN k.bye <> 0 THEN CASE WHEN k.away_ms < :day THEN {_named("bye", "watch")} ELSE {_named("bye", "off")} END
 WHEN k.away_ms < :lost THEN {_named("lost", "bad")} ELSE {_named("lost", "watch")} END"""
_ILL = f"""CASE WHEN d.state <> 'active' THEN {MARKS.index("good")}
 WHEN k.disk_free_mb < {DISK_LOW_MB} OR k.disk_errors <> 0 OR k.disk_wear_pct >= {WORN_OUT_PCT} OR k.volts_low <> 0
  OR k.temp_c >= {TOO_HOT_C} OR k.clock = 'unset' OR k.fails <> '' OR (k.backlog <> 0 AND k.oldest_ms < :too_old)
  OR k.update_outcome IN ({_words(ENDED_BADLY)}) OR k.box IN ({_words(BOX_CHANGED)}) THEN {MARKS.index("bad")}
 WHEN k.disk_wear_pct >= {WORN_PCT} OR k.temp_c >= {HOT_C} OR k.clock = 'holdover' OR k.warns <> '' OR k.alarms <> ''
  OR (k.backlog <> 0 AND k.oldest_ms < :old) THEN {MARKS.index("watch")} ELSE {MARKS.index("good")} END"""
_TEXT = f"{_WHY} AS why, {_ILL} AS ill"
_BOUND = re.compile(r":(\w+)")
_NAMES = tuple(_BOUND.findall(_TEXT))
CODES_SQL = _BOUND.sub("?", _TEXT)


def bounds(now_ms: int) -> tuple[int, ...]:
    """What stands for the `?` of CODES_SQL, in their order: moments in Unix ms."""
    return tuple(now_ms - _AGO_MS[name] for name in _NAMES)


AT_REST = tuple(WHYS.index(_AT_REST.get(code, (code, mark))) for code, mark in WHYS)
# The worst of both, as why.mark_of: an index of MARKS, by an index of WHYS and one of MARKS.
MARK_OF = tuple(
    tuple(MARKS.index(mark) if mark == "off" else min(MARKS.index(mark), ill) for ill in range(len(MARKS)))
    for _, mark in WHYS
)
