"""The short self-test after which a new version stays: does this box still do at the gate what it did before?

- Bounded: WAIT_S in all. No network is needed: a version that can only be judged online would be undone by a cut cable.
- The running gate is asked over loopback; camera and lamps are not taken from it.
- What never worked here is not the new version's fault: a part counts when it was well at the last good test.
"""

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from firmware_cfg.settings import Settings
from kiosk.commands.check_finding import Finding, Level, guarded, worked_before
from kiosk.commands.check_parts import decoder_finding, disk_finding, store_finding

WAIT_S = 60.0  # of which a slow card's start takes the most; the unit allows 90
SETTLE_S = 20.0  # a camera and a radio may take this long after the gate turns
ASK_S = 2.0
PACE_S = 0.5
# Fault of the gate -> the part behind it. Faults of the place (not enrolled, card full) say nothing about the software.
_PARTS = {"camera_lost": "camera", "lamps_lost": "lights", "store_failed": "store"}


def good_findings(settings: Settings, bench: bool, wait_s: float = WAIT_S) -> Iterator[Finding]:
    """Findings; the version is good when none of them fails."""
    ends = time.monotonic() + wait_s
    folder = Path(settings.storage.folder)
    worked = worked_before(folder)
    yield guarded("disk", lambda: disk_finding(settings))
    yield guarded("store", lambda: _store(settings, bench))
    yield guarded("decoder", decoder_finding)
    said = _wait_for_gate(settings.screen.host, settings.screen.port, ends, min(SETTLE_S, wait_s / 3))
    if said is None:
        yield Finding("gate", "fail", "Cửa không chạy", "The gate does not run: its page does not answer")
        return
    yield Finding("gate", "ok", "Cửa đang chạy", "The gate runs", {"faults": sorted(said)})
    for fault, part in _PARTS.items():
        if part != "store":
            yield _part(part, fault in said, part in worked)


def _part(part: str, lost: bool, worked: bool) -> Finding:
    if not lost:
        return Finding(part, "ok", "Vẫn như trước", "As before")
    level: Level = "fail" if worked else "warn"
    vi = "Trước đây chạy, bây giờ không" if worked else "Chưa từng chạy ở máy này"
    return Finding(part, level, vi, "It worked before, and does not now" if worked else "It has never worked here")


def _store(settings: Settings, bench: bool) -> Finding:
    """The database opens. Whether this kiosk is enrolled is not the software's doing."""
    found = store_finding(settings, bench)
    if found.figure or found.ok:
        return Finding("store", "ok", "Cơ sở dữ liệu mở được", "The database opens", found.figure)
    return found


def _wait_for_gate(host: str, port: int, ends: float, settle_s: float) -> frozenset[str] | None:
    """The gate's faults, once it turns and had `settle_s`; None when it does not turn by `ends` (monotonic s)."""
    faults: frozenset[str] | None = None
    settled = None
    while (now := time.monotonic()) < ends:
        said = ask_gate(host, port)
        if said is not None and said.get("ok") is True:
            faults = frozenset(str(fault) for fault in said.get("faults", ()))
            settled = now + settle_s if settled is None else settled
            if not faults & _PARTS.keys() and "starting" not in faults:
                return faults
            if now >= settled:
                return None if "starting" in faults else faults
        time.sleep(min(PACE_S, max(0.0, ends - now)))
    return None if faults is None or "starting" in faults else faults


def ask_gate(host: str, port: int) -> Mapping[str, Any] | None:
    """What the running gate says of itself; None when it does not answer."""
    connection = http.client.HTTPConnection(host, port, timeout=ASK_S)
    try:
        connection.request("GET", "/healthz")
        said = json.loads(connection.getresponse().read(65536))
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return said if isinstance(said, dict) else None
