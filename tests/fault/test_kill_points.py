"""kill -9 at each point of a record's way from the agent to the centre, at least 20 times each, counted by evidence.

A kill counts for the class that what was left behind proves: the packets that passed the relay, the rows of the centre.
Where a kill was aimed at says nothing. The kiosk's own kills are in `timed`.
"""

import os
import random
from collections import Counter
from collections.abc import Callable

from tests.fault.conftest import AddGates
from tests.parts.checker import account
from tests.parts.mqtt_kills import AgentKill, IngestKill
from tests.parts.relay import pass_on
from tests.parts.site import Gate, Site, card
from tests.parts.waits import holds, wait_for
from tests.parts.warm import together

FULL = os.environ.get("GATEPOST_FULL") == "1"
LEAST = 100 if FULL else 20
MOST_TRIES = 12 * LEAST
EACH_S = 0.2  # a card is typed so often, until one of them brings the kill


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
        wanted = wait_for(lambda: type_until_killed(), f"ingest is killed {point}", seconds=40, every=0)
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
        return holds(lambda: site.ingest.pid is None, EACH_S)

    try:
        repeat(once, points, kill.found, LEAST)
    finally:
        site.uplink.rule = pass_on
        site.ingest.start()
    wait_for(lambda: sum(len(gate.greens()) for gate in gates) >= kill.typed, "all typed cards turn green")
    for gate in gates:
        account(site, gate, timeout_s=90)
    print(f"\nkills of ingest: {dict(kill.found)}")
