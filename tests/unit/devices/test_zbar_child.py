"""The second decoder dies, hangs and lies; the gate never does."""

import ctypes.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from kiosk.devices.children import BackOff
from kiosk.devices.decoder_stream import StreamDecoder
from kiosk.devices.decoder_zbar import READY, STARTED_S, ZbarDecoder
from tests.bench.frames import drawn
from tests.needs import need
from tests.unit.devices import wait_until

pytestmark = pytest.mark.timed

CODE = drawn("Trần Văn Thử")


@pytest.fixture
def zbar() -> Iterator[ZbarDecoder]:
    need(ctypes.util.find_library("zbar") is not None, "libzbar0")
    decoder = ZbarDecoder(wait_s=5)
    yield decoder
    decoder.close()


def reads(decoder: ZbarDecoder) -> bool:
    return [symbol.text for symbol in decoder.decode(CODE)] == ["Trần Văn Thử"]


def pid_of(decoder: ZbarDecoder) -> int:
    assert decoder.pid is not None
    return decoder.pid


def test_a_killed_child_costs_one_look_at_most(zbar: ZbarDecoder) -> None:
    for times in range(1, 4):
        assert wait_until(lambda: reads(zbar))
        os.kill(pid_of(zbar), signal.SIGKILL)
        zbar.decode(CODE)
        assert zbar.died == times
    assert wait_until(lambda: reads(zbar))


def test_a_hanging_child_is_killed_within_the_bound(zbar: ZbarDecoder) -> None:
    assert reads(zbar)
    hanging = pid_of(zbar)
    bounded = ZbarDecoder(wait_s=0.3)
    try:
        assert wait_until(lambda: reads(bounded))
        os.kill(pid_of(bounded), signal.SIGSTOP)
        begun = time.monotonic()
        assert bounded.decode(CODE) == []
        assert time.monotonic() - begun < 1.0
        assert bounded.died >= 1
        assert wait_until(lambda: reads(bounded))
    finally:
        bounded.close()
    assert pid_of(zbar) == hanging


def says(words: bytes) -> str:
    return f"import sys; sys.stdout.buffer.write({words!r}); sys.stdout.flush(); sys.stdin.buffer.read()"


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit",
        says(b"\xff" * 4096),
        says(READY + b"\xff" * 4096),
        says(READY + b"\1\0\0\0\1\0\0\0\xff"),
        says(READY),
        "import signal; signal.pause()",
    ],
    ids=["ends", "noise", "lies about its count", "no utf-8", "never answers", "says nothing"],
)
def test_a_child_gone_mad_gives_nothing_and_is_replaced(program: str) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        started.append(subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, bufsize=0))
        return started[-1]

    skip = [0.0]
    decoder = ZbarDecoder(0.5, 0.5, now=lambda: time.monotonic() + skip[0], start=start)
    assert decoder.decode(CODE) == []
    skip[0] = STARTED_S
    assert decoder.decode(CODE) == []
    assert decoder.died >= 1
    assert wait_until(lambda: decoder.decode(CODE) == [] and len(started) > 1)
    decoder.close()
    assert all(child.returncode is not None for child in started)


def test_a_child_that_cannot_start_is_no_fault_of_the_gate() -> None:
    def start() -> subprocess.Popen[bytes]:
        raise OSError("no process to spare")

    decoder = ZbarDecoder(start=start)
    assert decoder.decode(CODE) == []
    stream = StreamDecoder(decoder)
    assert [symbol.decoder for symbol in stream.decode(CODE)] == ["zxing"]
    stream.close()


def test_the_child_ends_with_its_parent() -> None:
    program = (
        "import sys, numpy; from kiosk.devices.decoder_zbar import ZbarDecoder; z = ZbarDecoder(5);"
        "z.decode(numpy.zeros((64, 64), numpy.uint8)); print(z.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdin and parent.stdout
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    assert wait_until(lambda: not running(child))


def running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_picture_larger_than_a_pipe_goes_through(zbar: ZbarDecoder) -> None:
    large = np.full((2000, 2000), 255, np.uint8)
    large[: CODE.shape[0], : CODE.shape[1]] = CODE
    assert [symbol.text for symbol in zbar.decode(large)] == ["Trần Văn Thử"]


def test_starts_are_spaced_out_and_calm_resets_them() -> None:
    back_off, now, starts = BackOff(), 0.0, []
    while now < 60:
        if back_off.ready(now):
            back_off.started(now)
            starts.append(now)
        now += 0.05
    gaps = np.diff(starts)
    assert starts[0] == 0
    assert len(starts) < 14
    assert max(gaps) == pytest.approx(BackOff.LONGEST_S, abs=0.1)
    now += BackOff.CALM_S + BackOff.LONGEST_S
    back_off.started(now)
    assert back_off.ready(now + BackOff.FIRST_S)
