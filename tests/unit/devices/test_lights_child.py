"""The lamps never keep an old green: not when the gate stalls, stops, dies or is replaced, nor when their child is."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kiosk.devices.children import start_child
from kiosk.devices.choose import open_lamps
from kiosk.devices.config import LightsConfig
from kiosk.devices.lamps import ANSWER_S, Lamps
from kiosk.devices.lights_child import HELD, SILENCE_S, Watch
from tests.unit.devices import wait_until

pytestmark = pytest.mark.timed


class Shown:
    """Lights that remember."""

    def __init__(self) -> None:
        self.patterns: list[str] = []

    def show(self, pattern: str, buzzer: str, ref: str | None) -> None:
        if pattern == "bogus":
            raise ValueError(pattern)
        self.patterns.append(pattern)

    def illuminate(self, on: bool) -> None:
        self.patterns.append(f"lamp {on}")


def lines(folder: Path) -> list[dict[str, Any]]:
    path = folder / "lights.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def patterns(folder: Path) -> list[str]:
    return [line["lamps"] for line in lines(folder)]


def words(folder: Path) -> list[str]:
    return ["--adapter", "file", "--config", json.dumps({"lock": str(folder / "lock"), "folder": str(folder)})]


def beaten(lamps: Lamps) -> bool:
    lamps.beat()
    return True


def last(folder: Path) -> str | None:
    return patterns(folder)[-1] if patterns(folder) else None


@pytest.fixture
def config(tmp_path: Path) -> LightsConfig:
    return LightsConfig("file", tmp_path / "lock", tmp_path)


@pytest.fixture
def lamps(config: LightsConfig) -> Iterator[Lamps]:
    made = open_lamps(config, bench=True)
    yield made
    made.close()


def test_silence_stalls_and_a_beat_brings_the_last_pattern_back_save_green() -> None:
    lights = Shown()
    watch = Watch(lights, 0.0)
    assert watch.line("show red stop ab:1", 0.1)
    watch.silence(0.1 + SILENCE_S / 2)
    watch.silence(0.1 + SILENCE_S)
    watch.silence(9.0)
    assert watch.line("beat", 9.1)
    assert watch.line("show green ok ab:2", 9.2)
    watch.silence(20.0)
    assert watch.line("beat", 20.1)
    assert lights.patterns == ["starting", "red", "stalled", "red", "green", "stalled", "idle"]


def test_the_lamps_change_within_a_second_of_the_last_sign_of_life() -> None:
    assert SILENCE_S < 0.9
    watch = Watch(Shown(), 5.0)
    assert watch.left(5.0) == SILENCE_S
    assert watch.left(99.0) == 0


@pytest.mark.parametrize("line", ["", "show", "show bogus none -", "show green", "beat beat", "green", "\ufffd" * 9])
def test_nonsense_is_no_sign_of_life(line: str) -> None:
    lights = Shown()
    watch = Watch(lights, 0.0)
    assert watch.line(line, 0.7)
    watch.silence(SILENCE_S)
    assert lights.patterns == ["starting", "stalled"]


def test_a_shown_light_is_one_line_with_its_record(lamps: Lamps, tmp_path: Path) -> None:
    lamps.show("green", "ok", "00ff:12")
    assert wait_until(lambda: patterns(tmp_path)[-1:] == ["green"])
    line = lines(tmp_path)[-1]
    assert (line["buzzer"], line["ref"]) == ("ok", "00ff:12")
    assert abs(line["at_ms"] - time.time() * 1000) < 10_000
    assert abs(line["mono_ms"] - time.monotonic() * 1000) < 10_000
    assert patterns(tmp_path) == ["starting", "green"]


def test_a_gate_that_stops_beating_is_shown_as_stalled_within_a_second(lamps: Lamps, tmp_path: Path) -> None:
    lamps.show("green", "ok", "00ff:12")
    assert wait_until(lambda: "stalled" in patterns(tmp_path))
    green, stalled = (next(x for x in lines(tmp_path) if x["lamps"] == name) for name in ("green", "stalled"))
    assert stalled["mono_ms"] - green["mono_ms"] < 1000
    lamps.beat()
    assert wait_until(lambda: last(tmp_path) == "idle")


def gate(config: LightsConfig, *, stop: bool = False) -> subprocess.Popen[bytes]:
    """A gate in a process of its own: shows green, says the child's pid, then stays as it is."""
    program = (
        "import signal, sys; from pathlib import Path\n"
        "from kiosk.devices.choose import open_lamps; from kiosk.devices.config import LightsConfig\n"
        f"lamps = open_lamps(LightsConfig({config.kind!r}, Path({str(config.lock)!r}), Path({str(config.folder)!r}),"
        f" factory={config.factory!r}), bench=True)\n"
        "lamps.show('green', 'ok', 'ab:1'); print(lamps.pid, flush=True)\n"
        "while True: lamps.beat(); signal.sigtimedwait([signal.SIGUSR1], 0.1)\n"
    )
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL], ids=["SIGSTOP", "SIGKILL"])
def test_a_gate_stopped_or_killed_while_green(config: LightsConfig, tmp_path: Path, number: signal.Signals) -> None:
    process = gate(config)
    try:
        assert wait_until(lambda: "green" in patterns(tmp_path), 10)
        at_ms = time.monotonic() * 1000
        process.send_signal(number)
        assert wait_until(lambda: last(tmp_path) == "stalled", 3)
        assert lines(tmp_path)[-1]["mono_ms"] - at_ms < 1000
    finally:
        end(process)


def test_the_next_gate_takes_the_lamps_over_from_a_dead_ones_child(tmp_path: Path) -> None:
    config = LightsConfig("gpiozero", tmp_path / "lock", tmp_path, factory="mock")
    process = gate(config)
    assert process.stdout
    orphan = int(process.stdout.readline())
    wait_until(lambda: (tmp_path / "lock").exists() and (tmp_path / "lock").read_text().strip() == str(orphan))
    end(process)
    assert Path(f"/proc/{orphan}").exists()
    lamps = open_lamps(config, bench=True)
    try:
        assert wait_until(lambda: (tmp_path / "lock").read_text().strip() == str(lamps.pid))
        assert wait_until(lambda: not Path(f"/proc/{orphan}/exe").exists() or _zombie(orphan))
        lamps.beat()
        assert lamps.healthy
    finally:
        lamps.close()


def _zombie(pid: int) -> bool:
    try:
        return ") Z" in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


def test_a_stopped_owner_is_killed_for_its_lock(tmp_path: Path) -> None:
    first = start_child("kiosk.devices.lights_child", *words(tmp_path))
    assert wait_until(lambda: patterns(tmp_path) == ["starting"] or "stalled" in patterns(tmp_path))
    first.send_signal(signal.SIGSTOP)
    second = start_child("kiosk.devices.lights_child", *words(tmp_path))
    try:
        assert wait_until(lambda: (tmp_path / "lock").read_text().strip() == str(second.pid))
        assert first.wait(5) == -signal.SIGKILL
    finally:
        for child in (first, second):
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                assert pipe
                pipe.close()


def test_a_killed_child_is_replaced_and_told_again(lamps: Lamps, tmp_path: Path) -> None:
    lamps.show("yellow", "ask", "ab:3")
    assert wait_until(lambda: last(tmp_path) == "yellow")
    assert lamps.pid
    os.kill(lamps.pid, signal.SIGKILL)
    assert wait_until(lambda: beaten(lamps) and patterns(tmp_path) == ["starting", "yellow"] * 2)
    assert lamps.restarts == 1
    assert lines(tmp_path)[-1]["buzzer"] == "none"


def test_a_stopped_child_is_noticed_and_replaced(lamps: Lamps, tmp_path: Path) -> None:
    lamps.show("red", "none", None)
    assert wait_until(lambda: last(tmp_path) == "red")
    lamps.beat()
    assert lamps.pid
    os.kill(lamps.pid, signal.SIGSTOP)
    begun = time.monotonic()
    assert wait_until(lambda: beaten(lamps) and lamps.restarts)
    assert time.monotonic() - begun < ANSWER_S + 1


def test_no_call_makes_the_gate_wait(lamps: Lamps) -> None:
    """Also not with a child that never reads: its pipe fills, and it is replaced."""
    times = []
    for index in range(3000):
        begun = time.perf_counter()
        if index % 10:
            lamps.beat()
        else:
            lamps.show("idle", "none", "ab:" + "1" * 100)
        times.append(time.perf_counter() - begun)
        if index == 1000 and lamps.pid:
            os.kill(lamps.pid, signal.SIGSTOP)
    # 10 ms is the bound; a machine shared with other tests may take the processor away now and then.
    assert sorted(times)[-5] < 0.010
    assert max(times) < 0.5


def test_an_old_green_is_not_repeated_by_a_new_child(tmp_path: Path) -> None:
    shift = [0.0]
    start = partial(start_child, "kiosk.devices.lights_child", *words(tmp_path))
    lamps = Lamps(start, lambda: time.monotonic() + shift[0])
    lamps.show("green", "ok", "ab:9")
    assert wait_until(lambda: last(tmp_path) == "green")
    shift[0] = 60
    assert lamps.pid
    os.kill(lamps.pid, signal.SIGKILL)
    before = len(lines(tmp_path))
    assert wait_until(lambda: beaten(lamps) and last(tmp_path) == "idle")
    assert "green" not in patterns(tmp_path)[before:]
    lamps.close()


def test_an_orderly_end_turns_the_lamps_off(lamps: Lamps, tmp_path: Path) -> None:
    lamps.show("green", "ok", "ab:1")
    lamps.close()
    lamps.beat()
    assert last(tmp_path) == "off"
    assert not lamps.healthy


def test_the_lamp_beside_the_lens_is_told_by_the_next_beat_and_to_a_new_child() -> None:
    told: list[bytes] = []
    program = (
        "import sys\n"
        "for line in sys.stdin.buffer: sys.stderr.buffer.write(line); sys.stderr.flush(); print('.', flush=True)"
    )
    pipe = subprocess.PIPE

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0)

    children: list[subprocess.Popen[bytes]] = []
    lamps = Lamps(lambda: children.append(start()) or children[-1])  # type: ignore[func-returns-value]
    lamps.illuminate(True)
    lamps.beat()
    children[0].kill()
    assert wait_until(lambda: beaten(lamps) and len(children) == 2)
    lamps.beat()
    lamps.close()
    for child in children:
        assert child.stderr
        told += [line for line in child.stderr.read().splitlines() if line.startswith(b"lamp")]
        child.stderr.close()
    assert told[-1] == b"lamp on"


def test_the_child_is_small(lamps: Lamps, tmp_path: Path) -> None:
    assert wait_until(lambda: patterns(tmp_path))
    status = Path(f"/proc/{lamps.pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    assert resident <= 15 * 1024


def test_wrong_words_are_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk.devices.lights_child", "--adapter", "torch"], capture_output=True
    )
    assert done.returncode == 2
    assert b"usage" in done.stderr
    assert HELD == 3
