"""The bench's sample orders: switched at the centre, shown as the gate holds them."""

import json
from pathlib import Path

import pytest

from kiosk.bench.orders import DEFAULT, FOLDER, SampleOrders
from rules.orders import Order
from tests.parts.waits import wait_for

NOW_MS = 1_790_000_000_000
FORM = "https://gatepost.example/form/domestic|1"


class Centre:
    """Takes commands; with `problem` it refuses them."""

    def __init__(self, problem: str | None = None) -> None:
        self.problem = problem
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, *arguments: str | Path) -> str | None:
        self.asked.append(tuple(map(str, arguments)))
        return self.problem


def held(name: str, end_ms: int = NOW_MS + 1) -> Order:
    return Order(name, 1, True, FORM, NOW_MS - 1, end_ms, 3_600_000)


def on(orders: SampleOrders, *of_gate: Order) -> set[object]:
    return {order["id"] for order in orders.state(of_gate) if order["on"]}


def test_the_voluntary_one_stands_first_and_is_the_default() -> None:
    first, *others = SampleOrders(Centre(), lambda: NOW_MS).state(())
    assert (first["id"], first["mandatory"], first["form"]) == (DEFAULT, False, "voluntary")
    assert {order["form"] for order in others} == {"domestic", "entry"} and all(o["mandatory"] for o in others)


def test_what_is_on_is_what_the_gate_holds_and_runs() -> None:
    orders = SampleOrders(Centre(), lambda: NOW_MS)
    assert on(orders, held(DEFAULT), held("lenh-khac"), held("mau-trong-nuoc", NOW_MS)) == {DEFAULT}


def test_a_switch_asks_the_centre_and_is_under_way_until_the_gate_has_heard() -> None:
    centre = Centre()
    orders = SampleOrders(centre, lambda: NOW_MS)
    orders.switch(DEFAULT, True)
    wait_for(lambda: centre.asked, "the command")
    assert centre.asked == [("order", "publish", str(FOLDER / f"{DEFAULT}.json"), "--days", "1")]
    assert orders.state(())[0]["changing"] is True
    assert orders.state((held(DEFAULT),))[0]["changing"] is False
    orders.switch(DEFAULT, False)
    wait_for(lambda: centre.asked[1:], "the second command")
    assert centre.asked[1] == ("order", "end", DEFAULT)


def test_a_switch_that_the_centre_refuses_goes_back() -> None:
    orders = SampleOrders(Centre("no such order"), lambda: NOW_MS)
    orders.switch(DEFAULT, False)
    wait_for(lambda: not orders.state((held(DEFAULT),))[0]["changing"], "the switch to go back")
    assert on(orders, held(DEFAULT)) == {DEFAULT}


def test_only_samples_can_be_switched() -> None:
    with pytest.raises(KeyError):
        SampleOrders(Centre(), lambda: NOW_MS).switch("lenh-that", True)


def test_every_sample_says_that_it_is_one_in_its_id() -> None:
    assert all(json.loads(file.read_text("utf-8"))["id"].startswith("mau-") for file in FOLDER.glob("*.json"))
