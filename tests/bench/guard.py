"""The guard's page against the lamp: from the lamps' process to a phone behind nginx, with every process a real one."""

import tempfile
from pathlib import Path
from typing import Any

from tests.parts.guarded import Address, Listener, behind_the_lamp_ms, guarded
from tests.parts.site import Site, card
from tests.parts.waits import wait_for

LATEST_MS = 200


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    visitors = 20 if quick else 200
    with tempfile.TemporaryDirectory() as short, tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        address = Address(Path(short))  # a socket's path has room for 107 characters
        with Site(Path(folder)) as site:
            gate = site.add_kiosk("t-gate-1", changes=address.toml())
            with guarded(gate, address) as page, Listener(page) as phone:
                for number in range(1, visitors + 1):
                    gate.type(card(number))
                    gate.wait_green(number)
                wait_for(lambda: len(phone.greens()) >= visitors, "every signal on the page")
                behind = sorted(behind_the_lamp_ms(gate, phone))
    late = behind[visitors * 95 // 100]
    return [
        {
            "name": f"guard's page behind the lamp, p95 of {visitors} signals, all of which came",
            "value": late,
            "unit": "ms",
            "bound": f"<= {LATEST_MS}",
            "holds": late <= LATEST_MS and len(behind) == visitors,
            "note": f"median {behind[visitors // 2]:.0f}, worst {behind[-1]:.0f}; below 0: before the lamp",
        }
    ]
