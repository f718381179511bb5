"""PURE. The table of limits (limits.toml): what the breaker lets pass, and how long things count."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wire.refusal import Refused

FILE = Path(__file__).with_name("limits.toml")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Limits:
    """limits.toml with its times in ms; the file says what each is for."""

    name: str
    most_passes: int
    most_share: float
    share_from: int
    most_releases_hour: int
    listed_ms: int
    alert_ms: int
    recall_ms: int
    task_ms: int
    quiet_ms: int
    call_back_ms: int
    least_visitors: int
    most_public_ms: int
    same_ward_ms: int
    other_ward_ms: int
    other_province_ms: int
    late_min: int
    helpline: str


def read_limits(text: str) -> Limits:
    """The limits of a file's text. Raises Refused("bad_limits") for one that is missing or makes no sense."""
    try:
        table = tomllib.loads(text)
        breaker, times, public, flags = (table[name] for name in ("breaker", "times", "public", "flags"))
        found = Limits(
            str(table["name"]),
            int(breaker["most_passes"]),
            float(breaker["most_share"]),
            int(breaker["share_from"]),
            int(breaker["most_releases_hour"]),
            int(times["listed_days"] * DAY_MS),
            int(times["alert_hours"] * HOUR_MS),
            int(times["recall_days"] * DAY_MS),
            int(times["task_hours"] * HOUR_MS),
            int(times["quiet_hours"] * HOUR_MS),
            int(times["call_back_hours"] * HOUR_MS),
            int(public["least_visitors"]),
            int(public["most_days"] * DAY_MS),
            int(flags["same_ward_minutes"] * MINUTE_MS),
            int(flags["other_ward_minutes"] * MINUTE_MS),
            int(flags["other_province_minutes"] * MINUTE_MS),
            int(flags["late_minutes"]),
            str(table["words"]["helpline"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused("bad_limits", type(error).__name__) from error
    if found.listed_ms > 30 * DAY_MS:
        raise Refused("bad_limits", "a list has no room for ends more than 30 days away")
    if min(found.most_passes, found.most_releases_hour, found.listed_ms, found.least_visitors) < 1:
        raise Refused("bad_limits", "a limit below one")
    if not 0 < found.most_share <= 1:
        raise Refused("bad_limits", "most_share is a part of one")
    return found


@cache
def limits() -> Limits:
    """The limits of this centre, read once a process."""
    return read_limits(FILE.read_text("utf-8"))
