"""Recordings with ground truth, as their publishers lay them out: a file -> samples, whichever of these it is.

SQLite    DP-3T/bt-measurements: a table `results` with receiver_id, transmitter_id, timestamp (Unix ms), rssi and
          ground_truth_distance (m; NULL, NaN or below 0: not seen by the cameras), one file a scene.
JSON      felisat/ble-proximity-tracing: a list of {rss: [dBm], time: [...], dist: [m], receiver_id, transmitter_id,
          room}, one item a pair.
log       MIT Lincoln Laboratory (PACT), MITRE Range-Angle: lines "time,Range,FEET" and "time,Bluetooth,device,RSSI,
          name,power,..." of one receiver; where the tester's phone names itself BlueProxTx, only that one.
CSV       with a heading that has one name of each of COLUMNS; scene, receiver and transmitter may be missing. Among
          them an export of the SQLite above, and pc-ng/rss_smartphone (dist in cm).

Raises NotRecording, with a sentence, for a file that is none of them.
"""

import csv
import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ble_scanner.study.samples import Sample
from store.db import connect

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "scene": ("scene", "scenario", "room"),
    "receiver": ("receiver", "receiver_id", "rx"),
    "transmitter": ("transmitter", "transmitter_id", "tx", "device"),
    "time": ("time_s", "time", "elapsed", "time_ms", "timestamp"),
    "rssi": ("rssi", "rss"),
    "distance": ("metres", "meters", "distance_m", "ground_truth_distance", "distance", "dist_cm", "dist"),
}
_NEEDED = ("time", "rssi", "distance")
SUFFIXES = (".sqlite", ".db", ".json", ".txt", ".csv")
_FOOT = 0.3048
_MOST_MARKS = (
    40  # distances: more are people who move. At marks each is a recording of its own, whatever its clock says
)
_MS_SINCE = 1e11  # a greater time is in ms since 1970: in seconds it would be the year 5138
_TESTER = "BlueProxTx"
_UNKNOWN_POWER = "-999.0"


class NotRecording(Exception):
    """This file holds no samples in a layout that is known; its text says what was looked for."""


def read_samples(path: Path) -> list[Sample]:
    """The samples of one file, those without a distance or a plausible RSSI left out. Raises NotRecording, OSError."""
    with path.open("rb") as file:
        head = file.read(4096)
    try:
        found = [sample for sample in _reader(path, head)(path) if _is_sound(sample)]
    except (ValueError, csv.Error) as error:
        raise NotRecording(f"{path.name}: {error}") from None
    if not found:
        raise NotRecording(f"{path.name}: không có mẫu nào có khoảng cách thật / no sample with a true distance")
    if len({sample.metres for sample in found}) <= _MOST_MARKS:
        return [sample._replace(pair=f"{sample.pair} {sample.metres:g} m") for sample in found]
    return found


def _reader(path: Path, head: bytes) -> Callable[[Path], Iterator[Sample]]:
    if head.startswith(b"SQLite format 3\0"):
        return _of_sqlite
    if head.lstrip()[:1] == b"[":
        return _of_json
    if b",Range," in head or b",Bluetooth," in head:
        return _of_log
    return _of_csv


def _is_sound(sample: Sample) -> bool:
    finite = math.isfinite(sample.metres) and math.isfinite(sample.at_s)
    return finite and sample.metres >= 0 and -127 <= sample.rssi <= 20


def _of_sqlite(path: Path) -> Iterator[Sample]:
    # The recording is attached to an empty database of ours, which may only be asked: nothing is written beside it.
    scene = f"{path.parent.name}/{path.stem}"
    connection = connect(Path(":memory:"))
    try:
        connection.execute("ATTACH DATABASE ? AS recording", (str(path),))
        connection.execute("PRAGMA query_only=ON").fetchall()
        rows = connection.execute(
            "SELECT receiver_id, transmitter_id, timestamp, rssi, ground_truth_distance FROM recording.results"
            " WHERE ground_truth_distance IS NOT NULL"
        )
        for receiver, transmitter, at_ms, rssi, metres in rows:
            yield Sample(scene, f"{receiver}<{transmitter}", float(at_ms) / 1000, float(rssi), float(metres))
    except connection.DatabaseError as error:
        raise NotRecording(f"{path.name}: {error}") from None
    finally:
        connection.close()


def _of_json(path: Path) -> Iterator[Sample]:
    for number, item in enumerate(json.loads(path.read_bytes())):
        if not isinstance(item, dict) or not {"rss", "time", "dist"} <= item.keys():
            raise NotRecording(f"{path.name}: cần / wanted [{{rss, time, dist, ...}}]")
        scene = f"{path.parent.name} {item.get('room', '')}".strip()
        # Items may count time each from its own beginning: an item is a pair of its own.
        pair = f"{path.stem} {number} {item.get('receiver_id', '')}<{item.get('transmitter_id', '')}"
        for rssi, at, metres in zip(item["rss"], item["time"], item["dist"], strict=True):
            yield Sample(scene, pair, _seconds(float(at)), float(rssi), float(metres))


def _of_log(path: Path) -> Iterator[Sample]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    rows = [line.split(",") for line in lines]
    heard = [row for row in rows if len(row) >= 6 and row[1] == "Bluetooth"]
    named = {row[2] for row in heard if row[4] == _TESTER}
    testers = {row[2] for row in heard if row[2] in named and row[5] != _UNKNOWN_POWER} or named
    feet: float | None = None
    for row in rows:
        if len(row) >= 3 and row[1] == "Range":
            feet = float(row[2])
        elif len(row) >= 6 and row[1] == "Bluetooth" and feet is not None and (not testers or row[2] in testers):
            at_s = datetime.fromisoformat(row[0].strip().replace("Z", "+00:00")).timestamp()
            yield Sample(path.parent.name, f"{path.stem}<{row[2]}", at_s, float(row[3]), feet * _FOOT)


def _of_csv(path: Path) -> Iterator[Sample]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        names = {name.strip().lower(): name for name in rows.fieldnames or ()}
        column = {what: next((names[one] for one in COLUMNS[what] if one in names), None) for what in COLUMNS}
        missing = [what for what in _NEEDED if column[what] is None]
        if missing:
            raise NotRecording(f"{path.name}: thiếu cột / columns missing: {', '.join(missing)}")
        scale = 0.01 if str(column["distance"]).strip().lower() in ("dist", "dist_cm") else 1.0
        milli = str(column["time"]).strip().lower() == "time_ms"
        for row in rows:
            if not row[str(column["distance"])]:
                continue
            scene = _cell(row, column["scene"]) or f"{path.parent.name}/{path.stem}"
            pair = f"{_cell(row, column['receiver'])}<{_cell(row, column['transmitter'])}"
            at = float(row[str(column["time"])])
            metres = float(row[str(column["distance"])]) * scale
            yield Sample(scene, pair, at / 1000 if milli else _seconds(at), float(row[str(column["rssi"])]), metres)


def _cell(row: Mapping[str, Any], column: str | None) -> str:
    return str(row.get(column) or "") if column else ""


def _seconds(at: float) -> float:
    return at / 1000 if at > _MS_SINCE else at
