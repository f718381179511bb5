"""A gate whose pages cannot be opened: it is up before they are, and yet does not stay up with a dark screen."""

import json
import socket
import subprocess
from pathlib import Path

from tests.parts.lone_gate import LoneGate


def test_a_port_that_another_program_holds_ends_the_gate_and_switches_its_lamps_off(tmp_path: Path) -> None:
    gate = LoneGate(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", gate.port))
        other.listen()
        done = subprocess.run(gate.command("run"), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert '"ready"' not in done.stdout
    assert "Address already in use" in done.stderr
    lamps = [json.loads(line)["lamps"] for line in (gate.sim / "lights.jsonl").read_text().splitlines()]
    assert lamps[0] == "starting" and lamps[-1] == "off"


def test_a_gate_that_is_ended_while_its_pages_open_ends_in_order(tmp_path: Path) -> None:
    gate = LoneGate(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "manager"))
        manager.settimeout(40)
        process = subprocess.Popen(
            ["env", f"NOTIFY_SOCKET={tmp_path / 'manager'}", *gate.command("run")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert manager.recv(100) == b"READY=1"
        process.terminate()
        _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert "Traceback" not in said
