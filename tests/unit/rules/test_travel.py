"""Deep logic travels as text, and no text brings the reader down."""

from threading import Thread
from typing import Any

import pytest
from hypothesis import given

from rules.certlogic import MAX_DEPTH
from rules.decide import decide
from rules.orders import read_order
from rules.ruleset import body_of, read_rules
from rules.travel import MAX_LEVELS, MAX_TEXT, pack_logic, read_logic
from tests.unit.rules.cases import LOGIC, NOW, VISITOR, body, rule
from wire import cbor
from wire.bulletin import Bulletin
from wire.records import Signal
from wire.refusal import Refused


def nested(times: int) -> Any:
    logic: Any = {"===": [{"var": "direction"}, "in"]}
    for _ in range(times):
        logic = {"!": [logic]}
    return logic


@given(LOGIC)
def test_what_travels_is_what_was_written_and_fits(logic: Any) -> None:
    assert read_logic(pack_logic(logic)) == logic
    sent = {"full": body_of(body(rule(logic)))}
    assert cbor.loads(cbor.dumps(["rules", "all", "thu", 1, 0, 1, sent]), 1 << 20)[6] == sent


def test_the_shallow_stays_as_it_is_and_the_deep_becomes_text() -> None:
    assert [type(pack_logic(nested(times))) for times in (0, (MAX_LEVELS - 4) // 2, MAX_LEVELS)] == [dict, dict, str]


def test_a_visitor_is_answered_by_the_deepest_rule_on_a_thread_of_the_kiosk() -> None:
    rules = read_rules(body_of(body(rule(nested(MAX_DEPTH - 2)))))
    answers = []
    thread = Thread(target=lambda: answers.append(decide(VISITOR, rules).signal))
    thread.start()
    thread.join(10)
    assert answers == [Signal.ASK]


@pytest.mark.parametrize("text", ["", "{", "[" * 60_000, '{"!":[' * 10_000, "1" * (MAX_TEXT + 1), "1" * 6_000])
def test_a_text_that_is_no_logic_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(Refused, match=r"bad_rules.*rules\[0\].when"):
        read_rules(body(rule(text)))
    who = {"mandatory": False, "form": "f|1", "start": NOW, "end": NOW + 1_000, "valid": 60_000, "who": text}
    texts = {"purpose": {"vi": "Thử"}, "notice": {"vi": "Thử"}}
    with pytest.raises(Refused, match=r"bad_order.*who"):
        read_order(Bulletin("order", "all", "thu", 1, NOW, NOW + 1_000, {**who, **texts}))


def test_what_reduce_and_the_nodes_may_be_is_looked_at_behind_the_text_too() -> None:
    inner = {"reduce": [{"var": "orders"}, True, False]}
    for logic in ({"reduce": [{"var": "orders"}, inner, False]}, {"and": [{"var": "direction"}] * 3_000}):
        with pytest.raises(Refused, match="bad_rules"):
            read_rules(body(rule(str(logic).replace("'", '"').replace("True", "true").replace("False", "false"))))


def test_a_rule_hidden_in_a_text_keeps_what_is_promised_of_rules() -> None:
    hidden = read_rules(body(rule('{"var":"facts.symptoms"}', "STOP", audience="public", messages={"vi": "Ho"})))
    assert (hidden.rules[0].signal, hidden.rules[0].audience, hidden.rules[0].message) == (Signal.ASK, "private", None)
