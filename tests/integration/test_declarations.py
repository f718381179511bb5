"""The way of a declaration with real processes: an order at the centre, the question at the gate, the form on the
screen, the record under two seals, and the answers again for whoever may open a case.
"""

import json
import signal
import time
from pathlib import Path

import pytest

import kiosk.bench
from central.database import open_database
from central.keys import Keyring
from central.library import Library, read_library
from central.rebuilding import rebuild
from forms.check import check
from forms.load import load
from forms.model import Answers
from forms.normal import kept
from forms.response import parse
from forms.value_sets import value_sets
from kiosk.bench.processes import wait_until
from kiosk.form_desk import spoken
from tests.parts.brokers import KINDS
from tests.parts.case import declarations
from tests.parts.site import ARRIVE_S, Gate, Site, card
from tests.parts.visitor import Visitor, known_of
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery
from tests.unit.forms.library import library, questionnaire
from wire.records import Declaration, IdentityKind, Signal

ORDERS = Path(kiosk.bench.__file__).parent / "orders"
DOMESTIC, VOLUNTARY = "mau-trong-nuoc", "mau-tu-nguyen"
SOON_S = 40.0


def publish(site: Site, order: str) -> None:
    site.central("order", "publish", ORDERS / f"{order}.json", *site.store)


def offered(gate: Gate, *orders: str) -> float:
    """Until the form's first page offers exactly these; in how many seconds."""
    began = time.monotonic()
    visitor = Visitor(gate.screen)
    wait_for(lambda: sorted(visitor.offered()) == sorted(orders), f"the offers {orders}", seconds=SOON_S, every=0.1)
    return time.monotonic() - began


def published_forms(site: Site) -> Library:
    """The forms as the centre's own database and keys tell them."""
    engine = open_database(f"sqlite:///{site.database}")
    try:
        with engine.connect() as connection:
            return read_library(connection, Keyring(site.keys).root())
    finally:
        engine.dispose()


def response_of(record: Declaration, record_id: bytes, forms: Library) -> Answers:
    """The answers of the FHIR JSON that the centre rebuilds; nothing is wrong with it."""
    form = forms.form(record.form)
    response = json.loads(json.dumps(rebuild(record, record_id, forms.form)))
    answers, issues = parse(form, response)
    assert issues == () and check(form, answers) == ()
    return answers


def test_an_order_is_asked_declared_opened_for_a_case_and_ends(nursery: Nursery, tmp_path: Path) -> None:
    form = library("domestic")
    with Site(tmp_path, nursery=nursery) as site:
        gate = site.add_kiosk("t-gate-1")
        gate.type(card(1))
        gate.wait_green(1)
        publish(site, DOMESTIC)
        heard = offered(gate, DOMESTIC)

        gate.type(card(2))
        gate.wait_lamp("yellow")
        visitor = Visitor(gate.screen)
        declared = visitor.declare(DOMESTIC, form, known_of(form, card(2)))
        gate.wait_green(2)
        assert declared.code and len(declared.answers) >= 4

        (record, record_id), *more = wait_for(lambda: declarations(site, "t-gate-1"), "the declaration at the centre")
        assert more == [] and spoken(record_id) == declared.code
        assert (record.identity_kind, record.identity) == (IdentityKind.CCCD, "099099000002")
        assert (record.outcome, record.order, record.language) == (Signal.ALLOW, f"{DOMESTIC}|1", "vi")
        answers = response_of(record, record_id, Library())
        assert answers == kept(form, {**known_of(form, card(2)), **declared.answers})

        # Whoever has declared passes with one scan; a person who says no is told where to go and is recorded as such.
        gate.wait_lamp("idle")
        gate.type(card(2))
        gate.wait_green(3)
        code = visitor.refuse(DOMESTIC)
        found = wait_for(lambda: declarations(site, "t-gate-1")[1:], "the refusal at the centre")
        assert [(one.refused, one.answers, spoken(name)) for one, name in found] == [(True, b"", code)]

        site.central("order", "end", DOMESTIC, *site.store)
        over = offered(gate)
        gate.type(card(3))
        gate.wait_green(4)
        site.wait_arrived(gate, gate.greens())
        assert site.alarms("t-gate-1") == []
        print(f"\norder on the screen after {heard:.1f} s, off it {over:.1f} s after its end")


def test_a_declaration_outlives_a_cut_network_and_a_kill(nursery: Nursery, tmp_path: Path) -> None:
    form = library("voluntary")
    with Site(tmp_path, nursery=nursery) as site:
        gate = site.add_kiosk("t-gate-1")
        publish(site, VOLUNTARY)
        offered(gate, VOLUNTARY)
        gate.type(card(1))
        gate.wait_green(1)  # a voluntary order asks nobody
        gate.cable.set("cut")

        declared = Visitor(gate.screen).declare(VOLUNTARY, form)
        gate.wait_green(2)
        gate.kiosk.signal(signal.SIGKILL)
        assert wait_until(lambda: gate.kiosk.pid is None, 5.0)
        assert declared.code and declarations(site, "t-gate-1") == []
        gate.kiosk.start()
        assert wait_until(gate.kiosk.is_ready, SOON_S)
        offered(gate, VOLUNTARY)

        gate.cable.set("up")
        found = wait_for(lambda: declarations(site, "t-gate-1"), "the declaration at the centre", seconds=ARRIVE_S)
        gate.type(card(2))
        gate.wait_green(3)
        site.wait_arrived(gate, gate.greens())
        assert found == declarations(site, "t-gate-1") and len(found) == 1
        record, record_id = found[0]
        assert spoken(record_id) == declared.code
        # Nobody held up a card: the declaration is made out to a new pass, and so is the visit.
        assert record.identity_kind is IdentityKind.PASS
        assert response_of(record, record_id, Library()) == kept(form, declared.answers)
        assert site.alarms("t-gate-1") == []


@pytest.mark.parametrize("broker", KINDS)
def test_a_form_of_a_later_version_comes_with_its_order(broker: str, nursery: Nursery, tmp_path: Path) -> None:
    """The largest form of the library under a version of its own: 170 kB through the broker, and read again by it."""
    later = {**questionnaire("entry"), "version": "2"}
    (tmp_path / "entry-2.json").write_text(json.dumps(later, ensure_ascii=False, indent=2), "utf-8")
    order = json.loads((ORDERS / "mau-nhap-canh.json").read_text("utf-8"))
    (tmp_path / "order.json").write_text(json.dumps({**order, "form": f"{later['url']}|2"}), "utf-8")
    with Site(tmp_path, broker, nursery) as site:
        gate = site.add_kiosk("t-gate-1")
        site.central("form", "publish", tmp_path / "entry-2.json", *site.store)
        site.central("order", "publish", tmp_path / "order.json", *site.store)
        seconds = offered(gate, "mau-nhap-canh")
        gate.type(card(1))
        gate.wait_lamp("yellow")
        form = load(later, value_sets())
        declared = Visitor(gate.screen).declare("mau-nhap-canh", form, known_of(form, card(1)))
        (record, record_id), *more = wait_for(lambda: declarations(site, "t-gate-1"), "the declaration at the centre")
        assert more == [] and spoken(record_id) == declared.code and record.form == form.canonical
        answers = response_of(record, record_id, published_forms(site))
        assert answers == kept(form, {**known_of(form, card(1)), **declared.answers})
        (size,) = site.ask("SELECT length(message) FROM bulletin WHERE kind = 'form'")[0]
        print(f"\n{broker}: form of {size} bytes and its order on the screen after {seconds:.1f} s")
