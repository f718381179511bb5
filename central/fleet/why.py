"""PURE. Why a kiosk is away, and what is wrong with one that is there.

Away, the first that holds:
- revoked: its right was taken from it; never: it has never said anything
- certificate: the one that it was given is over; no broker lets it in
- clock: it had no time when it was last heard; to it no certificate is valid
- bye: it said goodbye, somebody has switched it off; quiet: nobody is to be told at this hour
- lost: the connection broke without a word, which a power cut, a fault and a cut line have in common
There:
- silent: the broker holds its connection, but it has not spoken for five minutes (it does so each minute)
- after_cut: it went without goodbye and came back with a higher boot counter within the last day: a power cut
- online
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
CERTIFICATE_DAYS = 3 * 365  # central.enrolment issues it
SILENT_MS = 5 * MINUTE_MS
LOST_MS = HOUR_MS  # a line that is cut for longer is somebody's work
OLD_MS, TOO_OLD_MS = DAY_MS, 7 * DAY_MS  # records that still lie at the gate
DISK_LOW_MB = 200
WORN_PCT, WORN_OUT_PCT = 80, 100  # of what the card says it bears (JEDEC eMMC life time, in tenths)
HOT_C, TOO_HOT_C = 75, 82  # a Pi slows down at 80 to 85 degrees (Raspberry Pi documentation, "Frequency management")
ENDED_BADLY = ("rolled_back", "failed", "refused")  # how an update can end that somebody should see to
BOX_CHANGED = ("moved", "copied")  # its card is in another box, or its files on another card: a repair, or a theft
MARKS = ("bad", "watch", "good", "off")  # the worst first
_VIET_NAM_MS = 7 * HOUR_MS
_ORDER = {mark: number for number, mark in enumerate(MARKS)}


class Located(Protocol):
    """Whatever knows where a kiosk stands and when its place is open (minutes after midnight in Viet Nam)."""

    @property
    def device(self) -> str: ...
    @property
    def opens_min(self) -> int | None: ...
    @property
    def closes_min(self) -> int | None: ...

    def scopes(self) -> tuple[str, ...]: ...


class Kiosk(NamedTuple):
    """One row of the list; what is None nobody has said. Times in Unix ms."""

    device: str
    venue: str
    gate: str
    state: str
    enrolled_ms: int
    place: str | None
    ward: str | None
    province: str | None
    opens_min: int | None
    closes_min: int | None
    backlog: int | None
    said_ms: int | None
    away_ms: int | None
    bye: int | None
    cut_ms: int | None
    oldest_ms: int | None
    version: str | None
    slot: str | None
    update_version: str | None
    update_outcome: str | None
    disk_free_mb: int | None
    disk_wear_pct: int | None
    disk_errors: int | None
    temp_c: int | None
    volts_low: int | None
    clock: str | None
    fails: str | None
    warns: str | None
    alarms: str | None
    box: str | None

    def scopes(self) -> tuple[str, ...]:
        """Where it belongs, the narrowest first: as the scopes of bulletins are written."""
        return scopes_of(self.device, self.venue, self.ward, self.province)


def scopes_of(device: str, venue: str, ward: str | None, province: str | None) -> tuple[str, ...]:
    """The scopes of bulletins that such a kiosk is in, the narrowest first."""
    named = (("device", device), ("venue", venue), ("ward", ward), ("province", province))
    return (*(f"{kind}-{value}" for kind, value in named if value), "all")


class Why(NamedTuple):
    """`code` has a sentence (fleet.why_CODE); `mark` is good, watch, bad or off; `since_ms` None: nobody knows."""

    code: str
    mark: str
    since_ms: int | None


class Trouble(NamedTuple):
    """`code` has a sentence (fleet.trouble_CODE) that may name `detail`."""

    code: str
    mark: str
    detail: str = ""


def why(kiosk: Kiosk, now_ms: int, quiet: bool = False) -> Why:
    """How it stands with the connection."""
    if kiosk.state == "revoked":
        return Why("revoked", "bad", None)
    if kiosk.said_ms is None:
        late = now_ms - kiosk.enrolled_ms > DAY_MS
        return Why("never", "watch" if late else "off", kiosk.enrolled_ms)
    if kiosk.away_ms is None:
        return _there(kiosk, kiosk.said_ms, now_ms)
    ends_ms = kiosk.enrolled_ms + CERTIFICATE_DAYS * DAY_MS
    if now_ms >= ends_ms:
        return Why("certificate", "bad", ends_ms)
    if kiosk.clock == "unset":
        return Why("clock", "bad", kiosk.away_ms)
    long = now_ms - kiosk.away_ms > LOST_MS
    if kiosk.bye:
        return Why("bye", "watch" if now_ms - kiosk.away_ms > DAY_MS and not quiet else "off", kiosk.away_ms)
    if quiet:
        return Why("quiet", "off", kiosk.away_ms)
    return Why("lost", "bad" if long else "watch", kiosk.away_ms)


def _there(kiosk: Kiosk, said_ms: int, now_ms: int) -> Why:
    if now_ms - said_ms > SILENT_MS:
        return Why("silent", "bad" if now_ms - said_ms > LOST_MS else "watch", said_ms)
    if kiosk.cut_ms is not None and now_ms - kiosk.cut_ms < DAY_MS:
        return Why("after_cut", "good", kiosk.cut_ms)
    return Why("online", "good", said_ms)


def troubles(kiosk: Kiosk, now_ms: int, target: str | None) -> list[Trouble]:
    """What it last said that somebody should see to, the worst first. `target`: the version that it should run."""
    found: list[Trouble] = []
    _of_the_card(kiosk, found)
    _of_the_box(kiosk, found)
    if kiosk.fails:
        found.append(Trouble("fails", "bad", kiosk.fails))
    if kiosk.backlog and kiosk.oldest_ms is not None and now_ms - kiosk.oldest_ms > OLD_MS:
        found.append(Trouble("old", "bad" if now_ms - kiosk.oldest_ms > TOO_OLD_MS else "watch", str(kiosk.backlog)))
    if kiosk.update_outcome in ENDED_BADLY:
        found.append(Trouble(kiosk.update_outcome, "bad", kiosk.update_version or ""))
    if target and kiosk.version and kiosk.version != target:
        found.append(Trouble("behind", "watch", target))
    if kiosk.warns:
        found.append(Trouble("warns", "watch", kiosk.warns))
    if kiosk.alarms:
        found.append(Trouble("agent", "watch", kiosk.alarms))
    return sorted(found, key=lambda one: _ORDER[one.mark]) if len(found) > 1 else found


def _of_the_card(kiosk: Kiosk, found: list[Trouble]) -> None:
    if kiosk.disk_free_mb is not None and kiosk.disk_free_mb < DISK_LOW_MB:
        found.append(Trouble("disk", "bad", str(kiosk.disk_free_mb)))
    if kiosk.disk_errors:
        found.append(Trouble("disk_errors", "bad", str(kiosk.disk_errors)))
    if kiosk.disk_wear_pct is not None and kiosk.disk_wear_pct >= WORN_PCT:
        found.append(
            Trouble("worn", "bad" if kiosk.disk_wear_pct >= WORN_OUT_PCT else "watch", str(kiosk.disk_wear_pct))
        )


def _of_the_box(kiosk: Kiosk, found: list[Trouble]) -> None:
    if kiosk.box in BOX_CHANGED:
        found.append(Trouble(f"box_{kiosk.box}", "bad"))
    if kiosk.volts_low:
        found.append(Trouble("power", "bad"))
    if kiosk.temp_c is not None and kiosk.temp_c >= HOT_C:
        found.append(Trouble("hot", "bad" if kiosk.temp_c >= TOO_HOT_C else "watch", str(kiosk.temp_c)))
    if kiosk.clock in ("unset", "holdover"):
        found.append(Trouble(f"clock_{kiosk.clock}", "bad" if kiosk.clock == "unset" else "watch"))


def mark_of(reason: Why, found: list[Trouble]) -> str:
    """The worst of both: bad, watch, good or off. `found` is as `troubles` has it, the worst first."""
    if reason.mark == "off" or not found:
        return reason.mark
    return min(reason.mark, found[0].mark, key=_ORDER.__getitem__)


def is_quiet(kiosk: Located, hours: Mapping[str, tuple[int, int]], now_ms: int) -> bool:
    """Whether nobody is told of its absence now: by the narrowest rule, or because its place is shut at this hour.

    `hours`: scope -> (from, to) in minutes after midnight in Viet Nam; either may lie over midnight.
    """
    if not hours and kiosk.opens_min is None:
        return False
    minute = (now_ms + _VIET_NAM_MS) % DAY_MS // MINUTE_MS
    for scope in kiosk.scopes() if hours else ():
        if scope in hours:
            return within(minute, *hours[scope])
    if kiosk.opens_min is None or kiosk.closes_min is None or kiosk.opens_min % 1440 == kiosk.closes_min % 1440:
        return False
    return within(minute, kiosk.closes_min % 1440, kiosk.opens_min % 1440)


def within(minute: int, start: int, end: int) -> bool:
    """Whether `minute` lies in [start, end), which may go over midnight."""
    return start <= minute < end if start < end else minute >= start or minute < end
