"""The running gate, seen from outside: memory of its processes, and CPU against a bare decoder over the same frames."""

import tempfile
import time
from pathlib import Path
from typing import Any

import zxingcpp

from kiosk.devices.camera_files import empty_scene
from kiosk.devices.preview import small_jpeg
from tests.parts.site import Gate, Site, card

PSS_MB = 150
CPU_RATIO = 1.3
IDLE_PERCENT = 1.0
PREVIEW_MS = 3.0
FPS = 15
HOUR_OF_VISITS = 600  # ten people a minute


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    seconds = 8 if quick else 30
    visits = 60 if quick else HOUR_OF_VISITS
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, Site(Path(folder)) as site:
        gate = site.add_kiosk("t-gate-1")
        for number in range(1, visits + 1):
            gate.type(card(number))
            gate.wait_green(number)
        site.wait_arrived(gate, gate.greens())
        time.sleep(3)  # the last result leaves the screen
        memory = {child.name: _pss_mb(tree(child.pid or 0)) for child in (gate.kiosk, gate.agent)}
        busy = _cpu_ms_per_s(gate, seconds)
        bare = _bare_ms_per_s(seconds)
        (gate.sim / "camera" / "unplugged").touch()
        time.sleep(2)
        idle = _cpu_ms_per_s(gate, seconds)
    return _rows(memory, busy, bare, idle, visits)


def _rows(memory: dict[str, float], busy: float, bare: float, idle: float, visits: int) -> list[dict[str, Any]]:
    total, preview = sum(memory.values()), _preview_ms()
    parts = ", ".join(f"{name} {size:.0f}" for name, size in memory.items())
    return [
        _row(f"PSS of kiosk, its children and agent after {visits} visits", total, "MB", PSS_MB, parts),
        _row(
            "CPU of the whole gate at 15 empty frames/s, to bare zxing-cpp",
            busy / bare,
            "ratio",
            CPU_RATIO,
            f"gate {busy:.1f} ms/s, bare {bare:.1f} ms/s; no page watches the preview",
        ),
        _row("CPU of the gate with the camera idle", idle / 10, "% of core", IDLE_PERCENT, ""),
        _row("CPU of one preview picture", preview, "ms", PREVIEW_MS, "640x480 to 320x240 JPEG"),
    ]


def _row(name: str, value: float, unit: str, most: float, note: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "bound": f"<= {most}", "holds": value <= most, "note": note}


def tree(pid: int) -> list[int]:
    """A process and all that came from it."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    found = [int(child) for path in threads for child in path.read_text().split()]
    return [pid, *(grandchild for child in found for grandchild in tree(child))]


def _pss_mb(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def _cpu_ms_per_s(gate: Gate, seconds: int) -> float:
    """CPU time of the kiosk and its children over `seconds`, as ms each second."""
    pids = tree(gate.kiosk.pid or 0)
    began, before = time.monotonic(), sum(map(_cpu_ms, pids))
    time.sleep(seconds)
    return (sum(map(_cpu_ms, pids)) - before) / (time.monotonic() - began)


def _cpu_ms(pid: int) -> float:
    """User and system time in ms; nanosecond-accurate where the scheduler tells it."""
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        total += int(task.read_text().split()[0])
    return total / 1e6


def _bare_ms_per_s(seconds: int) -> float:
    """A loop of nothing but zxing-cpp over the same empty frames, at the same pace."""
    frames = empty_scene(640, 480)
    began, cpu = time.monotonic(), time.process_time()
    for number in range(seconds * FPS):
        zxingcpp.read_barcodes(
            frames[number % len(frames)], formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
        time.sleep(max(0.0, began + (number + 1) / FPS - time.monotonic()))
    return (time.process_time() - cpu) * 1000 / (time.monotonic() - began)


def _preview_ms() -> float:
    frames = empty_scene(640, 480)
    cpu = time.process_time()
    for number in range(200):
        small_jpeg(frames[number % len(frames)])
    return (time.process_time() - cpu) * 1000 / 200
