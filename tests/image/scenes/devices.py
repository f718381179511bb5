"""The camera and the radio of the booted box: a card before the lens, a tag at the mark, a phone that stands by."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kiosk.bench
from ble_scanner.rolling_id import bluezone_ids, eid
from image_build.emulate.command import Parts
from image_build.emulate.grip import Grip
from image_build.emulate.machine import Machine
from image_build.emulate.monitor import PL031_SECONDS
from tests.image.radio import Air
from tests.image.scenes.scene import Failed, Skipped, enrol, wait_arrived
from tests.image.stage import BOOT_S, GREEN_S, SCANNER, VENUE, VIVID, Stage, arrived, settings, wait_ready, with_centre
from tests.image.vivid import LOOPED, Lens
from tests.parts.site import Site, card

NO_SCREEN = "systemd.mask=kiosk-screen.service"
EMPTY_S = 10  # guest seconds of an empty lens in which nothing may turn green
# BlueZ, the adapter, the radio process, the centre's list of tags: all of them within this, on a busy host.
LISTENS_S, TAG_S = 600.0, 900.0
TAP_GREEN_S = 15.0  # from the hand that comes to the lamp; the hand itself takes five
TAG = "F0:00:00:00:00:09"
PHONE, PHONE_DBM = "F0:00:00:00:00:07", -58
STRANGE = bytes(16).hex()  # the key of a tag that no centre has issued
CASE, DAILY_KEY = "CA-THU-01", bytes(range(32))
ORDER = Path(kiosk.bench.__file__).parent / "orders" / "mau-tu-nguyen.json"
DAY_S, SLOT_S = 86_400, 900
STAYS_S, LATER_S, WATCH_S = 130, 1_200, 900.0  # two whole minutes; longer than a stay takes to be over
# kiosk.toml of these scenes has no radio: a table of its own would be a second one.
WITHOUT, WITH = '[radio]\nkind = "none"', '[radio]\nkind = "bleak"\nopens = 0\ncloses = 24'


def camera(stage: Stage) -> dict[str, Any]:
    """An empty lens, a card before it, another card: no green, green, green, and both people are at the centre."""
    plugged = Parts(counted=False, units={"kiosk.service.d": SCANNER}, words=f"{LOOPED} {NO_SCREEN}")
    with stage.centre() as site, stage.machine(settings(enrol(site)), with_centre(site, plugged)) as machine:
        machine.power_on()
        wait_ready(machine)
        with Lens(machine.grip(BOOT_S)) as lens:
            _stays_dark(machine)
            took = [_shown(machine, lens, number) for number in (1, 2)]
            said = lens.said()
        wait_arrived(site, 2)
        return {"guest s from card to green": took, "visits at the centre": arrived(site), "driver": said.splitlines()}


def _stays_dark(machine: Machine) -> None:
    began = machine.guest_s()
    while machine.guest_s() - began < EMPTY_S:
        if machine.lamps().green:
            raise Failed("green, and nobody has shown anything")


def _shown(machine: Machine, lens: Lens, number: int) -> int:
    """Hold a card before the lens until green, take it away until dark. Guest seconds to green. Raises Failed."""
    began = machine.guest_s()
    lens.show(card(number))
    try:
        machine.wait("green", lambda: machine.lamps().green, GREEN_S)
    except TimeoutError as error:
        raise Failed(f"card {number} before the camera: no green; the lens said {lens.said()!r}") from error
    took = machine.guest_s() - began
    lens.show("")
    machine.wait("dark", lambda: not machine.lamps().green, GREEN_S)
    return took


def tag(stage: Stage) -> dict[str, Any]:
    """BlueZ and bleak in the guest: a tag that the centre issued is let in, one that nobody has issued is nobody."""
    with _listening(stage) as (site, air, machine):
        issued = _issue(site)
        took = _held_until_green(machine, air, issued)
        if _hold(machine, air, {**issued, "key": STRANGE}):
            raise Failed("a tag that nobody has issued was let in")
        wait_arrived(site, 1)
        return {"guest s until the tag was known and let in": took, "visits at the centre": arrived(site)}


def phone(stage: Stage) -> dict[str, Any]:
    """A phone with Bluezone stands at the gate, leaves, and is published as a case: the encounter is at the centre."""
    if time.gmtime().tm_hour == 23:
        raise Skipped("the day of the phone's key ends while it plays")
    with _listening(stage) as (site, air, machine):
        began_s = _now_s(machine)
        with air.sender(PHONE, bluezone(began_s), connectable=True, level=PHONE_DBM):
            machine.wait("two minutes", lambda: _now_s(machine) - began_s > STAYS_S, WATCH_S)
        _publish(site, stage.folder, began_s)
        # A stay is sent once it is long over. The box's clock is put forward, as the bench does it.
        machine.grip().shell(f"date -s @$(($(date +%s) + {LATER_S}))")
        until = time.monotonic() + WATCH_S
        while not (sent := site.central("encounters", CASE, *site.store).splitlines()):
            if time.monotonic() > until:
                said = machine.grip().shell("journalctl -b --no-pager -o cat -u ble-scanner | tail -20").out
                raise Failed(f"no encounter at the centre; {said}")
            time.sleep(2.0)
        told = [(row["kind"], row["system"]) for row in map(json.loads, sent)]
        if told != [("encounter", "bluezone")]:
            raise Failed(f"not the phone alone: {told}")
        return {"encounters at the centre": len(told)}


@contextmanager
def _listening(stage: Stage) -> Iterator[tuple[Site, Air, Machine]]:
    """A centre, the air, and an enrolled box whose radio process listens to it by way of BlueZ."""
    with stage.centre() as site, Air() as air:
        text = settings(enrol(site)).replace(WITHOUT, WITH)
        plugged = Parts(counted=False, bluetooth=air.port, units={"kiosk.service.d": SCANNER}, words=VIVID)
        with stage.machine(text, with_centre(site, plugged)) as machine:
            machine.power_on()
            wait_ready(machine)
            attach(machine.grip(BOOT_S))
            machine.wait("the radio listens", lambda: air.heard, LISTENS_S)
            yield site, air, machine


def attach(hand: Grip) -> None:
    """What the kernel of a Pi does by its device tree: there is an adapter at the end of this line."""
    hand.shell("btattach -B /dev/ttyS1 -P h4 > /run/btattach.log 2>&1 &")


def _issue(site: Site) -> dict[str, Any]:
    """A tag for this venue: its key, exponent and epoch."""
    issued: dict[str, Any] = json.loads(site.central("tag", "issue", "--venue", VENUE, "--days", "30", *site.store))
    return issued


def _now_s(machine: Machine) -> int:
    """Unix seconds by the box's own clock chip: it runs in the guest's time."""
    return machine.monitor.word(PL031_SECONDS)


def bluezone(now_s: int) -> bytes:
    """What an Android phone with Bluezone and DAILY_KEY for today advertises at `now_s`."""
    return bytes.fromhex("0201020303564E0FFFB522") + list(bluezone_ids(DAILY_KEY))[now_s % DAY_S // SLOT_S]


def _publish(site: Site, folder: Path, now_s: int) -> None:
    """The phone's owner has become a case: the key of today is published under a voluntary order, for one minute."""
    day_s = now_s // DAY_S * DAY_S
    row = {"daily_key": DAILY_KEY.hex(), "time_start": day_s, "max": 96, "time_end": day_s + DAY_S - SLOT_S}
    keys = folder / "case.json"
    keys.write_text(json.dumps({"data": [row]}), "utf-8")
    site.central("order", "publish", ORDER, *site.store)
    words = "--order mau-tu-nguyen --standing suspected --upload --minutes 1 --scope all --expires 10"
    site.central("case-keys", "publish", keys, "--case", CASE, *words.split(), *site.store)


def _held_until_green(machine: Machine, air: Air, issued: dict[str, Any]) -> int:
    """Its owner tries again until the gate knows it. Guest seconds to green. Raises Failed."""
    began, until = machine.guest_s(), time.monotonic() + TAG_S
    while not _hold(machine, air, issued):
        if time.monotonic() > until:
            said = machine.grip().shell("journalctl -b --no-pager -o cat -u ble-scanner | tail -20").out
            raise Failed(f"a tag held to the mark for {TAG_S:.0f} s: no green; {said}")
    return machine.guest_s() - began


def _hold(machine: Machine, air: Air, tag: dict[str, Any]) -> bool:
    """Hold a tag to the mark once; whether that gave green."""
    with air.sender(TAG, eddystone(tag, _now_s(machine))):
        air.walk(TAG, air.HELD)
        until = time.monotonic() + TAP_GREEN_S
        while time.monotonic() < until:
            if machine.lamps().green:
                machine.wait("dark", lambda: not machine.lamps().green, GREEN_S)
                return True
    return False


def eddystone(tag: dict[str, Any], now_s: int) -> bytes:
    """What a tag sends at `now_s`: Eddystone-EID, -18 dBm at 0 m (google/eddystone, eddystone-eid)."""
    current = eid(bytes.fromhex(tag["key"]), tag["exponent"], now_s - tag["epoch"])
    return bytes.fromhex("0201060303aafe0d16aafe30ee") + current
