"""Updates on a booted card: a good one over the air, a bad one that is given up by itself, forged and older ones.

The way is the product's own: the centre publishes a release, its notice comes by MQTT, the box's own unit decides, RAUC
fetches ranges over HTTPS and checks the signature, the firmware's mark tries the new slot once. Bent is only the clock:
the quarter of an hour without a visitor is not waited for, the guest's clock is moved on.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from image_build.emulate.command import Parts
from image_build.emulate.machine import Machine
from image_build.emulate.slot import parts
from machine.slot_choice import MOST_TRIES, autoboot
from tests.image.releases import Offer, Releases, read
from tests.image.scenes.scene import Failed, Skipped, enrol
from tests.image.shop import HOST, Shop
from tests.image.stage import BOOT_S, DEVICE, SCANNER, VIVID, Stage, settings, show, wait_ready, ways
from tests.parts.site import Site

SHOP_PORT = 8443  # on the guest's loopback
MOST_BYTES = 30_000_000  # of an update that changes one line
INSTALL_S = 1800.0  # wall; RAUC hashes both root partitions first, 3 GB
TRIAL_S = 900.0
EMPTY_MIN = 16  # a gate counts as empty a quarter of an hour after the last visitor (sync_agent.release)
STATUS = ("gatepost-python", "-m", "machine.slots", "status")
STICK = "/run/stick"
VIET_NAM_H = 7


class Act(NamedTuple):
    """What the steps of the scene share."""

    stage: Stage
    machine: Machine
    site: Site
    shop: Shop
    offers: Releases


def updates(stage: Stage) -> dict[str, Any]:
    """Forged, older: nothing changes. Good: tried and kept. Bad: tried, given up, told, not tried again."""
    offers, folder = offered(stage)
    with (
        stage.centre() as site,
        Shop(folder, site.keys, stage.folder) as shop,
        stage.machine(shut_now(settings(enrol(site))), plugged(site, shop)) as machine,
    ):
        act = Act(stage, machine, site, shop, offers)
        machine.power_on()
        wait_ready(machine)
        believes(act)
        seen = {"greens": _green(act, 1)}
        seen |= refused(act)
        seen |= kept(act)
        seen["greens"] += _green(act, 2)
        seen |= given_up(act)
        seen["greens"] += _green(act, 3)
        return seen


def offered(stage: Stage) -> tuple[Releases, Path]:
    """What the scene can install, and where it lies. Raises Skipped."""
    folder = stage.bundles or stage.image.parent / "releases"
    offers = read(folder)
    if offers is None:
        raise Skipped(f"no updates in {folder}: python -m tests.image.releases --keys DIR makes them")
    return offers, folder


def plugged(site: Site, shop: Shop) -> Parts:
    """The usual machine with one way more: to the releases."""
    web = int(site.enrol_url.rpartition(":")[2].partition("/")[0])
    carried = ways({8090: web, 1883: site.broker.port, SHOP_PORT: shop.port})
    return Parts(counted=False, units={"kiosk.service.d": SCANNER, "ways.service": carried}, words=VIVID)


def shut_now(text: str) -> str:
    """kiosk.toml of a venue that is shut for the next hours: a box restarts into a new system only then."""
    hour = (datetime.now(UTC) + timedelta(hours=VIET_NAM_H)).hour
    radio = '[radio]\nkind = "none"\n'
    if radio not in text:
        raise ValueError("kiosk.toml of the stage has another [radio]")
    return text.replace(radio, f"{radio}opens = {(hour + 10) % 24}\ncloses = {(hour + 11) % 24}\n")


def believes(act: Act) -> None:
    """The card is the one that the releases were made for. Raises Skipped."""
    hand = act.machine.grip(BOOT_S)
    keyring = hand.run("cat", "/etc/rauc/keyring.pem").out
    if keyring != act.offers.keyring or status(act)["version"] != act.offers.card:
        raise Skipped(f"the card is not the one that the updates were made for ({act.offers.card}), or has other keys")


def refused(act: Act) -> dict[str, Any]:
    """Signed by strangers, older than what runs: refused in words, and no slot has changed."""
    hand, before = act.machine.grip(), _slots(act)
    hand.run("mkdir", "-p", STICK)
    for offer in (act.offers.forged, act.offers.older):
        hand.put(f"{STICK}/{offer.file}", (offered(act.stage)[1] / offer.file).read_bytes())
    words = f"gatepost-python -m sync_agent.release_run --settings /run/gatepost/kiosk.toml --stick {STICK}"
    by_stick = json.loads(hand.shell(words, 180).out)
    said = {}
    for offer in (act.offers.forged, act.offers.older):
        done = hand.run("rauc", "install", f"{STICK}/{offer.file}", limit_s=300)
        said[offer.file] = done.out + done.err + hand.run("journalctl", "-b", "-u", "rauc", "-o", "cat").out
        _must(done.status != 0, f"{offer.file} was installed")
    forged, older = said[act.offers.forged.file], said[act.offers.older.file]
    _must("signature verification failed" in forged, f"the forged one was not refused for its signature: {forged}")
    _must(f"{act.offers.older.version} cũ hơn bản {act.offers.card}" in older, f"not refused as older: {older}")
    _must(by_stick["do"] == "nothing", f"a stick with both: {by_stick}")
    hand.run("rm", "-r", STICK)
    slots = status(act)
    _must(_slots(act) == before and not slots["pending"], "a refused bundle has changed a slot")
    return {"forged": "refused: signature", "older": f"refused: {slots['update']['why']}", "by stick": by_stick["why"]}


def kept(act: Act) -> dict[str, Any]:
    """The good one: fetched in ranges, tried on slot B, kept by its own self-test."""
    act.shop.taken()
    number = _publish(act, act.offers.good)
    _look(act, "install")
    sent = act.shop.taken()
    _must(sent.bytes <= MOST_BYTES, f"a one-line change fetched {sent.bytes} bytes")
    _restarts(act, "0 tryboot")
    _must(act.machine.slot == "boot_b", f"the trial booted {act.machine.slot}")
    wait_ready(act.machine)
    _until(act, "the new system is kept", lambda: status(act).get("update", {}).get("outcome") == "good")
    words = act.machine.grip().run("cat", "/boot/gatepost/autoboot.txt").out
    _must(words == autoboot("B"), f"autoboot.txt after a good trial: {words!r}")
    told = _told(act, act.offers.good, "good")
    act.site.central("release", "stop", str(number), "--reason", "the scene goes on", *act.site.store)
    return {"fetched MB": round(sent.bytes / 1e6, 1), "ranges": sent.answers, "version": told["version"]}


def given_up(act: Act) -> dict[str, Any]:
    """The bad one: its gate does not start; the box is back on B by itself, says so, and does not try it again."""
    _publish(act, act.offers.bad)
    _look(act, "install")
    sent = act.shop.taken()
    trials = 0
    while status(act)["update"]["outcome"] == "tried" and trials < MOST_TRIES:
        trials += 1
        _comes_back(act)
    found = status(act)
    _must(found["version"] == act.offers.good.version, f"after the bad trial {found['version']} runs")
    _must(found["update"]["outcome"] == "rolled_back", f"after the bad trial: {found['update']}")
    why = _look(act, "nothing")["why"]
    _must(why == "rolled_back", f"the bad one is not tried again because of {why!r}")
    told = _told(act, act.offers.bad, "rolled_back")
    return {"bad: why": told["update_why"], "bad: trials": trials, "bad: fetched MB": round(sent.bytes / 1e6, 1)}


def _comes_back(act: Act) -> None:
    """One trial of the bad one on slot A, and the firmware's way back to B."""
    _restarts(act, "0 tryboot")
    _must(act.machine.slot == "boot_a", f"the trial booted {act.machine.slot}")
    heard = act.machine.wait_off(TRIAL_S)
    _must(heard == "restart", f"the trial ends with {heard!r}")
    act.machine.power_on()
    _must(act.machine.slot == "boot_b", f"after the bad trial the box boots {act.machine.slot}")
    wait_ready(act.machine)


def status(act: Act) -> dict[str, Any]:
    """What the box itself says of its slots."""
    said = act.machine.grip(BOOT_S).run(*STATUS, limit_s=180)
    found: dict[str, Any] = json.loads(said.out or "{}")
    return found


def _publish(act: Act, offer: Offer) -> int:
    """One release for every kiosk at once, as the centre's own command begins it; the roll-out's number."""
    plan = act.stage.folder / "plan.json"
    plan.write_text(json.dumps({"rings": [{"share": 10_000}], "hold_h": 0}), "utf-8")
    url = f"https://{HOST}:{SHOP_PORT}/{offer.file}"
    facts = ("--url", url, "--size", str(offer.size), "--sha256", offer.sha256, "--key-id", offer.key_id)
    alone = ("--plan", plan, "--words", "alone: image test", "--alone", "image test: there is one person")
    said = act.site.central("release", "publish", offer.version, *facts, *alone, *act.site.store)
    return int(json.loads(said)["rollout"])


def _look(act: Act, wanted: str) -> dict[str, Any]:
    """The unit that looks whether an update is due, until the notice has come and it did what is `wanted`."""
    hand, found = act.machine.grip(BOOT_S), dict[str, Any]()
    _later(act)
    for _ in range(10):
        hand.run("systemctl", "start", "gatepost-update.service", limit_s=INSTALL_S)
        lines = hand.run("journalctl", "-b", "-u", "gatepost-update", "-o", "cat").out.splitlines()
        found = json.loads([line for line in lines if line.startswith('{"do"')][-1])
        if found["do"] == wanted and found["why"] not in ("no_release", "stopped", "up_to_date"):
            break
    if found["do"] != wanted or not found.get("ok", True):
        raise Failed(
            f"{wanted} was due, the box says {found}: {hand.run('journalctl', '-b', '-u', 'rauc').out[-3000:]}"
        )
    return found


def _later(act: Act) -> None:
    """A quarter of an hour in which nobody came."""
    act.machine.grip(BOOT_S).run("date", "-s", f"+{EMPTY_MIN} minutes")


def _restarts(act: Act, argument: str) -> None:
    """The unit restarts the box with `argument` for the firmware, and the machine boots what that one would."""
    _later(act)
    act.machine.grip().run("systemctl", "--no-block", "start", "gatepost-update.service")
    heard = act.machine.wait_off(TRIAL_S)
    _must(heard == argument, f"the box restarts with {heard!r}, not {argument!r}")
    act.machine.power_on()


def _until(act: Act, what: str, seen: Any) -> None:
    act.machine.wait(what, seen, TRIAL_S)


def _told(act: Act, offer: Offer, outcome: str) -> dict[str, Any]:
    """What the centre knows of the box, once it has heard how `offer` went."""
    sql = "SELECT version, update_version, update_outcome, update_why FROM kiosk_now WHERE device = ?"
    heard = partial(act.site.ask, sql, DEVICE)
    _until(act, f"the centre hears {outcome}", lambda: heard() and heard()[0][1:3] == (offer.version, outcome))
    return dict(zip(("version", "update_version", "outcome", "update_why"), heard()[0], strict=True))


def _green(act: Act, number: int) -> int:
    _must(show(act.machine, number), f"visitor {number} saw no green")
    return 1


def _slots(act: Act) -> list[str]:
    """Digests of the beginnings of boot and root slots, and of autoboot.txt, as the card holds them now."""
    act.machine.grip().run("sync")
    found, table = [], parts(act.machine.image)
    with act.machine.image.open("rb") as card:
        for name in ("boot_a", "root_a", "boot_b", "root_b"):
            card.seek(table[name].offset)
            found.append(hashlib.sha256(card.read(8 << 20)).hexdigest())
    return [*found, act.machine.grip().run("cat", "/boot/gatepost/autoboot.txt").out]


def _must(holds: bool, words: str) -> None:
    if not holds:
        raise Failed(words[-3000:])
