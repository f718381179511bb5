"""An outbreak through the public doors alone: cards before cameras, forms at the screen, officers at their pages; no
row is inserted. Whom the centre finds is held against a brute-force simulator that knows nothing of it
(tests/parts/outbreak).
"""

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import kiosk.bench
from forms.model import Coding
from tests.integration.test_radio_whole_way import Radio
from tests.parts.console import Console, words
from tests.parts.outbreak import Stay, expected_contacts, passages
from tests.parts.outbreak_gates import World
from tests.parts.site import Gate, Site, card
from tests.parts.smsc import Smsc
from tests.parts.visitor import Visitor
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery, together

VIET_NAM = timezone(timedelta(hours=7))
DAYS_BEFORE = 2  # of the window of covid-19/onset/1
LEAST, LONGEST = 15, 12 * 60
AGAIN_S = 1.5  # a code that comes back later than hold_s (1 s in tests) is another passage
WARD, PROVINCE = "26740", "79"
STATION = "Trạm y tế mẫu"
ORDER = Path(kiosk.bench.__file__).parent / "orders" / "mau-trong-nuoc.json"
RADIO = '[radio]\nkind = "simulated"\nopens = 0\ncloses = 24'
NAME, PHONE = "Trần Văn Thử", "+84900000102"
CASE, SCHOOL_ORDER = "ca", "mau-truong"

# Minutes from the beginning of the infectious window. Who is where: a market with two gates, a school with one.
STAYS = (
    Stay("sớm", "market", -30, 40),  # came before the window and stayed
    Stay(CASE, "market", 5, 60),
    Stay("thẻ", "market", 20, None),  # holds a pass, and nobody saw them leave
    Stay("đeo", "market", 33, None),  # wears a tag of the school, and showed the code that is printed on it
    Stay("thoáng", "market", 50, 70),  # ten minutes only
    Stay("sau", "market", 61, 90),  # came when the case had gone
    Stay(CASE, "school", 100, 160),
    Stay("trường", "school", 120, 150),  # declares, and gives no telephone
    Stay("sốt", "school", 138, None),  # declares a fever and a telephone
)
CARDS = {who: card(number) for number, who in enumerate(("sớm", CASE, "thoáng", "sau", "trường", "sốt"), 1)}
# The form that the school's order asks for; what else it asks is answered as a well person does.
DECLARES = {
    CASE: {"phone": ("+84900000101",)},
    "trường": {"phone": ()},
    "sốt": {"phone": (PHONE,), "symptoms": (Coding("urn:gatepost:symptom", "fever"),)},
}


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    with Smsc() as made:
        yield made


@pytest.fixture
def site(nursery: Nursery, smsc: Smsc, tmp_path: Path) -> Iterator[Site]:
    line = f'host = "127.0.0.1"\nport = {smsc.port}\nsystem_id = "gatepost"\npassword = "{smsc.password}"'
    sender = f'[links]\nbase = "https://gatepost.example"\n[sms]\n{line}\nsource = "YTE"\ntls = false\n'
    with Site(tmp_path, nursery=nursery, officers=True, sender=sender) as made:
        yield made


def officer(site: Site, login: str, role: str) -> Console:
    """A new account by the operator's command; everything else its holder does at the pages."""
    made = site.central(
        *("account", "add", login, "--name", "Cán bộ THỬ NGHIỆM", "--role", role, "--alone", *site.store)
    )
    return Console(site.enrol_url.removesuffix("/enrol"), login, json.loads(made)["first_code"])


def make_world(site: Site, folder: Path, begins_ms: int) -> tuple[World, dict[str, str]]:
    """Places, a station, an order at the school, a pass, a tag and three gates: by the operator's commands."""
    for venue, kind in (("t-market", "market"), ("t-school", "school")):
        lies = ("--name", f"Nơi mẫu {kind}", "--kind", kind, "--ward", WARD, "--province", PROVINCE)
        site.central("place", "describe", venue, *lies, *site.store)
    lies = ("--name", STATION, "--ward", WARD, "--province", PROVINCE, "--phone", "0280000000")
    site.central("station", "put", "tram-mau", *lies, *site.store)
    start = datetime.fromtimestamp(begins_ms / 1000 - 86_400, VIET_NAM).isoformat()
    order = {**json.loads(ORDER.read_text("utf-8")), "id": SCHOOL_ORDER, "start": start}
    (folder / "order.json").write_text(json.dumps(order), "utf-8")
    site.central("order", "publish", folder / "order.json", "--scope", "venue-t-school", *site.store)
    pass_text = site.central("pass", "issue", "--days", "30", *site.store).strip()
    tag = json.loads(site.central("tag", "issue", "--venue", "t-school", "--days", "30", *site.store))
    gates = {
        ("market", "in"): site.add_kiosk("t-market-in", "in", venue="t-market", start=False),
        ("market", "out"): site.add_kiosk("t-market-out", "out", venue="t-market", start=False),
        ("school", "in"): site.add_kiosk("t-school", "both", RADIO, venue="t-school", start=False),
    }
    together(*(gate.start for gate in gates.values()))
    desk = Visitor(gates["school", "in"].screen)
    wait_for(lambda: desk.offered() == [SCHOOL_ORDER], "the school asks by its order", every=0.1)
    return World(gates, {**CARDS, "thẻ": pass_text, "đeo": tag["text"]}, begins_ms, SCHOOL_ORDER, DECLARES), tag


def open_case(one: Console, two: Console, onset: datetime) -> str:
    """A case by a laboratory's result, signed by the second officer and traced; its number."""
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
    one.send(one.get(f"/cases/{case}"), f"/cases/{case}/trace")
    return case


def release(one: Console, two: Console, case: str) -> None:
    """Proposed by one officer, released by the other."""
    one.send(one.get("/alerts"), "/alerts/propose", case=case)
    number = re.search(r'href="/alerts/(\d+)"', one.get("/alerts"))
    assert number is not None
    path = f"/alerts/{number.group(1)}"
    assert f"{path}/release" not in one.get(path), "whoever proposed does not release"
    two.send(two.get(path), f"{path}/release")


def contacts_at(console: Console, case: str) -> dict[int, tuple[str, str]]:
    """Minutes together -> (address of the contact's page, words of the row) of each row of the night's page."""
    page = console.get(f"/tonight?case={case}&lang=en")
    rows = re.findall(r'<tr class="r\d+">(.*?)</tr>', page, re.DOTALL)
    found = {int(_found(r"(\d+) min", row)): (_found(r'href="(/contacts/\d+)"', row), words(row)) for row in rows}
    assert len(found) == len(rows), rows
    return found


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, (pattern, text)
    return found.group(1)


def opened_contact(console: Console, path: str) -> str:
    """The words of a contact's page with the name, which the opener gives."""
    page = console.get(path)
    assert NAME not in page and PHONE not in page
    return words(console.send(page, f"{path}/name"))


def is_triaged(station: Console, school: str) -> None:
    """The fever stands in the queue, alone; what was said there comes out when the station opens it."""
    page = wait_for(
        lambda: page if "/declarations/" in (page := station.get("/declarations?lang=en")) else "",
        "a declaration in the queue",
        every=0.5,
    )
    (path,) = set(re.findall(r'href="(/declarations/\d+)"', page))
    assert school in page
    sealed = station.get(path)
    assert PHONE not in sealed and "Fever" not in words(sealed)
    opened = words(station.send(sealed, f"{path}/open"))
    assert PHONE in opened and "Fever" in opened and NAME in opened, opened


def is_asked_offline(world: World, gate: Gate, radio: Radio, tag: dict[str, str]) -> None:
    """With the cable cut: the pass at the camera, and the tag by its radio alone."""
    gate.cable.set("cut")
    assert not world.ask(gate, "thoáng"), "who was not there long enough is asked nothing"
    assert world.ask(gate, "thẻ"), "the pass is asked to see the desk, with no network"
    before = len(gate.lights())
    radio.hold(tag)
    wait_for(lambda: any(line["ref"] for line in gate.lights()[before:]), "the tag is recorded")
    assert any(line["lamps"] == "yellow" for line in gate.lights()[before:]), "the tag too"
    gate.cable.set("up")


def are_told(one: Console, case: str, expected: dict[str, tuple[int, int]], smsc: Smsc) -> None:
    """Each by their own way, as the night's page says; names come from the declarations, one by one."""

    def row(who: str) -> tuple[str, str]:
        return contacts_at(one, case)[expected[who][1]]

    for who in ("thẻ", "đeo"):
        said = wait_for(
            lambda who=who: said if "Reached" in (said := row(who)[1]) else "", f"{who} is reached", every=0.5
        )
        assert "At the gate" in said and "*" in said, "told at the gate; nobody saw them leave"
    for who in ("sớm", "trường"):
        said = row(who)[1]
        assert STATION in said and re.search("call|visit", said, re.IGNORECASE), said
    wait_for(lambda: [to for to, _ in smsc.texts()] == [PHONE[1:]], "one text, to the telephone that was declared")
    assert not any(name in text for _, text in smsc.texts() for name in (NAME, case)), "a text names nobody"
    with_phone, without, undeclared = (opened_contact(one, row(who)[0]) for who in ("sốt", "trường", "sớm"))
    assert NAME in with_phone and PHONE in with_phone
    assert NAME in without and "+84" not in without
    assert NAME not in undeclared, "a card alone leaves no name behind"


def test_from_a_laboratory_result_everybody_who_was_near_has_a_channel_or_a_task(
    site: Site, smsc: Smsc, tmp_path: Path
) -> None:
    onset = datetime.now(VIET_NAM).replace(hour=0, minute=0, second=0, microsecond=0)
    begins_ms = int((onset - timedelta(days=DAYS_BEFORE)).timestamp() * 1000)
    world, tag = make_world(site, tmp_path, begins_ms)
    world.let_pass(passages(STAYS))
    for gate in world.gates.values():
        site.wait_arrived(gate, gate.greens())
    roles = {"can-bo-1": "case_officer", "truong-2": "head", "tram-3": "station"}
    one, two, three = (officer(site, login, role) for login, role in roles.items())
    is_triaged(three, "Nơi mẫu school")

    began = time.monotonic()
    case = open_case(one, two, onset)
    took = time.monotonic() - began
    expected = expected_contacts(STAYS, CASE, (0, 12 * 1440), LEAST, LONGEST, 1)
    assert set(expected) == {"sớm", "thẻ", "đeo", "trường", "sốt"}
    rows = contacts_at(one, case)
    assert sorted(rows) == sorted(minutes for _, minutes in expected.values()), rows
    release(one, two, case)
    print(f"\nlisted {took:.1f} s after the result, released after {time.monotonic() - began:.1f} s;", end=" ")
    print(f"clicks: {one.clicks} and {two.clicks}")

    gate = world.gates["school", "in"]
    ask_no_more(site, world, gate)
    radio = Radio(site, gate)
    radio.start(tags=1)
    wait_for(lambda: world.ask(gate, "thẻ"), "the pass is asked to see the desk at another place", every=AGAIN_S)
    is_asked_offline(world, gate, radio, tag)
    radio.process.stop()
    are_told(one, case, expected, smsc)
    site.central("audit", "verify", *site.store)  # fails where the chain of looks and decisions is not whole
    for console in (one, two, three):
        console.close()


def ask_no_more(site: Site, world: World, gate: Gate) -> None:
    """The gate goes by the true time again, and its order ends: whom it asks now, it asks for another reason."""
    world.bend(gate, 0)
    site.central("order", "end", SCHOOL_ORDER, *site.store)
    wait_for(lambda: Visitor(gate.screen).offered() == [], "the order is over", every=0.1)
