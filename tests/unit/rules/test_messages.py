"""A rule speaks for itself: the right words, to the right reader, with no answer that they were not written for."""

from dataclasses import replace

import pytest

from rules.decide import Decision, decide
from rules.messages import MOST, heard_by, in_language
from rules.ruleset import RuleSet
from tests.unit.rules.cases import NOW, STOPPING, VISITOR, WELL, rule, rule_set
from wire.reasons import Audience
from wire.records import Signal
from wire.refusal import Refused

UNDER_ORDER = replace(VISITOR, venue="border", orders=(STOPPING,), declaration=WELL)
PASSPORT = {"vi": "Mời đưa hộ chiếu", "en": "Please show your passport"}
CLOSED = {"messages": {"vi": "Hôm nay cửa này không nhận khách"}, "audience": "public"}


def heard(reader: Audience, answer: Decision, language: str = "vi") -> list[str]:
    return [in_language(texts, language) for texts in heard_by(reader, answer.messages)]


def asking(audience: str) -> RuleSet:
    return rule_set(rule(True, "ASK", "no_papers", messages=PASSPORT, audience=audience))


@pytest.mark.parametrize(
    ("audience", "readers"),
    [("public", ["public", "guard", "private"]), ("guard", ["guard"]), ("private", ["private"])],
)
def test_a_message_is_read_by_its_audience_and_nobody_else(audience: str, readers: list[Audience]) -> None:
    answer = decide(VISITOR, asking(audience))
    everybody: tuple[Audience, ...] = ("public", "guard", "private")
    assert [reader for reader in everybody if heard(reader, answer)] == readers


def test_a_message_is_read_in_the_language_of_the_reader_and_else_in_vietnamese() -> None:
    answer = decide(VISITOR, asking("public"))
    assert [heard("public", answer, tag)[0] for tag in ("en", "vi", "km")] == [
        PASSPORT["en"],
        PASSPORT["vi"],
        PASSPORT["vi"],
    ]


def test_a_rule_that_does_not_hold_says_nothing() -> None:
    assert decide(VISITOR, rule_set(rule(False, messages=PASSPORT, audience="public"))).messages == ()


def test_whoever_leaves_or_whom_a_guard_answered_reads_no_rule() -> None:
    for visitor in (replace(VISITOR, direction="out"), replace(VISITOR, override="allow")):
        assert decide(visitor, asking("public")).messages == ()


def test_a_stop_is_explained_where_it_stands() -> None:
    answer = decide(UNDER_ORDER, rule_set(rule(True, "STOP", **CLOSED), order=STOPPING.id))
    assert (answer.signal, heard("public", answer)) == (Signal.STOP, [CLOSED["messages"]["vi"]])


@pytest.mark.parametrize("change", [{"venue": "hospital"}, {"clock": "unset"}, {"now_ms": STOPPING.end_ms}])
def test_the_words_of_a_stop_are_not_said_to_whom_it_does_not_stop(change: dict) -> None:
    answer = decide(replace(UNDER_ORDER, **change), rule_set(rule(True, "STOP", **CLOSED), order=STOPPING.id))
    assert (answer.signal, answer.messages) == (Signal.ASK, ())


def test_the_words_of_a_stop_that_may_only_ask_are_never_said() -> None:
    answer = decide(UNDER_ORDER, rule_set(rule({"!": [{"var": "declared.refused"}]}, "STOP", **CLOSED)))
    assert (answer.signal, answer.messages) == (Signal.ASK, ())
    softened = rule_set(rule({"var": "declared.any"}, "STOP", **CLOSED), order=STOPPING.id)
    assert (decide(UNDER_ORDER, softened).signal, softened.rules[0].message) == (Signal.ASK, None)


def test_a_friendly_note_is_not_said_to_somebody_who_is_asked_to_wait_but_the_guard_reads_his() -> None:
    note = rule_set(
        rule(True, "ALLOW", "rules_old", messages={"vi": "Mời vào"}, audience="public"),
        rule(True, "ALLOW", "rules_old", messages={"vi": "Danh sách đã cũ"}, audience="guard"),
    )
    asked = decide(replace(VISITOR, capacity=1, occupancy=1), note)
    assert (heard("public", asked), heard("guard", asked)) == ([], ["Danh sách đã cũ"])
    assert heard("public", decide(VISITOR, note)) == ["Mời vào"]


def test_no_message_pushes_out_one_for_somebody_else() -> None:
    listed = [rule(True, "ASK", messages={"vi": f"Chung {n}"}, audience="public") for n in range(9)]
    own = [rule(True, "ASK", messages={"vi": f"Riêng {who}"}, audience=who) for who in ("guard", "private")]
    answer = decide(VISITOR, rule_set(*listed, *own))
    assert heard("public", answer) == [f"Chung {n}" for n in range(MOST)]
    assert heard("guard", answer)[0] == "Riêng guard"
    assert heard("private", answer)[0] == "Riêng private"


def test_rules_that_have_run_out_say_nothing_any_more() -> None:
    over = replace(asking("public"), valid_to_ms=NOW)
    assert decide(VISITOR, over.above(rule_set())).messages == ()


@pytest.mark.parametrize("texts", [{"en": "No Vietnamese"}, {"vi": ""}, {"vi": "a" * 241}, {"vi": None}])
def test_a_message_nobody_could_read_is_refused_before_it_is_published(texts: dict) -> None:
    with pytest.raises(Refused, match="bad_rules"):
        rule_set(rule(True, "ASK", messages=texts))


def test_a_message_fits_where_it_is_read() -> None:
    for audience, most in (("public", 120), ("guard", 240), ("private", 240)):
        rule_set(rule(True, "ASK", messages={"vi": "a" * most}, audience=audience))
        with pytest.raises(Refused, match=f"at most {most} characters"):
            rule_set(rule(True, "ASK", messages={"vi": "a" * (most + 1)}, audience=audience))
