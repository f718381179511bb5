"""A gate without a network: the list comes on a USB stick, and the listed pass is asked at the next decision.

Real are the centre, its commands, the stick, the agent's carrying and the gate with its database.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from central.alerts.limits import limits
from central.alerts.proposing import Draft, propose, to_tell
from central.alerts.publishing import send_released
from central.alerts.reachable import Ways
from central.alerts.recalling import recall_case
from central.alerts.releasing import release_it
from central.alerts.sealing import make_sender_key, sender_public
from central.jobs import Bench
from central.places.places import Place
from credentials.pass_qr import Pass, encode_pass
from kiosk.disk import DiskGuard
from kiosk.events import FaultChanged
from kiosk.gate import Rules
from kiosk.ledger import Ledger
from kiosk.loop import GateLoop, Outputs
from kiosk.visitors import DayKeys, Visitors
from store.db import open_store
from tests.integration.sync.test_bulletins_by_hand import VENUE, enrolled
from tests.parts.centre import Centre, make_centre, run_central
from tests.parts.exposed import FOUR, World, make_world
from tests.unit.kiosk.site import Outside, Time
from ui.screen import Feed
from wire.exposures import entry_of

NOW_MS = time.time_ns() // 1_000_000
PLACE = Place(0, VENUE, "Chợ Thử", "market", "01001", "01")
LISTED, FREE = FOUR[0].passes[0], bytes(16)


def test_a_list_on_a_stick_reaches_the_next_decision_and_a_recall_too(tmp_path: Path) -> None:
    centre = make_centre(f"sqlite:///{tmp_path}/central.db", tmp_path)
    world = make_world(centre, place=PLACE, now_ms=NOW_MS)
    settings = enrolled(tmp_path, centre.ring)
    bench = Bench(centre.engine, centre.ring, lambda: NOW_MS)
    assert shown(tmp_path, centre, LISTED) == "green"
    release(centre, world, bench)
    assert {line["kind"] for line in carry(centre, settings, tmp_path)} >= {"exposures"}
    assert (shown(tmp_path, centre, LISTED), shown(tmp_path, centre, FREE)) == ("yellow", "green")
    with centre.engine.begin() as connection:
        recall_case(connection, centre.ring, world.case, NOW_MS)
    while send_released(bench):
        pass
    carry(centre, settings, tmp_path)
    assert shown(tmp_path, centre, LISTED) == "green"
    centre.engine.dispose()


def release(centre: Centre, world: World, bench: Bench) -> None:
    """Two officers' words, and the job."""
    make_sender_key(centre.ring.folder)
    draft = Draft(world.case, "opener.a", frozenset(), sender_public(centre.ring.folder))
    ways = {world.persons[0]: Ways((entry_of(LISTED),), carries=True)}
    with centre.engine.begin() as connection:
        number = propose(connection, draft, to_tell(connection, world.case), ways, limits(), NOW_MS)
        release_it(connection, number, "signer.b", limits(), NOW_MS)
    while send_released(bench):
        pass


def carry(centre: Centre, settings: Path, folder: Path) -> list[dict[str, str]]:
    """What the centre says, over the stick, to the kiosk."""
    stick = folder / "stick"
    where = ("--database", centre.url, "--keys", str(centre.keys))
    done = run_central("bulletin", "export", str(stick), "--venue", VENUE, "--scope", "province-01", *where)
    assert done.returncode == 0, done.stderr
    command = ["sync_agent", "carry", "--settings", str(settings), "--bench", "--bulletins", str(stick)]
    carried = subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in carried.stdout.splitlines()]


def shown(folder: Path, centre: Centre, pass_id: bytes) -> str:
    """The lamp after this pass, at the kiosk as it starts now."""
    moment = Time()
    moment.wall_ms = NOW_MS
    clock, outside = moment.clock(), Outside()
    store = open_store(folder / "kiosk", now_ms=clock.now_ms)
    disk = DiskGuard(folder / "kiosk", 1 << 16, 0)
    ledger = Ledger(store, "t-gate-7", centre.ring.fingerprint(), clock, Visitors(DayKeys(folder / "run")), disk)
    outputs = Outputs(outside, outside, Feed(), lambda: None)
    loop = GateLoop(Rules("in", minimum_stay_ms=0), ledger, clock, outputs)
    ledger.refresh()
    loop.take(FaultChanged("starting", False))
    code = encode_pass(Pass(pass_id, NOW_MS // 1000 + 86_400, 0), centre.ring.signing("pass"))
    before = len(outside.shown)
    loop.take(loop.read(code))
    lamp = next((pattern for pattern, _ in outside.shown[before:] if not pattern.startswith("sound")), "nothing")
    store.close()
    return lamp
