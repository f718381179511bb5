"""kill -9 at each point of a visit's way, at least 20 times each, counted by evidence.

A kill counts for the class that what was left behind proves: the lamp's file, the packets that passed the relay, the
rows of the centre. Where a kill was aimed at says nothing.
"""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable

from central.keys import Keyring
from credentials.read import read
from credentials.trust import Trust
from tests.fault.conftest import AddGates
from tests.parts.checker import account
from tests.parts.killer import Killer
from tests.parts.mqtt_kills import AgentKill, IngestKill
from tests.parts.relay import pass_on
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
        number, before = self.next_card(), len(gate.greens())
        killed = self.killer.done()
        gate.agent.signal(signal.SIGCONT)
        if not killed:  # the steps ran out before the commit came: the visit goes on in peace, and counts for nothing
            wait_for(lambda: len(gate.greens()) > before, f"a light after {point} was missed: {gate.logs()}")
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


def test_kiosk_killed_around_commit_and_lamp(site: Site, add_gates: AddGates) -> None:
    all_kills = [KioskKills(gate) for gate in add_gates(2)]
    total: Counter[str] = Counter()
    points = ["taken", "lamp", "commit"] * (LEAST // 2 + 3)
    while min(total[name] for name in ("before commit", "after commit", "after lamp")) < LEAST:
        assert total.total() < MOST_TRIES, total
        together(*(lambda k=kills: k.run(points) for kills in all_kills))
        total.clear()
        for kills in all_kills:
            total += count_by_evidence(site, kills, account(site, kills.gate))
            kills.killer = Killer(kills.gate)
    for kills in all_kills:
        kills.killer.stop()
    print(f"\nkills of the kiosk: {dict(total)}")


def repeat(kill: Callable[[str], None], points: tuple[str, ...], found: Counter[str], least: int) -> None:
    """Aim at each point until all were hit often enough."""
    for _ in range(MOST_TRIES):
        missing = [point for point in points if found[point] < least]
        if not missing:
            return
        kill(random.choice(missing))
    raise AssertionError(f"not hit often enough: {dict(found)}")


def test_agent_killed_around_puback_and_receipt(site: Site, add_gates: AddGates) -> None:
    points = ("before puback", "after puback", "before receipt", "after receipt")
    gates = add_gates(2)
    kills = [AgentKill(gate.agent) for gate in gates]

    def rounds(gate: Gate, kill: AgentKill) -> None:
        gate.relay.rule = kill

        def once(point: str) -> None:
            kill.aim(point)
            gate.type(card(kill.kills + 1))
            wait_for(lambda: gate.agent.pid is None, f"the agent is killed {point}", seconds=30)
            kill.count()
            gate.agent.start()

        repeat(once, points, kill.found, LEAST // len(gates))
        gate.relay.rule = pass_on

    together(*(lambda g=g, k=k: rounds(g, k) for g, k in zip(gates, kills, strict=True)))
    for gate, kill in zip(gates, kills, strict=True):
        gate.wait_green(kill.kills)
        account(site, gate)
    total = sum((kill.found for kill in kills), Counter[str]())
    assert min(total[point] for point in points) >= LEAST
    print(f"\nkills of the agent: {dict(total)}")


def test_ingest_killed_around_commit_and_receipt(site: Site, add_gates: AddGates) -> None:
    points = ("before commit", "after commit", "after receipt")
    gates = add_gates(4)
    kill = IngestKill(site.ingest, site.database)
    site.uplink.rule = kill

    def once(point: str) -> None:
        kill.aim(point)
        wanted = wait_for(lambda: type_until_killed(), f"ingest is killed {point}", seconds=40, every=0.2)
        assert wanted
        kill.count()
        site.ingest.start()

    def type_until_killed() -> bool:
        if site.ingest.pid is None:
            return True
        for gate in gates:
            if kill.typed % len(gates) == gates.index(gate):
                gate.type(card(1 + kill.typed))
        kill.typed += 1
        return False

    try:
        repeat(once, points, kill.found, LEAST)
    finally:
        site.uplink.rule = pass_on
        site.ingest.start()
    wait_for(lambda: sum(len(gate.greens()) for gate in gates) >= kill.typed, "all typed cards turn green")
    for gate in gates:
        account(site, gate, timeout_s=90)
    print(f"\nkills of ingest: {dict(kill.found)}")
