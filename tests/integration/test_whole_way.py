"""The main job on real input: a picture of a code at the camera becomes a light, a record and a row at the centre."""

import argparse
import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from kiosk.bench.drawing import draw_code
from kiosk.commands import settings_file
from tests.parts.site import Gate, Site, card
from tests.parts.waits import wait_for
from tests.parts.warm import ROOT, Nursery

READY_S = 60.0


def kiosk(gate: Gate, command: str) -> tuple[int, list[dict[str, object]]]:
    """`python -m kiosk command` on the gate's settings: exit status and lines."""
    argv = [sys.executable, "-m", "kiosk", command, "--settings", str(gate.settings), "--bench"]
    done = subprocess.run([*argv, "--runtime", str(gate.folder / "run2")], capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def picture_becomes_light_record_and_row(site: Site) -> str:
    """Hold a card before the gate's camera; how long each step took."""
    gate = site.add_kiosk("t-gate-1")
    began = time.monotonic()
    half = gate.sim / "camera" / ".half"
    half.write_bytes(draw_code(card(1), {}))
    half.rename(gate.sim / "camera" / "frame.png")
    wait_for(gate.greens, "a green light", every=0.002)
    light = time.monotonic() - began
    wait_for(lambda: site.arrived(gate.device), "a row at the centre", every=0.002)
    row = time.monotonic() - began
    site.wait_arrived(gate, gate.greens())
    assert site.admitted(gate.device) == sorted(gate.greens())
    assert site.alarms(gate.device) == []
    return f"picture to light {light * 1000:.0f} ms, to the row at the centre {row * 1000:.0f} ms"


def test_picture_becomes_light_record_and_row_with_every_process_started_cold(tmp_path: Path) -> None:
    """As the units start them; then the technician's commands on the kiosk that was stopped."""
    with Site(tmp_path) as site:
        print(f"\ncold: {picture_becomes_light_record_and_row(site)}")
        (gate,) = site.gates
        gate.kiosk.stop()
        status, found = kiosk(gate, "check")
        assert status == 0 and all(line["ok"] for line in found), found
        assert {"camera", "decoder", "lights", "disk", "store", "clock"} <= {str(line["part"]) for line in found}
        status, found = kiosk(gate, "purge")
        assert status == 0 and len(found) == 1


def test_picture_becomes_light_record_and_row_through_the_other_broker(nursery: Nursery, tmp_path: Path) -> None:
    with Site(tmp_path, "mosquitto", nursery) as site:
        print(f"\nmosquitto: {picture_becomes_light_record_and_row(site)}")


def descendants(pid: int) -> set[int]:
    """Process ids of all children and their children."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, new = set(), {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new} - found
        found |= new
    return found


def test_demo_is_up_within_a_minute_and_ctrl_c_leaves_no_orphan(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "kiosk", "demo", "--folder", str(tmp_path / "demo")]
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as errors:
        demo = subprocess.Popen(argv, stdout=out, stderr=errors, cwd=ROOT, start_new_session=True)
    try:
        lines = lambda: (tmp_path / "out").read_text("utf-8").splitlines()  # noqa: E731
        said = lambda: [line for line in lines() if line.startswith('{"ready"')]  # noqa: E731
        (line,) = wait_for(said, "the ready line", seconds=READY_S, every=0.1)
        facts = json.loads(line)
        assert facts["ready"] is True and {"bench", "screen", "central"} <= facts.keys()
        children = descendants(demo.pid)
        assert len(children) >= 5
        demo.send_signal(signal.SIGINT)
        assert demo.wait(40) == 0, (tmp_path / "err").read_text()
        orphans = lambda: [pid for pid in children if Path(f"/proc/{pid}").exists()]  # noqa: E731
        wait_for(lambda: not orphans(), "every child has ended", seconds=5)
        print(f"\ndemo up in {facts['seconds']} s, {len(children)} processes, none left")
    finally:
        demo.kill()
        demo.wait(10)


def test_bench_is_refused_on_an_installed_kiosk(tmp_path: Path) -> None:
    mark = tmp_path / "installed"
    mark.touch()
    arguments = argparse.Namespace(bench=True, settings=tmp_path / "kiosk.toml", runtime=tmp_path)
    errors = io.StringIO()
    assert settings_file.read_settings_file(arguments, errors, mark) is None
    assert "simulated devices cannot be used" in errors.getvalue()
