"""The lamps before the gate has them: the patterns of the table, and a handover that leaves no second owner."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.devices.patterns import LAMPS, RED, YELLOW
from tests.needs import need
from tests.parts.units import ROOT
from tests.parts.waits import wait_for

LAMPS_SH = ROOT / "usr/lib/gatepost/bin/lamps"
PINS = {"GREEN": "17", "YELLOW": "27", "RED": "22", "BUZZER": "23", "ACTIVE_HIGH": "1"}
# Stands for Debian's gpioset, which needs a chip: writes down what it was asked to hold, and holds it.
HOLDER = """#!/bin/sh
echo "$*" >> "$HELD"
exec sleep 300
"""


class Post:
    """A lamp post whose first lamps are lit by the very program of the card."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lock, self.asked = folder, folder / "lights.lock", folder / "asked"
        (folder / "gpioset").write_text(HOLDER, "ascii")
        (folder / "gpioset").chmod(0o755)
        self.started: list[subprocess.Popen[bytes]] = []

    def light(self, **words: str) -> subprocess.Popen[bytes]:
        path = f"{self.folder}:{os.environ['PATH']}"
        environment = {"PATH": path, "HELD": str(self.asked), **PINS, **words}
        started = subprocess.Popen([str(LAMPS_SH), str(self.lock)], env=environment, start_new_session=True)
        self.started.append(started)
        return started

    def lines(self) -> list[str]:
        return self.asked.read_text("ascii").splitlines() if self.asked.exists() else []

    def held(self) -> list[str]:
        """Who holds lines now, by what is still running of this post."""
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if f"HELD={self.asked}".encode() in path.read_bytes():
                    found.append(path.parent.name)
            except OSError:
                continue  # it has ended, or is not ours
        return found


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    need(all(map(shutil.which, ("flock", "setpriv"))), "flock and setpriv of util-linux")
    post = Post(tmp_path)
    yield post
    for process in post.started:
        process.kill()
        process.wait()
    wait_for(lambda: not post.held(), "everything that held a line ends with its parent", seconds=5)


def lit(line: str, at_ms: int) -> bool:
    """Whether what `line` blinks is on `at_ms` after its start: gpioset turns all its lines over after each period."""
    words = line.split()
    periods = [int(period[:-2]) for period in words[words.index("-t") + 1].split(",")]
    at_ms %= sum(periods)
    on = words[-1].endswith("=1")
    for period in periods:
        if at_ms < period:
            break
        at_ms, on = at_ms - period, not on
    return on


@pytest.mark.parametrize("pattern", ["starting", "fault", "settings", "settings_old"])
def test_the_first_lamps_blink_as_the_table_says(post: Post, pattern: str) -> None:
    """settings_old takes two gpiosets; the second is started `sleep` later than the first."""
    post.light(PATTERN=pattern)
    most = 3 if pattern == "settings_old" else 2
    wait_for(lambda: len(post.lines()) == most, "one gpioset holds what is dark, the others blink", seconds=10)
    blinking = [line for line in post.lines() if " -t " in line]
    apart_ms = int(float(LAMPS_SH.read_text("utf-8").split("sleep ")[1].split()[0]) * 1000)
    at_ms = 0
    for mask, seconds in LAMPS[pattern]:
        middle = at_ms + round(seconds * 500)
        for number, line in enumerate(reversed(blinking)):
            for name, lamp in (("YELLOW", YELLOW), ("RED", RED)):
                if f" {PINS[name]}=" in line:
                    assert lit(line, middle + number * apart_ms) == bool(mask & lamp), (line, middle)
        at_ms += round(seconds * 1000)
    dark = " ".join(line for line in post.lines() if " -t " not in line)
    assert "17=0" in dark
    assert "23=0" in dark, "a buzzer on a relay board that switches on low would sound"


def test_relays_that_switch_on_low_are_told_so(post: Post) -> None:
    post.light(PATTERN="starting", ACTIVE_HIGH="0")
    wait_for(lambda: len(post.lines()) == 2, "both", seconds=10)
    assert all("--active-low" in line for line in post.lines())


def test_the_gates_own_child_takes_the_lamps_over(post: Post) -> None:
    first = post.light()
    wait_for(lambda: len(post.lines()) == 2, "the first lamps", seconds=10)
    words = ["--adapter", "file", "--config", json.dumps({"lock": str(post.lock), "folder": str(post.folder)})]
    child = subprocess.Popen(
        [sys.executable, "-m", "kiosk.devices.lights_child", *words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        assert first.wait(timeout=20) == -signal.SIGTERM
        wait_for(lambda: (post.folder / "lights.jsonl").exists(), "the child shows a pattern", seconds=10)
        assert not post.held()
        assert post.lock.read_text("ascii").strip() == str(child.pid)
    finally:
        child.terminate()
        child.communicate(timeout=10)


def test_a_gate_that_has_the_lamps_is_left_alone(post: Post) -> None:
    post.light()
    wait_for(lambda: len(post.lines()) == 2, "the first lamps", seconds=10)
    owner = post.lock.read_text("ascii")
    assert post.light().wait(timeout=10) == 0
    assert post.lock.read_text("ascii") == owner
