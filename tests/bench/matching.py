"""14 days of a busy market against 10,000 published keys: time on one core, and the most memory, decryption included.

The store holds 5 million windows: half Bluezone, half Exposure Notification with metadata, a new identifier each
quarter of an hour, 17 hours a day. Two lists are matched, each in a process of its own: Exposure Notification keys of
one day each, and Bluezone keys of 14 days each (13.4 million identifiers to derive). 200 of either were heard here. The
result of a sample is compared with a plain loop over identifiers and windows that shares nothing with the job but the
derivations. Then the whole job of a kiosk, on a copy: who is told, and the first 5,000 sealed records.
"""

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import store
from ble_scanner.match_held import MatchHeld
from ble_scanner.matching import TOLERANCE_MS, by_day
from ble_scanner.rolling_id import bluezone_ids, daily_key_after, rpis
from store import bulletins
from store.sightings import FILE, open_sightings
from tests.unit.store.desk import desk_in
from wire.bulletin import Bulletin
from wire.case_keys import CaseKey, CaseKeys, Standing, case_keys_body
from wire.sightings import DAY_MS, SYSTEMS, WINDOW_MS, SightingWindow

FIRST_DAY = 20_650
DAYS = 14
OPENS_MINUTE = 22 * 60 % 1440  # 05:00 in Viet Nam
MINUTES_OPEN = 17 * 60
QUARTER = 15
HEARD = 200
SECONDS, MEGABYTES = 45, 250
_DAY_S = 86_400
_JOB = "job"


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    windows, keys = (500_000, 1_000) if quick else (5_000_000, 10_000)
    schema = sha256((Path(store.__file__).parent / "ble" / "schema.sql").read_bytes()).hexdigest()[:8]
    folder = Path(tempfile.gettempdir()) / f"gatepost-bench-matching-{schema}-{windows}-{keys}"
    if not (folder / "whole").exists():
        build(folder, windows, keys)
    rows = []
    for system in ("exposure-notification", "bluezone"):
        measured = _in_child(folder, system, keys)
        what = f"{windows / 1e6:g} million windows against {keys} keys of {system}"
        note = f"{measured['waited']:.1f} s by the wall clock, {measured['hits']} hits, "
        note += f"{measured['size'] / 1e6:.0f} MB on disk, sample as a plain loop: "
        note += "equal" if measured["equal"] else "NOT EQUAL"
        equal = measured["equal"]
        rows.append(_row(what, measured["seconds"], "s", SECONDS, note, equal))
        rows.append(_row(f"peak RSS, {system}", measured["peak_mb"], "MB", MEGABYTES, "", equal))
    job = _in_child(folder, _JOB, keys)
    note = f"{job['exposures']} exposures, {job['sent']} records, {job['cases']} stays of a case by day"
    found = job["sent"] > 0 and job["exposures"] > 0
    rows.append(
        _row("the job of a kiosk with the same, exposures and records too", job["seconds"], "s", SECONDS, note, found)
    )
    rows.append(_row("peak RSS of the job", job["peak_mb"], "MB", MEGABYTES, "", found))
    return rows


def _row(name: str, value: float, unit: str, most: float, note: str, equal: bool) -> dict[str, Any]:
    holds = value <= most and equal
    return {"name": name, "value": value, "unit": unit, "bound": f"<= {most}", "holds": holds, "note": note}


def keys_of(system: str, count: int) -> list[CaseKey]:
    """The published list: the first HEARD of it are of phones that were here."""
    seeds = [sha256(f"{system} {number}".encode()).digest() for number in range(count)]
    if system == "bluezone":
        start_s = FIRST_DAY * _DAY_S
        return [
            CaseKey(system, seed, start_s, start_s + DAYS * _DAY_S, 96, f"case-{n}") for n, seed in enumerate(seeds)
        ]
    starts = [(FIRST_DAY + number % DAYS) * _DAY_S for number in range(count)]
    return [
        CaseKey(system, seed[:16], start_s, start_s + _DAY_S, 144, f"case-{n}")
        for n, (seed, start_s) in enumerate(zip(seeds, starts, strict=True))
    ]


def build(folder: Path, windows: int, keys: int) -> None:
    """A database of so many windows, kept minute by minute as the radio does."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(1)
    at_once = max(1, windows // (DAYS * MINUTES_OPEN))
    with_cases = {system: keys_of(system, keys)[:HEARD] for system in ("bluezone", "exposure-notification")}
    held = open_sightings(folder, now_ms=lambda: FIRST_DAY * DAY_MS)
    held.execute("PRAGMA synchronous=OFF")
    left = windows
    for day in range(FIRST_DAY, FIRST_DAY + DAYS):
        for quarter in range(0, MINUTES_OPEN, QUARTER):
            begins = day * DAY_MS + (OPENS_MINUTE + quarter) % 1440 * WINDOW_MS
            present = _present(chance, at_once, with_cases, begins)
            for minute in range(QUARTER):
                rows = [_window(chance, *one, begins + minute * WINDOW_MS) for one in present[:left]]
                left -= len(rows)
                held.keep(rows)
    held.checkpoint()
    held.close()
    (folder / "whole").touch()


def _present(
    chance: random.Random, count: int, cases: dict[str, list[CaseKey]], begins_ms: int
) -> list[tuple[int, bytes]]:
    """Who is heard in a quarter of an hour: now and then somebody of the lists among strangers."""
    present = [(1, chance.randbytes(12)) if number % 2 else (2, chance.randbytes(20)) for number in range(count)]
    for place, (system, keys) in enumerate(cases.items()):
        # Phones whose clocks are wrong, some of them by more than is tolerated.
        at_ms = begins_ms + chance.randint(-150, 150) * WINDOW_MS
        sent = [
            identifier for identifier, from_ms, _ in _sent(chance.choice(keys), at_ms // DAY_MS) if from_ms <= at_ms
        ]
        if sent:
            present[place] = (SYSTEMS[system], sent[-1] + (b"\1\2\3\4" if system != "bluezone" else b""))
    return present


def _window(chance: random.Random, system: int, identifier: bytes, at_ms: int) -> SightingWindow:
    strongest = chance.randint(-95, -50)
    return SightingWindow(system, identifier, at_ms, strongest, strongest - 4, chance.randint(1, 40))


def _sent(key: CaseKey, only: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """(identifier, from ms, until ms) of a key, or of one of its days: the plain way."""
    for day in range(key.start_s // _DAY_S, key.end_s // _DAY_S):
        if only not in (None, day):
            continue
        slots, slot_ms = (96, 900_000) if key.system == "bluezone" else (144, 600_000)
        daily = daily_key_after(key.key, day - key.start_s // _DAY_S) if key.system == "bluezone" else key.key
        found = bluezone_ids(daily, slots) if key.system == "bluezone" else rpis(daily, day * 144, slots)
        for slot, identifier in enumerate(found):
            at_ms = day * DAY_MS + slot * slot_ms
            yield identifier, at_ms, at_ms + slot_ms


def _in_child(folder: Path, system: str, keys: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.matching", str(folder), system, str(keys)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def measure(folder: Path, system: str, count: int) -> dict[str, Any]:
    """Match once; CPU seconds of this process, which runs on one core, and its most memory."""
    keys = keys_of(system, count)
    held = open_sightings(folder, now_ms=lambda: 0)
    began, clock = time.process_time(), time.monotonic()
    hits = [(hit.key, hit.window) for _, found in by_day(held, keys) for hit in found]
    seconds, waited = time.process_time() - began, time.monotonic() - clock
    peak_mb = _peak_mb()
    sample = [*range(0, HEARD, 10), *range(HEARD, count, max(1, count // 20))]
    plain = sorted(_plain(folder, keys, sample))
    equal = plain == sorted(hit for hit in hits if hit[0] in set(sample)) and bool(plain)
    size = (folder / FILE).stat().st_size
    return {"seconds": seconds, "peak_mb": peak_mb, "hits": len(hits), "waited": waited, "size": size, "equal": equal}


def measure_job(folder: Path, count: int) -> dict[str, Any]:
    """One run of the job on a copy, with tags that stood beside the cases of the last day."""
    keys = keys_of("bluezone", count)
    now_ms = (FIRST_DAY + DAYS + 1) * DAY_MS
    with tempfile.TemporaryDirectory() as temporary, desk_in(Path(temporary)) as desk:
        shutil.copy(folder / FILE, temporary)
        gate, held = desk.open(), open_sightings(Path(temporary), now_ms=lambda: now_ms)
        cases: dict[str, Standing] = {key.case: "confirmed" for key in keys}
        body = case_keys_body(CaseKeys("order-1", True, tuple(keys), cases, 10))
        bulletins.keep(gate, Bulletin("ble_keys", "all", "bench", 1, 0, 1 << 50, body), b"signed", now_ms)
        morning = [(FIRST_DAY + DAYS - 1) * DAY_MS + minute * WINDOW_MS for minute in range(240)]
        held.keep([SightingWindow(SYSTEMS["tag"], bytes(16), at_ms, -60, -70, 9) for at_ms in morning])
        began = time.process_time()
        counts = MatchHeld(gate, held, desk.recorder(gate), now_ms).run()
        seconds = time.process_time() - began
        held.close()
    return {"seconds": seconds, "peak_mb": _peak_mb(), **asdict(counts)}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _plain(folder: Path, keys: Sequence[CaseKey], sample: Sequence[int]) -> Iterator[tuple[int, SightingWindow]]:
    """Every window against every identifier of the sample."""
    sent = {(keys[n].system, identifier): (n, *span) for n in sample for identifier, *span in _sent(keys[n])}
    names = {number: name for name, number in SYSTEMS.items()}
    held = open_sightings(folder, now_ms=lambda: 0)
    for day in held.days():
        for window in held.of_day(day):
            system = names[window.system]
            found = sent.get((system, window.identifier[: 12 if system == "bluezone" else 16]))
            if found is not None:
                number, from_ms, until_ms = found
                early, late = from_ms - TOLERANCE_MS[system], until_ms + TOLERANCE_MS[system]
                if early < window.at_ms + WINDOW_MS and window.at_ms <= late:
                    yield number, window
    held.close()


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    _folder, _system, _count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    print(json.dumps(measure_job(_folder, _count) if _system == _JOB else measure(_folder, _system, _count)))
