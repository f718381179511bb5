"""A form that moves to the visitor's own phone, with real processes: gate, screen, nginx with TLS, phone, centre.

The code on the kiosk's screen is read as a phone's camera reads it; nothing else tells the phone where to go.
"""

import json
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from urllib.request import urlopen

import numpy as np
import pytest
import zxingcpp

from central.library import Library
from central.rebuilding import rebuild
from forms.check import check
from forms.normal import kept
from forms.response import parse
from kiosk.bench.processes import wait_until
from kiosk.form_desk import spoken
from tests.integration.test_declarations import DOMESTIC, SOON_S, offered, publish
from tests.needs import need
from tests.parts.case import declarations
from tests.parts.guards import NGINX
from tests.parts.phones import Phone, PhoneProxy
from tests.parts.site import Gate, Site, card
from tests.parts.visitor import Page, Visitor
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery
from tests.unit.forms.library import library
from wire.records import IdentityKind, Signal

SCANS = 20


class PhoneGate:
    """A kiosk that hands forms over to phones, under a mandatory order; nginx as its own command configures it."""

    def __init__(self, site: Site, folder: Path) -> None:
        need(NGINX.exists(), "nginx")
        unix_socket = folder / "phone.sock"
        self.proxy = PhoneProxy(folder, unix_socket)
        changes = (
            f'[phone]\nurl = "{self.proxy.url}"\nsocket = "{unix_socket}"\n'
            f'certificate = "{self.proxy.tls.certificate}"\nkey = "{self.proxy.tls.key}"\n'
        )
        self.gate: Gate = site.add_kiosk("t-gate-1", changes=changes)
        command = ["kiosk", "phone", "--settings", str(self.gate.settings), "--bench", "--runtime", str(folder)]
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=True)
        self.proxy.start(Path(done.stdout.strip()))
        publish(site, DOMESTIC)
        offered(self.gate, DOMESTIC)

    def link(self) -> str:
        """What the code on the screen says, to whoever has touched "use my phone"."""
        visitor = Visitor(self.gate.screen)
        page = visitor.begin(DOMESTIC)
        return read_code(visitor.act(page, "phone", {}))

    def scan(self, number: int) -> int:
        """A visitor's card; how long until the lamps answered, in ms."""
        seen, typed = len(self.gate.lights()), time.monotonic()
        self.gate.type(card(number))
        wait_for(lambda: self.answers(seen), "the scan's lamp", every=0.005)
        return round((time.monotonic() - typed) * 1000)

    def answers(self, since: int = 0) -> list[str]:
        """What the lamps said to visitors, after so many changes."""
        shown = [str(line["lamps"]) for line in self.gate.lights()[since:]]
        return [lamps for lamps in shown if lamps not in ("idle", "starting", "off")]


def read_code(page: Page) -> str:
    """The text of the code that is drawn on a page: rows of dark modules, each a stroke of width one."""
    assert page.name == "phone", page.text
    size = int(re.findall(r'viewBox="0 0 (\d+) \1"', page.text)[-1])
    x, y, light = 0.0, 0.0, np.full((size, size), 255, np.uint8)
    for letter, numbers in re.findall(r"([Mmh])([-0-9. ]+)", re.findall(r'd="(M[^"]+h[^"]+)"', page.text)[-1]):
        values = [float(number) for number in numbers.split()]
        if letter == "h":
            light[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
        else:
            x, y = values if letter == "M" else (x + values[0], y + values[1])
    (found,) = zxingcpp.read_barcodes(np.kron(light, np.ones((4, 4), np.uint8)))
    return str(found.text)


def test_a_form_goes_to_the_phone_and_the_gate_goes_on(
    nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> None:
    form = library("domestic")
    with Site(tmp_path_factory.mktemp("phones"), nursery=nursery) as site:
        kiosk = PhoneGate(site, tmp_path_factory.mktemp("p"))
        gate, proxy = kiosk.gate, kiosk.proxy
        try:
            gate.type(card(1))
            gate.wait_lamp("yellow")
            phone, link = Phone(proxy), kiosk.link()
            gate.wait_lamp("idle")
            before = len(gate.lights())
            with ThreadPoolExecutor(1) as pool:
                filling = pool.submit(phone.fill_in, link, form)
                for number in range(101, 101 + SCANS):
                    kiosk.scan(number)
                declared = filling.result(60)
            # Each lamp was a scan's: the order asks them all to declare, and the phone's "well" lit none.
            assert kiosk.answers(before) == ["yellow"] * SCANS
            assert declared.code and len(declared.answers) >= 7

            gate.wait_lamp("idle")
            gate.type(card(1))
            gate.wait_green(1)
            ((record, record_id),) = wait_for(lambda: declarations(site, "t-gate-1"), "the declaration at the centre")
            assert spoken(record_id) == declared.code
            assert (record.identity_kind, record.identity) == (IdentityKind.CCCD, "099099000001")
            assert (record.outcome, record.order, record.refused) == (Signal.ALLOW, f"{DOMESTIC}|1", False)
            response = json.loads(json.dumps(rebuild(record, record_id, Library().form)))
            answers, issues = parse(form, response)
            assert issues == () and check(form, answers) == ()
            assert answers == kept(form, declared.answers)
            site.wait_arrived(gate, gate.greens())
            assert len(declarations(site, "t-gate-1")) == 1 and site.alarms("t-gate-1") == []

            status, _ = phone.ask("GET", link.removeprefix(proxy.url))
            assert status == 303, "the link is dead"
        finally:
            proxy.close()


def test_phones_reach_the_form_alone_and_a_crowd_of_them_holds_up_nobody(
    nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Site(tmp_path_factory.mktemp("phones"), nursery=nursery) as site:
        kiosk = PhoneGate(site, tmp_path_factory.mktemp("p"))
        gate, phone = kiosk.gate, Phone(kiosk.proxy)
        try:
            for path in ("/press", "/events", "/preview", "/poll", "/healthz", "/login", "/override"):
                assert phone.ask("GET", path)[0] == 404
                assert phone.ask("POST", path, {"name": "in"})[0] == 404
            assert phone.ask("POST", "/form/start", {}, Origin="https://evil.example")[0] == 403
            assert phone.ask("GET", "/form/", Host="evil.example")[0] == 421
            assert phone.ask("POST", f"/form/{'A' * 22}/agree", {"x": "y" * 20_000})[0] == 413

            stop, asked = Event(), list[int]()

            def ask_without_end() -> None:
                own = Phone(kiosk.proxy)
                while not stop.is_set():
                    asked.append(own.ask("GET", f"/form/{'A' * 22}/")[0])

            waits = []
            with ThreadPoolExecutor(8) as pool:
                crowd = [pool.submit(ask_without_end) for _ in range(8)]
                for number in range(1, 11):
                    began = time.monotonic()
                    with urlopen(f"{gate.screen}/poll", timeout=5) as answer:
                        assert json.load(answer)["alive"]
                    waits.append(round((time.monotonic() - began) * 1000))
                    kiosk.scan(number)
                wait_for(lambda: 429 in asked, "the proxy slows the crowd")
                stop.set()
                for one in crowd:
                    one.result(20)
            print(f"\n{len(asked)} requests of a crowd, {asked.count(429)} slowed; the kiosk's page in {max(waits)} ms")
        finally:
            kiosk.proxy.close()


def test_after_a_kill_phones_find_the_kiosk_again_and_an_old_link_is_dead(
    nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Site(tmp_path_factory.mktemp("phones"), nursery=nursery) as site:
        kiosk = PhoneGate(site, tmp_path_factory.mktemp("p"))
        gate, phone = kiosk.gate, Phone(kiosk.proxy)
        try:
            link = kiosk.link()
            gate.kiosk.signal(signal.SIGKILL)
            assert wait_until(lambda: gate.kiosk.pid is None, 5.0)
            status, text = phone.ask("GET", "/form/")
            assert status == 503 and "Mời khai tại màn hình ở cửa" in text
            gate.kiosk.start()
            assert wait_until(gate.kiosk.is_ready, SOON_S)
            offered(gate, DOMESTIC)
            assert phone.ask("GET", link.removeprefix(kiosk.proxy.url))[0] == 303
            before = len(gate.lights())
            declared = phone.fill_in(kiosk.link(), library("domestic"))
            ((record, record_id),) = wait_for(lambda: declarations(site, "t-gate-1"), "the declaration at the centre")
            assert spoken(record_id) == declared.code
            # Nobody showed a card, and what was typed is no citizen number: the gate knows nobody by it.
            assert (record.identity_kind, record.identity) == (IdentityKind.NONE, "")
            assert kiosk.answers(before) == []
        finally:
            kiosk.proxy.close()
