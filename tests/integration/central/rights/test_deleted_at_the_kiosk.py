"""A person asks to be forgotten: two officers at the pages, a real broker, a real kiosk, a certificate at the end."""

import json
import re
import sqlite3
from pathlib import Path

from store.epochs import SEQ_MASK
from tests.parts.console import Console
from tests.parts.site import Gate, Site, card
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery, WarmChild


def officer(site: Site, login: str) -> Console:
    made = site.central("account", "add", login, "--name", "x", "--role", "data_protection", "--alone", *site.store)
    return Console(site.enrol_url.removesuffix("/enrol"), login, json.loads(made)["first_code"])


def kiosk_holds(gate: Gate, table: str) -> list[int]:
    """Places of the rows in a table of the kiosk's own file."""
    file = sqlite3.connect(f"file:{next(gate.data.glob('*.db'))}?mode=ro", uri=True, timeout=10)
    try:
        return [place for (place,) in file.execute(f"SELECT place FROM {table} ORDER BY place")]
    finally:
        file.close()


def ask_to_delete(site: Site, number: str) -> str:
    """One officer opens the request, identifies and proposes; another signs. The request's id."""
    one, two = officer(site, "lan"), officer(site, "minh")
    page = one.get("/requests/new")
    came = re.search(r'name="came"[^>]* value="([0-9-]+)"', page)
    assert came is not None
    page = one.send(page, "/requests/new", kind="deletion", channel="desk", language="vi", came=came.group(1))
    found = re.search(r"R-\d{4}-\d{6}", page)
    assert found is not None
    path = f"/requests/{found.group()}"
    page = one.send(page, f"{path}/identify", how="card", number_kind="CCCD", number=number)
    page = one.send(page, f"{path}/delete", sure="1")
    assert 'value="sign"' not in page, "whoever proposed does not sign"
    page = two.send(two.get(path), f"{path}/decide", answer="sign")
    assert "chưa trả lời" in page
    for console in (one, two):
        console.close()
    return found.group()


def test_a_person_is_forgotten_at_the_centre_and_at_the_gate_and_that_is_certified(
    nursery: Nursery, tmp_path: Path
) -> None:
    with Site(tmp_path, nursery=nursery, officers=True) as site:
        gate = site.add_kiosk("t-gate-1")
        for number in (1, 2, 3):  # the newest row stays until another stands behind it
            gate.type(card(number))
            gate.wait_green(number)
        site.wait_arrived(gate, gate.greens())
        site.central("jobs", "--once", *site.store)
        before = kiosk_holds(gate, "outbox")
        (seq,) = site.ask("SELECT min(seq) FROM visit")[0]
        request = ask_to_delete(site, card(1).partition("|")[0])
        assert site.ask("SELECT count(*) FROM visit") == [(2,)]

        name = "SELECT count(*) FROM bulletin WHERE name = 'deletions'"
        file = next(gate.data.glob("*.db"))
        wait_for(lambda: _one(file, name) == 1, "the agent has taken the list")
        purge = ["kiosk", "purge", "--settings", str(gate.settings), "--bench", "--runtime", str(tmp_path / "run2")]
        said = json.loads(WarmChild(nursery, "purge", purge, tmp_path / "purge.log").run())
        assert (said["skipped"], said["asked"]) == ("", 1), said
        gone = [place for place in before if place not in kiosk_holds(gate, "outbox")]
        assert [place & SEQ_MASK for place in gone] == [seq]
        assert not set(gone) & set(kiosk_holds(gate, "visit"))

        told = "SELECT count(*) FROM device_event WHERE name = 'destroyed'"
        wait_for(lambda: site.ask(told) == [(1,)], "the kiosk's word at the centre", seconds=20)
        site.central("jobs", "--once", *site.store)
        ((number,),) = site.ask("SELECT number FROM deletion_certificate WHERE about = ?", request)
        site.central("deletion", "export", str(number), "--out", tmp_path / "paper", *site.store)
        paper = json.loads(site.central("deletion", "verify", tmp_path / "paper", "--keys", site.keys))
        assert [[row[0], *row[2:]] for row in paper["records"]] == [["t-gate-1", seq, seq]]
        assert paper["kiosks"][0][0] == "t-gate-1" and paper["kiosks"][0][1] is not None, "it has answered"
        assert json.loads(site.central("deletion", "check", *site.store))["chain"] == "holds"


def _one(path: Path, sql: str) -> int:
    file = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        return int(file.execute(sql).fetchone()[0])
    finally:
        file.close()
