"""Ways out of the machine, from tables as Linux prints them."""

import threading
import time
from pathlib import Path

from sync_agent.link import rest, ways_out

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
CABLE = "end0\t00000000\t0202000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
NEIGHBOURS = "end0\t0002000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
SIX = f"{'0' * 32} 00 {'0' * 32} 00 fe800000000000000000000000000002 00000400 1 0 00000003 {{}}\n"
FAR = f"fd00{'0' * 28} 40 {'0' * 32} 00 {'0' * 32} 00000100 1 0 00000001 end0\n"


def _tables(folder: Path, four: str, six: str) -> Path:
    (folder / "route").write_text(HEAD + four)
    (folder / "ipv6_route").write_text(six)
    return folder


def test_neighbours_alone_are_no_way_out(tmp_path: Path) -> None:
    assert ways_out(_tables(tmp_path, NEIGHBOURS, FAR + SIX.format("lo"))) == frozenset()


def test_each_default_route_is_one(tmp_path: Path) -> None:
    found = ways_out(_tables(tmp_path, CABLE + NEIGHBOURS, SIX.format("wlan0") + FAR))
    assert found == {("end0", "0202000A"), ("wlan0", "fe800000000000000000000000000002")}


def test_a_kernel_that_does_not_say_has_none(tmp_path: Path) -> None:
    assert ways_out(tmp_path / "nothing") == frozenset()


def test_a_cable_that_comes_ends_the_wait_and_one_that_goes_does_not() -> None:
    wifi, cable = ("wlan0", "0102A8C0"), ("end0", "0202000A")
    looks = iter([frozenset({wifi}), frozenset(), frozenset(), frozenset({cable})])
    heard: list[int] = []
    began = time.monotonic()
    rest(threading.Event(), 60.0, lambda: heard.append(1), lambda: next(looks), 0.01)
    assert (len(heard), next(looks, None)) == (3, None)
    assert time.monotonic() - began < 30


def test_without_a_change_it_takes_its_time() -> None:
    began = time.monotonic()
    rest(threading.Event(), 0.2, lambda: None, frozenset, 0.05)
    assert time.monotonic() - began >= 0.2
