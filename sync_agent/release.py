"""PURE. When a kiosk takes a new system, and when it restarts into it. The bytes of it are RAUC's matter.

- Only the release that a verified bulletin names, that speaks to this kiosk and is newer than what runs.
- A version that was rolled back here is not taken again, nor one that was begun MOST_STARTS times.
- Installing writes a slot that nobody runs, but a worn card then answers slowly: it waits until nobody stands at the
  gate. Restarting takes a minute away from the gate: it waits for closed hours as well.
- With the clock unset nobody knows whether the venue is closed: nothing begins.
- A stopped release that was installed and not yet tried is called off; one that runs stays until a newer one comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from wire.release import Release, newer, takes

WAITS_MS = {
    "empty": 15 * 60_000,  # since the last visit: a queue comes back within minutes, a market that closed does not
    "again": 30 * 60_000,  # after an attempt that failed; doubles
    "again_most": 24 * 3_600_000,
}
MOST_STARTS = 12  # of one version: with the waits above they cover a week without a usable line
NIGHT = (1, 4)  # local hours, for a venue that never closes
NO_VERSION = "0.0.0"  # below every release: of a box that does not know its own
GOOD_OUTCOMES = ("good", "tried")


class Do(StrEnum):
    """What is due."""

    NOTHING = "nothing"
    INSTALL = "install"
    RESTART = "restart"
    CALL_OFF = "call_off"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is noted of the newest version that was begun: how often, when last (Unix ms), and how it ended."""

    version: str = ""
    starts: int = 0
    last_ms: int = 0
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """This kiosk now. `now_ms` None: clock unset; `minute` of the local day; hours are local, equal ones: never closed.

    `running` is the version that runs, `pending` whether one waits for its trial, `trial` whether this boot is one.
    """

    device: str
    scopes: frozenset[str]
    running: str
    pending: bool
    trial: bool
    now_ms: int | None
    minute: int | None
    last_visit_ms: int | None
    opens: int
    closes: int
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Step:
    """What to do and why not more; `release` for INSTALL."""

    do: Do
    why: str
    release: Release | None = None


def newest(releases: Iterable[Release]) -> Release | None:
    """The highest version; of one version that was said twice the stopped one."""
    best: Release | None = None
    for one in releases:
        if best is None or newer(one.version, best.version) or (one.version == best.version and one.stop):
            best = one
    return best


def decide(box: Box, release: Release | None) -> Step:
    """The next step."""
    if box.trial:
        return Step(Do.NOTHING, "on_trial")
    if box.pending:
        return _pending(box, release)
    if release is None:
        return Step(Do.NOTHING, "no_release")
    if not newer(release.version, box.running or NO_VERSION):
        return Step(Do.NOTHING, "up_to_date")
    if not takes(release, box.device, box.scopes, box.now_ms):
        return Step(Do.NOTHING, "stopped" if release.stop else "not_its_turn")
    why = _held_back(box, release.version) or ("" if is_empty(box) else "visitors")
    return Step(Do.NOTHING, why) if why else Step(Do.INSTALL, "", release)


def _pending(box: Box, release: Release | None) -> Step:
    if release is not None and release.stop and release.version == box.attempt.version:
        return Step(Do.CALL_OFF, "stopped")
    if not is_closed(box):
        return Step(Do.NOTHING, "open_hours")
    return Step(Do.RESTART, "") if is_empty(box) else Step(Do.NOTHING, "visitors")


def _held_back(box: Box, version: str) -> str:
    """Why this version is not begun (again) now; "" when it may be."""
    attempt = box.attempt
    if attempt.version != version or box.now_ms is None:
        return ""
    if attempt.outcome == "rolled_back":
        return "rolled_back"
    if attempt.starts >= MOST_STARTS:
        return "too_often"
    # A clock that was set back must not stop updates for years.
    return "waits" if 0 <= box.now_ms - attempt.last_ms < wait_after(attempt.starts) else ""


def wait_after(starts: int) -> int:
    """How long (ms) after that many starts the next may come."""
    if starts < 1:
        return 0
    return min(WAITS_MS["again"] << min(starts - 1, 10), WAITS_MS["again_most"])


def is_empty(box: Box) -> bool:
    """Whether nobody has passed for a while. A visit in the future is one of a clock that was wrong."""
    if box.now_ms is None:
        return False
    if box.last_visit_ms is None:
        return True
    return not 0 <= box.now_ms - box.last_visit_ms < WAITS_MS["empty"]


def is_closed(box: Box) -> bool:
    """Whether the venue is closed by its hours; at one that never closes, whether it is the dead of night."""
    if box.minute is None:
        return False
    hour = box.minute // 60
    if box.opens == box.closes:
        return NIGHT[0] <= hour < NIGHT[1]
    if box.opens < box.closes:
        return not box.opens <= hour < box.closes
    return box.closes <= hour < box.opens
