"""The correction of this gate's receiver, measured with a tag held at the mark (ble_scanner.tap.calibrate).

It lies in `radio.json` beside the databases: {"correction_db": n}. Without the file, or with a broken one, it is 0.
"""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

from ble_scanner.hearing import KnownTags
from ble_scanner.radio import Heard, Radio
from ble_scanner.tap import MOST_CORRECTION_DB, Calibration, calibrate

FILE = "radio.json"
LISTEN_S = 20.0  # to take the tag, walk to the mark and hold it there for 5 s
HOLD_MS = 5_000
NEAR_DB = 15  # below the strongest report: the way to the mark and back does not count
MOST_REPORTS = 2_000


def read_correction(folder: Path) -> float:
    """The correction that was measured here, dB."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = float(json.loads((folder / FILE).read_text("utf-8"))["correction_db"])
        if abs(found) <= MOST_CORRECTION_DB:
            return found
    return 0.0


def keep_correction(folder: Path, measured: Calibration) -> None:
    """Keep it for the next start. Raises OSError."""
    half = folder / f".{FILE}.half"
    half.write_text(json.dumps({"correction_db": measured.correction_db, "spread_db": measured.spread_db}), "utf-8")
    half.rename(folder / FILE)


async def measure(radio: Radio, tags: KnownTags, guess_ms: int, listen_s: float = LISTEN_S) -> Calibration:
    """Listen for one of this venue's tags at the mark. `guess_ms`: Unix ms minus the radio's. Raises RadioFailed."""
    reports: list[tuple[int, int, int | None]] = []  # (ms, RSSI, named power)

    def hear(heard: Heard) -> None:
        for sighting in heard.sightings:
            known = sighting.kind == "eddystone-eid" and len(reports) < MOST_REPORTS
            if known and tags.resolve(sighting.id, (heard.mono_ms + guess_ms) // 1000) is not None:
                reports.append((heard.mono_ms, heard.rssi, sighting.power))

    await radio.start(hear)
    await asyncio.sleep(listen_s)
    await radio.stop()
    return calibrate(held_reports(reports))


def held_reports(reports: list[tuple[int, int, int | None]]) -> list[tuple[int, int | None]]:
    """PURE. Of (ms, RSSI, named power) those of the 5 s with the most reports that are near the strongest one."""
    if not reports:
        return []
    strongest = max(rssi for _, rssi, _ in reports)
    near = [report for report in reports if report[1] >= strongest - NEAR_DB]
    spans = ([r for r in near if first <= r[0] < first + HOLD_MS] for first, _, _ in near)
    return [(rssi, power) for _, rssi, power in max(spans, key=len)]
