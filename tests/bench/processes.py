"""The running gate, seen from outside: memory of its processes, CPU against a bare decoder over the same frames, and
what the kiosk's start costs against the bare libraries that a first green takes."""

import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import zxingcpp

from kiosk.devices.camera_files import empty_scene
from kiosk.devices.preview import small_jpeg
from tests.parts.site import Gate, Site, card

PSS_MB = 150
BOX_PSS_MB = 200  # all our processes, chromium apart
START_RATIO = 3.5
STARTS = 5
# What must be loaded before a code in a picture can become a record: pixels, the reader, the seal, the database.
LIBRARIES = "import numpy, PIL.Image, zxingcpp, cv2, cbor2, sqlite3, cryptography.hazmat.primitives.asymmetric.ed25519"
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
        radio = _radio(site, gate)
        radio.start()
        for number in range(1, visits + 1):
            gate.type(card(number))
            gate.wait_green(number)
        site.wait_arrived(gate, gate.greens())
        time.sleep(3)  # the last result leaves the screen
        memory = {child.name: _pss_mb(tree(child.pid or 0)) for child in (gate.kiosk, gate.agent, radio)}
        radio.stop()
        busy = _cpu_ms_per_s(gate, seconds)
        bare = _bare_ms_per_s(seconds)
        (gate.sim / "camera" / "unplugged").touch()
        time.sleep(2)
        idle = _cpu_ms_per_s(gate, seconds)
        gate.kiosk.stop()
        begun = min(_start_cpu_ms(gate, Path(folder)) for _ in range(STARTS))
    return [*_rows(memory, busy, bare, idle, visits), _start_row(begun)]


def _radio(site: Site, gate: Gate) -> Any:
    """The radio's process by a kiosk.toml of its own: the gate's CPU is measured without looking for tags."""
    settings = gate.folder / "radio.toml"
    settings.write_text(gate.settings.read_text("utf-8") + '[radio]\nkind = "simulated"\n', "utf-8")
    scan = ["ble_scanner", "run", "--settings", str(settings), "--bench"]
    return site.child("radio", scan, gate.folder / "logs" / "radio.log")


def _rows(memory: dict[str, float], busy: float, bare: float, idle: float, visits: int) -> list[dict[str, Any]]:
    everything, preview = sum(memory.values()), _preview_ms()
    total = everything - memory["radio"]
    parts = ", ".join(f"{name} {size:.0f}" for name, size in memory.items())
    return [
        _row(f"PSS of kiosk, its children and agent after {visits} visits", total, "MB", PSS_MB, parts),
        _row("PSS of all our processes, the radio's too", everything, "MB", BOX_PSS_MB, "simulated lamps and radio"),
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


def _start_row(begun: float) -> dict[str, Any]:
    bare = min(_libraries_cpu_ms() for _ in range(STARTS))
    note = f"gate {begun:.0f} ms, bare {bare:.0f} ms; best of {STARTS}, all threads"
    return _row("CPU of the kiosk until READY=1, to its bare libraries", begun / bare, "ratio", START_RATIO, note)


def _start_cpu_ms(gate: Gate, folder: Path) -> float:
    """CPU of the kiosk's process until it tells the service manager that it is ready."""
    address = folder / "manager"
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.settimeout(40)
        environment = {**os.environ, "NOTIFY_SOCKET": str(address)}
        log = subprocess.DEVNULL
        process = subprocess.Popen(gate.kiosk.argv, stdout=log, stderr=log, env=environment)
        assert manager.recv(100) == b"READY=1"
        spent = _cpu_ms(process.pid)
        process.terminate()
        process.wait(20)
    return spent


def _libraries_cpu_ms() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", LIBRARIES], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


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
