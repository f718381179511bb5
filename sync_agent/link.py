"""The machine's ways out, as the kernel lists them: once they change, waiting for the next attempt makes no sense.

Linux, Documentation/networking/proc_net_tcp and net/ipv4/fib_trie.c: /proc/net/route has a line for each IPv4 route,
its first three fields the device, the destination and the gateway; /proc/net/ipv6_route begins with the destination
and its length and ends with the device.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc/net")
SLICE_S = 5.0  # the service manager hears from us in between
_ANY4, _ANY6 = "00000000", "0" * 32


def ways_out(proc: Path = PROC) -> frozenset[tuple[str, str]]:
    """(device, gateway) of each default route; empty without a network, or where the kernel does not say."""
    found = {(row[0], row[2]) for row in _rows(proc / "route") if len(row) > 2 and row[1] == _ANY4}
    six = (row for row in _rows(proc / "ipv6_route") if len(row) > 9 and row[:2] == [_ANY6, "00"])
    return frozenset(found | {(row[9], row[4]) for row in six if row[9] != "lo"})


def rest(
    stop: threading.Event,
    seconds: float,
    alive: Callable[[], None],
    ways: Callable[[], frozenset[tuple[str, str]]] = ways_out,
    slice_s: float = SLICE_S,
) -> None:
    """Wait for `seconds`, until `stop`, or until there is a way out that was not there; `alive` after each slice."""
    end, before = time.monotonic() + seconds, ways()
    while not stop.wait(min(slice_s, max(0.0, end - time.monotonic()))) and time.monotonic() < end:
        alive()
        now = ways()
        if now - before:
            return
        before = now


def _rows(path: Path) -> list[list[str]]:
    try:
        return [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return []
