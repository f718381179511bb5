"""kill -9 of the kiosk around commit and lamp, at least 20 times on each side, counted by evidence.

A kill counts for the class that what was left behind proves: the lamp's file and the rows of the centre. Where a kill
was aimed at says nothing. The commit is a window of 0.4 ms: whoever else works on this machine makes it be missed.
"""

import os
import random
import signal
from collections import Counter
from functools import partial
from itertools import zip_longest

import pytest

from central.keys import Keyring
from credentials.read import read
from credentials.trust import Trust
from tests.fault.conftest import AddGates
from tests.parts.checker import account
from tests.parts.killer import Killer
from tests.parts.site import Gate, Site, card
from tests.parts.waits import wait_for
from tests.parts.warm import together
from wire.crypto import visitor_pseudonym
from wire.records import IdentityKind

FULL = os.environ.get("GATEPOST_FULL") == "1"
LEAST = 100 if FULL else 20
MOST_TRIES = 12 * LEAST


def rows_of(site: Site, device: str, number: int) -> set[str]:
    """Refs of the centre's visits of the person on card `number`."""
    identity = read(card(number), now=None, trust=Trust.NONE).normal_form or ""
    person = visitor_pseudonym(Keyring(site.keys).secret("pepper"), str(int(IdentityKind.CCCD)), identity)
    rows = site.ask(
        "SELECT s.epoch, v.seq FROM visit v JOIN stream s ON s.id = v.stream WHERE s.device = ? AND v.person = ?",
        *(device, person),
    )
    return {f"{bytes(epoch).hex()}:{seq}" for epoch, seq in rows}


class KioskKills:
    """One gate whose kiosk is killed while it takes every second code."""

    def __init__(self, gate: Gate) -> None:
        self.gate, self.killer = gate, Killer(gate)
        self.aimed: list[int] = []  # the numbers of the cards during whose visit the kiosk was killed
        self._number = 0

    def next_card(self) -> int:
        self._number += 1
        self.gate.type(card(self._number))
        return self._number

    def all_taken(self) -> bool:
        """Whether no code lies before the reader any more."""
        return not any((self.gate.sim / "reader").glob("*.txt"))

    def kill_once(self, point: str) -> None:
        """One visit in peace, then one during which the kiosk is killed; then it is started again."""
        gate = self.gate
        delay = {"taken": 0, "commit": 0, "lamp": random.randint(2000, 4000)}[point]
        assert gate.kiosk.pid is not None
        if point == "commit":
            done = len(gate.greens())
            self.next_card()
            gate.wait_green(done + 1)
            gate.agent.signal(signal.SIGSTOP)  # its receipts would be commits too
            self.killer.arm(gate.kiosk.pid, point, 1, delay)
        else:
            self.killer.arm(gate.kiosk.pid, point, 2, delay)
            self.next_card()
        number = self.next_card()
        killed = self.killer.done()
        gate.agent.signal(signal.SIGCONT)
        if not killed:  # the steps ran out before the commit came: the visit goes on in peace, and counts for nothing
            wait_for(lambda: gate.lamp() == "idle" and self.all_taken(), f"{point} was missed, then: {gate.logs()}")
            return
        self.aimed.append(number)
        gate.kiosk.wait()
        wait_for(lambda: gate.lamp() == "stalled", "the lamps show that nobody leads")
        gate.kiosk.start()

    def run(self, points: list[str]) -> None:
        try:
            for point in points:
                self.kill_once(point)
        finally:
            self.killer.stop()
        done = len(self.gate.greens())
        self.next_card()
        self.gate.wait_green(done + 1)


def count_by_evidence(site: Site, kills: KioskKills, greens: set[str]) -> Counter[str]:
    """Which side of commit and lamp each kill fell on, by the centre's rows and the lamp's file."""
    found: Counter[str] = Counter()
    for number in kills.aimed:
        refs = rows_of(site, kills.gate.device, number)
        found["before commit" if not refs else "after lamp" if refs & greens else "after commit"] += 1
    return found


# Where a kill that is aimed at a point mostly falls; what counts is what it left behind.
FALLS = {"taken": "before commit", "commit": "after commit", "lamp": "after lamp"}


def points_to_aim(total: Counter[str], gates: int) -> list[str]:
    """What each of the gates has to be killed at until every class is full: its share, and once more after misses."""
    lacking = {point: max(0, LEAST - total[found]) for point, found in FALLS.items()}
    spare = 1 if total else 0
    rounds = [[point] * (-(-count // gates) + spare) for point, count in lacking.items() if count]
    return [point for turn in zip_longest(*rounds) for point in turn if point]


@pytest.mark.timeout(1800 if FULL else 300)
def test_kiosk_killed_around_commit_and_lamp(site: Site, add_gates: AddGates) -> None:
    all_kills = [KioskKills(gate) for gate in add_gates(2)]
    total: Counter[str] = Counter()
    while points := points_to_aim(total, len(all_kills)):
        assert total.total() < MOST_TRIES, total
        together(*(partial(kills.run, points) for kills in all_kills))
        total.clear()
        for kills in all_kills:
            total += count_by_evidence(site, kills, account(site, kills.gate))
            kills.killer = Killer(kills.gate)
    for kills in all_kills:
        kills.killer.stop()
    assert min(total[found] for found in FALLS.values()) >= LEAST
    print(f"\nkills of the kiosk: {dict(total)}")
