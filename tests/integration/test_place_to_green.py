"""A place from its registration to green, by everybody who has a part in it, and on to amber and back.

Real processes and public doors alone: the manager, a citizen and the map's reader come through `public`, the
officers through `web`, texts through a short-message centre on loopback. No row is inserted.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.parts.console import Console, form_of, hidden, words
from tests.parts.public import Passer, Pocket, PublicPages
from tests.parts.say_work import solve
from tests.parts.seen import codes_on
from tests.parts.site import Site
from tests.parts.smsc import Smsc
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery

PROVINCE, WARD, PHONE = "79", "26743", "0900000103"
NAME = "Chợ Thử Bến Mẫu"
OTHERS = 5
SOON_S = 3.0  # a change is on open maps within so many seconds
ANSWER = "Chúng tôi đã khóa cửa phụ từ hôm nay."
WORDS = "Không ai kiểm tra ở cửa phụ, rất đông."


class World(NamedTuple):
    """The processes, and who stands before them."""

    site: Site
    public: PublicPages
    smsc: Smsc

    @property
    def web(self) -> str:
        """Where the officers' pages are."""
        return self.site.enrol_url.removesuffix("/enrol")


@pytest.fixture(scope="module")
def world(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Smsc() as smsc:
        line = f'host = "127.0.0.1"\nport = {smsc.port}\nsystem_id = "gatepost"\npassword = "{smsc.password}"'
        sender = f'[links]\nbase = "https://gatepost.example"\n[sms]\n{line}\nsource = "YTE"\ntls = false\n'
        folder = tmp_path_factory.mktemp("place")
        with Site(folder, nursery=nursery, officers=True, sender=sender) as site, PublicPages(site) as public:
            yield World(site, public, smsc)


def officer(world: World, login: str, role: str, area: str) -> Console:
    """A new account by the operator's command; everything else its holder does at the pages."""
    made = world.site.central(
        *("account", "add", login, "--name", "Cán bộ THỬ NGHIỆM", "--role", role, "--area", area, "--alone"),
        *world.site.store,
    )
    return Console(world.web, login, json.loads(made)["first_code"])


def text_with(world: World, pattern: str) -> re.Match[str]:
    """What a text to the manager's telephone says, as soon as one says it."""

    def look() -> re.Match[str] | None:
        found = [re.search(pattern, text) for to, text in world.smsc.texts() if to.endswith(PHONE[1:])]
        return next((one for one in reversed(found) if one), None)

    found = wait_for(look, f"a text with {pattern}", seconds=20, every=0.1)
    assert found is not None
    return found


def registers(world: World, manager: Passer) -> str:
    """The manager describes the place and proves the telephone; the address of the registration."""
    page = manager.get(f"/register?kind=market&province={PROVINCE}&lang=en")
    said = {"name": NAME, "ward": WARD, "address": "Số 1 đường Mẫu", "capacity": "120", "phone": PHONE}
    path, page = manager.send(page, "/register", **said, opens="", closes="", lat="10.772", lon="106.698")
    code = text_with(world, r"\b(\d{6})\b").group(1)
    assert PHONE[1:] not in page
    _, page = manager.send(page, f"{path}/code", code=code)
    return path


def confirms(world: World, ward: Console) -> Console:
    """The ward office says yes; the manager signs in with what the text says."""
    page = ward.get("/venues/waiting")
    (path,) = set(re.findall(r'href="(/venues/waiting/\d+)"', page))
    ward.send(ward.get(path), f"{path}/confirm")
    first = text_with(world, r"\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})\b").group(1)
    login = text_with(world, r"\b(v-[0-9a-z-]+)").group(1)
    return Console(world.web, login, first)


def poster(world: World, manager: Console, place: str) -> str:
    """The code of the printed poster, read back from the rendered page; the part after /GPV1/."""
    action = f"/venues/{place}/posters"
    manager.send(manager.get(action), f"{action}/new", gate="Cửa A", language="", days="365")
    data = manager.fetch(f"{action}.pdf")
    (found,) = codes_on(data)
    assert "/GPV1/" in found
    return found.rpartition("/GPV1/")[2]


def checks_itself(manager: Console, place: str) -> None:
    """Section by section, every criterion met; at the end the pledge."""
    path = f"/safety/{place}/check/periodic"
    page = manager.get(path)
    while 'name="pledge"' not in page:
        asked = re.findall(r'type="radio" name="(c-[^"]+)"', form_of(page, path))
        assert asked, words(page)[:500]
        page = manager.send(page, path, **dict.fromkeys(asked, "yes"), go="next")
    manager.send(page, path, pledge="1", go="next")


def state_on_map(reader: Passer, place: str) -> str:
    """As an open map has it that began a while ago: what has changed since its base file."""
    snapshot: Any = reader.json("/map/snapshot.json")
    return next((str(one["state"]) for one in snapshot["changed"] if one["id"] == place), "")


def turns(reader: Passer, place: str, state: str) -> float:
    """Seconds until the map's reader sees it."""
    began = time.monotonic()
    wait_for(lambda: state_on_map(reader, place) == state, f"{place} is {state}", seconds=20, every=0.1)
    return time.monotonic() - began


def passes_by(world: World, code: str) -> None:
    """Another visitor of the day, who says nothing: with few of them a word would wait for the next day."""
    phone = Pocket(world.public.address)
    phone.take_a_pass()
    assert phone.visit(code, "in")["signal"] == "ALLOW"
    phone.close()


def reports(world: World, place: str, code: str) -> str:
    """A citizen checks in by the poster and says what is wrong; the code by which it is followed."""
    phone = Pocket(world.public.address)
    phone.take_a_pass()
    assert phone.place(code)["place"] == place
    said = phone.visit(code, "in")
    assert said["signal"] == "ALLOW" and said["receipt"], said
    assert [visit["place"] for visit in phone.mine()["visits"]] == [place]

    def proves() -> str:
        answer = phone.post("/say/proof", phone.statement("/say/proof", {"place": place}))
        return str(answer.json().get("proof", ""))

    proof = wait_for(proves, "ingest has taken the visit", every=0.2)
    phone.close()
    citizen = Passer(world.public.address)
    page = citizen.get(f"/say/{place}?lang=en")
    work = solve(hidden(form_of(page, f"/say/{place}"))["ticket"])
    word = {"topic": "no_check_in", "rating": "1", "words": WORDS, "phone": "", "proof": proof, "work": work}
    _, page = citizen.send(page, f"/say/{place}", **word)
    found = re.search(r'class="code">([0-9A-Z-]{14})<', page)
    assert found is not None, words(page)[:500]
    citizen.close()
    return str(found.group(1))


def confirms_as_serious(ward: Console) -> str:
    """The moderator reads, publishes and confirms; the address of the word."""
    (path,) = set(re.findall(r'href="(/feedback/\d+)"', ward.get("/feedback")))
    page = ward.get(path)
    assert WORDS in words(page)
    ward.send(page, f"{path}/publish", words=WORDS, serious="1")
    return str(path)


def inspects(inspector: Console, place: str) -> None:
    """The inspector goes there and finds everything in order."""
    own = f"/inspections/of/{place}"
    inspector.send(inspector.get(own), f"{own}/ask")
    paths = sorted(set(re.findall(r'href="(/inspections/\d+)"', inspector.get("/inspections"))))
    assert paths
    for path in paths:
        inspector.send(inspector.get(path), f"{path}/done", result="safe", words="Cửa phụ nay có người kiểm tra.")


def test_a_place_from_its_registration_to_green_and_back(world: World, tmp_path: Path) -> None:
    anybody = Passer(world.public.address)
    anybody.get("/map/snapshot.json")  # the map is open before the place is there
    registers(world, anybody)
    ward = officer(world, "phuong-5", "ward_office", f"ward-{WARD}")
    manager = confirms(world, ward)
    place = manager.login
    assert turns(anybody, place, "not_assessed") < SOON_S

    code = poster(world, manager, place)
    checks_itself(manager, place)
    assert turns(anybody, place, "safe") < SOON_S

    for _ in range(OTHERS):
        passes_by(world, code)
    followed = reports(world, place, code)
    assert state_on_map(anybody, place) == "safe", "one word that nobody has read turns nothing"
    word = confirms_as_serious(ward)
    assert turns(anybody, place, "at_risk") < SOON_S
    manager.send(manager.get(f"/feedback/of/{place}"), f"{word}/answer", words=ANSWER)
    assert state_on_map(anybody, place) == "at_risk", "an answer alone is no recheck"
    inspector = officer(world, "thanh-tra-4", "inspector", "all")
    inspects(inspector, place)
    assert turns(anybody, place, "safe") < SOON_S

    _, page = anybody.send(anybody.get("/say/status"), "/say/status", code=followed)
    assert ANSWER in words(page), words(page)[:500]
    history = [row.split(",")[1:] for row in anybody.get("/map/open/history.csv").splitlines() if row.startswith(place)]
    assert [(row[1], row[3]) for row in history] == [
        ("not_assessed", "listed"),
        ("safe", "self_check"),
        ("at_risk", "feedback"),
        ("safe", "inspection"),
    ]
    assert [row[0] for row in history] == sorted(row[0] for row in history)
    card = words(anybody.get(f"/map/place/{place}?lang=en"))
    assert NAME in card and ANSWER in card and WORDS in card
    world.site.central("audit", "verify", *world.site.store)
    for console in (ward, manager, inspector):
        console.close()
    anybody.close()
