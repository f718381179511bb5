"""A signal is on the guard's page as soon as on the lamps: real processes, from the lamps' own clock to a phone."""

import tempfile
from pathlib import Path

import pytest

from tests.needs import need
from tests.parts.guarded import Address, Listener, behind_the_lamp_ms, guarded
from tests.parts.guards import NGINX
from tests.parts.site import Site, card
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery

VISITORS = 20
LATEST_MS = 200


def test_every_signal_reaches_the_guards_page_and_the_phone_is_not_behind_the_lamp(
    tmp_path: Path, nursery: Nursery
) -> None:
    need(NGINX.exists(), "nginx")
    with tempfile.TemporaryDirectory() as short:  # a socket's path has room for 107 characters
        address = Address(Path(short))
        with Site(tmp_path, "nats", nursery) as site:
            gate = site.add_kiosk("t-gate-1", changes=address.toml())
            with guarded(gate, address) as page, Listener(page) as phone:
                for number in range(1, VISITORS + 1):
                    gate.type(card(number))
                    gate.wait_green(number)
                wait_for(lambda: len(phone.greens()) >= VISITORS, "every signal on the page")
                behind = sorted(behind_the_lamp_ms(gate, phone))
    assert len(behind) == VISITORS
    print(f"\nguard's page behind the lamp: median {behind[len(behind) // 2]:.0f} ms, worst {behind[-1]:.0f} ms")
    if behind[VISITORS // 2] > LATEST_MS:
        pytest.fail(f"half of the signals came over {LATEST_MS} ms after the lamp: {behind}")
