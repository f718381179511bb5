"""An outbreak through the public doors alone: cards before cameras, a form, two officers at their pages; no row is
inserted. Whom the centre finds is held against a brute-force simulator that knows nothing of it (tests/parts/outbreak).
"""

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from kiosk.bench.drawing import draw_code
from tests.parts.console import Console, words
from tests.parts.outbreak import Passage, Stay, expected_contacts, passages
from tests.parts.site import Gate, Site, card
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery

VIET_NAM = timezone(timedelta(hours=7))
DAYS_BEFORE = 2  # of the window of covid-19/onset/1
CLOCK_S = 1.3  # the kiosk asks its machine for the time each second
LEAVE_MS = 30_000  # people leave in the middle of a minute: a gate that takes some seconds shifts no whole minute
LEAST, LONGEST = 15, 12 * 60
WARD, PROVINCE = "26740", "79"
CASE = "ca"

# Minutes from the beginning of the infectious window. Who is where: a market with two gates, a school with one.
STAYS = (
    Stay("sớm", "market", -30, 40),  # came before the window and stayed
    Stay(CASE, "market", 5, 60),
    Stay("thẻ", "market", 20, None),  # holds a pass, and nobody saw them leave
    Stay("thoáng", "market", 50, 70),  # ten minutes only
    Stay("sau", "market", 61, 90),  # came when the case had gone
    Stay(CASE, "school", 100, 160),
    Stay("trường", "school", 120, 150),  # known by a number alone
)
CARDS = {who: card(number) for number, who in enumerate(("sớm", CASE, "thoáng", "sau", "trường"), 1)}


@pytest.fixture
def site(nursery: Nursery, tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path, nursery=nursery, officers=True) as made:
        yield made


class World:
    """The gates, and the moment at which the window begins (Unix ms)."""

    def __init__(self, site: Site, begins_ms: int, pass_text: str) -> None:
        self._begins_ms = begins_ms
        self._codes = {**CARDS, "thẻ": pass_text}
        self.gates = {
            ("market", "in"): site.add_kiosk("t-market-in", "in", venue="t-market"),
            ("market", "out"): site.add_kiosk("t-market-out", "out", venue="t-market"),
            ("school", "in"): site.add_kiosk("t-school", "both", venue="t-school"),
        }
        self._inside: set[tuple[str, str]] = set()

    def pass_gate(self, passage: Passage) -> None:
        """Hold the code before the right gate's camera, at the right time."""
        place = (passage.who, passage.where)
        leaving = place in self._inside
        self._inside ^= {place}
        way = "out" if leaving and passage.where == "market" else "in"
        gate = self.gates[passage.where, way]
        self._set_clock(gate, passage.minute * 60_000 + (LEAVE_MS if leaving else 0))
        before = len(gate.lights())
        self.show(gate, passage.who)
        wait_for(lambda: any(line["ref"] for line in gate.lights()[before:]), f"{passage} is recorded")
        self.take_away(gate)

    def show(self, gate: Gate, who: str) -> None:
        """Hold somebody's code up."""
        half = gate.sim / "camera" / ".half"
        half.write_bytes(draw_code(self._codes[who], {}))
        half.rename(gate.sim / "camera" / "frame.png")

    def take_away(self, gate: Gate) -> None:
        """Nothing is before the camera, and the gate rests."""
        (gate.sim / "camera" / "frame.png").unlink()
        gate.wait_lamp("idle")

    def _set_clock(self, gate: Gate, after_ms: int) -> None:
        self.bend(gate, self._begins_ms + after_ms - time.time_ns() // 1_000_000)

    def bend(self, gate: Gate, offset_ms: int) -> None:
        """Put a gate's clock beside the true time, by so much, and wait until the gate goes by it."""
        half = gate.sim / ".clock"
        half.write_text(json.dumps({"offset_ms": offset_ms}), "utf-8")
        half.rename(gate.sim / "clock.json")
        seen = time.monotonic()
        wait_for(lambda: time.monotonic() - seen > CLOCK_S, "the gate has looked at its clock")


def officer(site: Site, login: str, role: str) -> Console:
    """A new account by the operator's command; everything else its holder does at the pages."""
    made = site.central(
        *("account", "add", login, "--name", "Cán bộ THỬ NGHIỆM", "--role", role, "--alone", *site.store)
    )
    return Console(site.enrol_url.removesuffix("/enrol"), login, json.loads(made)["first_code"])


def contacts_at(console: Console, case: str) -> list[str]:
    """The words of each contact's row on the night's page."""
    page = console.get(f"/tonight?case={case}&lang=en")
    return [words(row) for row in re.findall(r'<tr class="r\d+">(.*?)</tr>', page, re.DOTALL)]


def test_from_a_laboratory_result_everybody_who_was_near_has_a_channel_or_a_task(site: Site) -> None:
    onset = datetime.now(VIET_NAM).replace(hour=0, minute=0, second=0, microsecond=0)
    begins_ms = int((onset - timedelta(days=DAYS_BEFORE)).timestamp() * 1000)
    for venue, kind in (("t-market", "market"), ("t-school", "school")):
        lies = ("--name", f"Nơi mẫu {kind}", "--kind", kind, "--ward", WARD, "--province", PROVINCE)
        site.central("place", "describe", venue, *lies, *site.store)
    station = ("--name", "Trạm y tế mẫu", "--ward", WARD, "--province", PROVINCE, "--phone", "0280000000")
    site.central("station", "put", "tram-mau", *station, *site.store)
    pass_text = site.central("pass", "issue", "--days", "30", *site.store).strip()

    world = World(site, begins_ms, pass_text)
    for passage in passages(STAYS):
        world.pass_gate(passage)
    for gate in world.gates.values():
        site.wait_arrived(gate, gate.greens())

    one, two = officer(site, "can-bo-1", "case_officer"), officer(site, "truong-2", "head")
    began = time.monotonic()
    page = one.send(
        one.get("/cases/new"),
        "/cases/new",
        disease="covid-19",
        evidence="laboratory",
        reference="XN-THU-01",
        result=datetime.now(VIET_NAM).strftime("%Y-%m-%dT%H:%M"),
        anchor="onset",
        day=onset.strftime("%Y-%m-%d"),
        number=CARDS[CASE].partition("|")[0],
        province=PROVINCE,
        ward=WARD,
    )
    found = re.search(r"BN-\d{4}-\d{6}", page)
    assert found is not None, words(page)[:500]
    case = found.group(0)
    two.send(two.get(f"/cases/{case}"), f"/cases/{case}/sign")
    page = one.send(one.get(f"/cases/{case}"), f"/cases/{case}/trace")
    took = time.monotonic() - began

    expected = expected_contacts(STAYS, CASE, (0, 12 * 1440), LEAST, LONGEST, 1)
    assert set(expected) == {"sớm", "thẻ", "trường"}
    rows = contacts_at(one, case)
    minutes = sorted(int(number) for row in rows for number in re.findall(r"(\d+) min", row))
    assert minutes == sorted(minutes for _, minutes in expected.values()), rows

    one.send(one.get("/alerts"), "/alerts/propose", case=case)
    number = re.search(r'href="/alerts/(\d+)"', one.get("/alerts"))
    assert number is not None
    path = f"/alerts/{number.group(1)}"
    assert f"{path}/release" not in one.get(path), "whoever proposed does not release"
    two.send(two.get(path), f"{path}/release")
    print(f"\nlisted {took:.1f} s after the result, released after {time.monotonic() - began:.1f} s;", end=" ")
    print(f"clicks: {one.clicks} and {two.clicks}")

    gate = world.gates["school", "in"]
    world.bend(gate, 0)
    wait_for(lambda: tells(world, gate, "thẻ"), "the pass is asked to see the desk at another place", seconds=30)
    rows = contacts_at(one, case)
    by_gate = [row for row in rows if "At the gate" in row]
    tasks = [row for row in rows if "Trạm y tế mẫu" in row and re.search("call|visit", row, re.IGNORECASE)]
    assert (len(rows), len(by_gate), len(tasks)) == (3, 1, 2), rows
    assert "Reached" in by_gate[0] and "*" in by_gate[0], "the pass was told at the gate; nobody saw its holder leave"
    site.central("audit", "verify", *site.store)  # fails where the chain of looks and decisions is not whole
    for console in (one, two):
        console.close()


def tells(world: World, gate: Gate, who: str) -> bool:
    """Whether the gate's lamp is yellow for somebody who shows a code now."""
    before = len(gate.lights())
    world.show(gate, who)
    wait_for(lambda: any(line["ref"] for line in gate.lights()[before:]), f"{who} is recorded")
    yellow = any(line["lamps"] == "yellow" for line in gate.lights()[before:])
    world.take_away(gate)
    return yellow
