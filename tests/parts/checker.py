"""The independent checker: a process of its own that logs every green of a simulated lamp, and how a test uses its log.

    python -m tests.parts.checker LIGHTS OUT      follows LIGHTS, appends each green's ref to OUT, fsync after each look

What the gate promised (its greens) is held against what the centre holds. The kiosk's database is never asked.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.parts.site import Gate, Site

LOOK_S = 0.01


def follow(lights: Path, out: Path) -> None:
    """For ever: what is new in `lights`, greens to `out`. Lines are whole, since each is written at once."""
    fd = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    at = 0
    while os.getppid() != 1:
        size = lights.stat().st_size if lights.exists() else 0
        if size > at:
            with lights.open("rb") as file:
                file.seek(at)
                data = file.read(size - at)
            whole = data[: data.rfind(b"\n") + 1]
            at += len(whole)
            said = [json.loads(line) for line in whole.splitlines()]
            refs = [line["ref"] for line in said if line["lamps"] == "green" and line["ref"]]
            if refs:
                os.write(fd, "".join(f"{ref}\n" for ref in refs).encode())
                os.fsync(fd)
        time.sleep(LOOK_S)


class Checker:
    """The checker of one gate, running until `stop`."""

    def __init__(self, gate: "Gate") -> None:
        self._out = gate.folder / "greens.log"
        self._lights = gate.sim / "lights.jsonl"
        argv = [sys.executable, "-m", "tests.parts.checker", str(self._lights), str(self._out)]
        self._process = subprocess.Popen(argv)

    def greens(self) -> set[str]:
        """Every ref seen green so far. A repeat of an answer has no ref: it is no new visit."""
        try:
            return set(self._out.read_text("ascii").split())
        except FileNotFoundError:
            return set()

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait(10)


def account(site: "Site", gate: "Gate", wanted: frozenset[str] = frozenset(), *, timeout_s: float = 60.0) -> set[str]:
    """Every green of `gate` is at the centre as an admitted visit, once, and nothing else happened. The greens.

    `wanted` names the kinds of alarm, and "conflict" or "rejected", that the test has provoked.
    """
    greens = gate.checker.greens() | gate.greens()
    site.wait_arrived(gate, greens, timeout_s)
    assert greens <= gate.checker.greens() or gate.wait_checked(greens)
    refused = greens - set(site.admitted(gate.device))
    assert not refused, f"green, but not admitted at the centre: {refused}"
    alarms = {kind for kind, _ in site.alarms(gate.device)}
    assert alarms <= wanted, f"alarms of {gate.device}: {site.alarms(gate.device)}"
    assert "conflict" in wanted or site.count("conflict", gate.device) == 0
    assert "rejected" in wanted or site.count("raw_record", gate.device, "status = 'rejected'") == 0
    return greens


if __name__ == "__main__":
    follow(Path(sys.argv[1]), Path(sys.argv[2]))
