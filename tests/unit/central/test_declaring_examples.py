"""docs/protocol.md, "Declaring": every example is what today's code reads, publishes and packs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from central.bulletins import publish_bulletin
from central.library import read_library
from forms.model import Coding
from forms.packed import unpack
from kiosk.board import Board
from rules.orders import consent_hash, read_order
from rules.ruleset import read_rules
from store.bulletins import keep
from store.db import open_store
from tests.parts.centre import NOW_MS, Centre, make_centre
from wire.bulletin import Bulletin

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text("utf-8")
BODIES: dict[str, Any] = {
    kind: json.loads(text) for kind, text in re.findall(r"```bulletin (\w+)\n(.*?)\n```", PAGE, re.DOTALL)
}
BYTES = {name: bytes.fromhex(text) for name, text in re.findall(r"```declaring (\w+)\n(.*?)\n```", PAGE, re.DOTALL)}
UNTIL_MS = 1_792_592_000_000
FORM = "https://gatepost.example/form/thu|1"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    made = make_centre(f"sqlite:///{tmp_path}/central.db", tmp_path)
    yield made
    made.engine.dispose()


def test_the_page_has_an_example_of_each_kind() -> None:
    assert set(BODIES) == {"order", "form", "rules"} and set(BYTES) == {"consent", "answers"}


def test_the_order_is_read_and_its_text_hashed() -> None:
    order = read_order(Bulletin("order", "all", "lenh-thu", 1, NOW_MS, UNTIL_MS, BODIES["order"]))
    assert (order.form, order.mandatory, order.end_ms) == (FORM, True, UNTIL_MS)
    assert consent_hash(order, "vi") == BYTES["consent"]


def test_the_rules_are_read() -> None:
    assert [rule.id for rule in read_rules(BODIES["rules"]).rules] == ["r-1"]


def test_the_answers_are_those_that_the_page_tells(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        publish_bulletin(connection, centre.ring, "form", "thu-1", "all", BODIES["form"], UNTIL_MS, NOW_MS)
        form = read_library(connection, centre.ring.root()).form(FORM)
    assert unpack(form, BYTES["answers"]) == {
        ("fever", ()): (True,),
        ("since", ()): ("2026-09-20",),
        ("province", ()): (Coding("urn:gatepost:province", "01"),),
        ("person", ()): (2,),
        ("name", (0,)): ("LÊ THỊ THỬ",),
        ("name", (1,)): ("LÊ VĂN MẪU",),
    }


def test_a_gate_follows_all_three(tmp_path: Path) -> None:
    store = open_store(tmp_path, now_ms=lambda: NOW_MS)
    for kind, body in BODIES.items():
        keep(store, Bulletin(kind, "all", "thu", 1, NOW_MS, UNTIL_MS, body), b"signed", NOW_MS)
    board = Board(store, lambda: NOW_MS)
    board.refresh()
    (order,) = board.duties.orders
    form = board.form(order.form)
    assert form is not None and form.canonical == FORM
    assert board.duties.rules.version == 1
    store.close()
