"""`kiosk check` and `kiosk check --good` beside a gate at work: what worked before must work, network or not."""

import json
import subprocess
from pathlib import Path
from typing import Any

from kiosk.commands.check_good import ask_gate
from tests.parts.lone_gate import LoneGate, lone_gate
from tests.parts.waits import wait_for


def ask(gate: LoneGate, *argv: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit status and findings by part."""
    done = subprocess.run(gate.command(*argv), capture_output=True, text=True, timeout=90, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {str(line["part"]): line for line in lines}


def has_lost_its_camera(gate: LoneGate) -> bool:
    said = ask_gate("127.0.0.1", gate.port) or {}
    return "camera_lost" in said.get("faults", ())


def test_a_gate_at_work_is_good_and_one_whose_camera_was_lost_since_is_not(tmp_path: Path) -> None:
    with lone_gate(tmp_path) as gate:
        status, found = ask(gate, "check", "--good", "--wait", "9")
        assert status == 0, found
        assert {"disk", "store", "decoder", "gate", "camera", "lights"} == set(found)
        status, whole = ask(gate, "check")
        assert status == 1 and whole["store"]["level"] == "fail"  # not enrolled: told, and no reason to undo an update
        assert whole["camera"]["ok"] and whole["lights"]["ok"]  # the running gate keeps both
        (gate.sim / "camera" / "unplugged").touch()
        wait_for(lambda: has_lost_its_camera(gate), "the gate sees it")
        status, found = ask(gate, "check", "--good", "--wait", "9")
        assert status == 1 and found["camera"]["level"] == "fail"


def test_what_never_worked_here_does_not_undo_an_update(tmp_path: Path) -> None:
    with lone_gate(tmp_path) as gate:
        (gate.sim / "camera" / "unplugged").touch()
        wait_for(lambda: has_lost_its_camera(gate), "the gate sees it")
        status, found = ask(gate, "check", "--good", "--wait", "9")
        assert status == 0 and found["camera"]["level"] == "warn"
