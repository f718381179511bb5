"""A kiosk that stands still or is gone is seen at its lamps within a second."""

import signal
import time

from tests.fault.conftest import AddGates
from tests.parts.checker import account
from tests.parts.site import Gate, Site, card


def when_stalled(gate: Gate, number: int) -> float:
    """Seconds from the signal to the lamp's change, by the lamp's own file, sent while green."""
    gate.type(card(number))
    gate.wait_lamp("green")
    began = time.monotonic()
    gate.kiosk.signal(signal.Signals(number))
    gate.wait_lamp("stalled", 5)
    return float(gate.lights()[-1]["mono_ms"] / 1000 - began)


def test_lamps_say_stalled_within_a_second_of_sigstop_or_sigkill_while_green(site: Site, add_gates: AddGates) -> None:
    (gate,) = add_gates()
    stopped = when_stalled(gate, signal.SIGSTOP)
    gate.kiosk.signal(signal.SIGCONT)
    gate.wait_lamp("idle")
    killed = when_stalled(gate, signal.SIGKILL)
    gate.kiosk.start()
    gate.wait_lamp("idle")
    account(site, gate)
    print(f"\nlamps stalled {stopped:.3f} s after SIGSTOP, {killed:.3f} s after SIGKILL")
    assert stopped <= 1.0 and killed <= 1.0
