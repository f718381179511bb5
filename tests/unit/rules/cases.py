"""Visitors and rule sets for the tests of the decision: a plain one of each, and arbitrary ones for Hypothesis."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import rules
from credentials.types import Credential, Unreadable
from rules.known import FACTS, Ages, Clearance, Exposure, Known, LastDeclaration
from rules.orders import HOUR_MS, Order
from rules.ruleset import RuleSet, load_rules, read_rules
from wire.reasons import REASONS
from wire.records import Signal
from wire.refusal import Refused

DEFAULT = load_rules((Path(rules.__file__).parent / "library" / "default.json").read_text("utf-8"))
NOW = 1_800_000_000_000  # 15 January 2027
DAY = 24 * HOUR_MS
FORM = "https://gatepost.example/form/domestic|1"
ENTRY = "https://gatepost.example/form/entry|1"
CARD = Credential("cccd", "valid", "ok", (), "099099000001", {"name": "NGUYỄN VĂN THỬ", "birth_date": "1999-06-05"})
PASS = Credential("pass", "valid", "ok", (), "00" * 16, {"companions": 0, "outcome": None})
PASSPORT = Credential("passport", "valid", "ok", (), "UTO-L898902C3", {"country": None, "birth_date": "1974-08-12"})
ORDER = Order("thu-01", 1, True, FORM, NOW - DAY, NOW + 30 * DAY, DAY)
STOPPING = replace(ORDER, id="thu-02", stops=True)
WELL = LastDeclaration(FORM, HOUR_MS)
VISITOR = Known(CARD, venue="market", now_ms=NOW)
SEVERITY = {Signal.ALLOW: 0, Signal.ASK: 1, Signal.STOP: 2}


def rule(when: Any, signal: str = "ASK", *reasons: str, **more: Any) -> dict[str, Any]:
    """A rule as it stands in a bulletin."""
    listed = list(reasons) or ["order_stop" if signal == "STOP" else "see_desk"]
    return {"id": "r", "when": when, "signal": signal, "reasons": listed, **more}


def body(*listed: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body of a rules bulletin that runs now."""
    rules = [{**one, "id": f"r{n}"} for n, one in enumerate(listed)]
    told = {"id": "thu", "version": 7, "validFrom": "2026-01-01T00:00:00+07:00", "validTo": "2028-01-01T00:00:00+07:00"}
    return {**told, "order": "", "rules": rules, **changes}


def rule_set(*listed: dict[str, Any], **changes: Any) -> RuleSet:
    return read_rules(body(*listed, **changes))


PATHS = (
    *("", "venue", "venue.kind", "direction", "people", "occupancy", "capacity", "code", "code.kind", "code.signed"),
    *("person", "person.birth_date", "person.nationality", "person.province", "person.ward"),
    *("declared", "declared.any", "declared.due", "declared.refused", "facts", *(f"facts.{name}" for name in FACTS)),
    *("exposure", "cleared", "orders", "orders.0", "clock", "now", "ages", "ages.trust", "ages.exposures"),
    *("ages.orders", "ages.rules", "rules", "rules.expired", "nothing.such", "0"),
)
_NOT_OF_A_RULE = {
    *("store_failed", "disk_full", "camera_lost", "not_enrolled", "starting", "database_moved", "stalled"),
    *("registered", "checked_out", "already_in", "declared", "declared_by_light", "cleared", "temporary_pass"),
    *("guard_allowed", "guard_refused", "paper_entry"),
}
_var = st.sampled_from(PATHS).map(lambda path: {"var": path})
_leaf = st.one_of(
    _var,
    _var,
    st.booleans(),
    st.integers(-2, 800),
    st.sampled_from(["market", "hospital", "cccd", "in", "079", "VN", "", "2027-01-15T00:00:00Z"]),
    st.just({"plusTime": [{"var": "now"}, -1, "day"]}),
)


def _operations(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    two, three = st.tuples(inner, inner).map(list), st.tuples(inner, inner, inner).map(list)
    data = _var.filter(lambda var: var["var"] != "")
    return st.one_of(
        inner.map(lambda value: {"!": [value]}),
        *(two.map(lambda pair, name=name: {name: pair}) for name in ("and", "===", "in", ">", "+", "before")),
        three.map(lambda of: {"if": of}),
        st.tuples(data, _leaf, _leaf).map(lambda of: {"reduce": list(of)}),
        st.lists(inner, max_size=3),
    )


# What somebody would write who wants to bend the gate: one look at one thing, turned round, or breaking off on purpose.
_yes_or_no = st.sampled_from(
    [*(f"facts.{name}" for name in FACTS), "exposure", "cleared", "declared.any", "declared.due", "code.signed"]
).map(lambda path: {"var": path})
_sharp = st.one_of(
    _yes_or_no,
    _yes_or_no.map(lambda var: {"!": [var]}),
    _yes_or_no.map(lambda var: {"===": [var, False]}),
    _yes_or_no.map(lambda var: {"if": [var, {">": ["x", 1]}, False]}),
    _yes_or_no.map(lambda var: {"if": [var, False, {">": ["x", 1]}]}),
    _var.map(lambda var: {"!": [var]}),
    _var.map(lambda var: {"if": [var, True, False]}),
    st.just({"!": [{"===": [{"var": "person.province"}, "001"]}]}),
)
LOGIC = st.one_of(_sharp, st.recursive(_leaf, _operations, max_leaves=6))
_rules = st.builds(
    rule,
    LOGIC,
    st.sampled_from(["ALLOW", "ASK", "STOP", "STOP"]),
    st.sampled_from([*sorted(set(REASONS) - _NOT_OF_A_RULE), "of_a_newer_version"]),
    needs=st.lists(st.sampled_from(PATHS[1:]), max_size=1),
    audience=st.sampled_from(["public", "guard", "private"]),
    messages=st.sampled_from([{}, {"vi": "Lời thứ nhất"}, {"vi": "Lời thứ hai", "en": "The second"}]),
)


@st.composite
def any_rules(draw: st.DrawFn, order: str | None = None) -> RuleSet:
    """A rule set that somebody with the key may have signed, in good faith or not."""
    named = draw(st.sampled_from(["", ORDER.id, STOPPING.id])) if order is None else order
    listed = draw(st.lists(_rules, min_size=1, max_size=4))
    if draw(st.sampled_from([False, False, False, True])):
        listed.append(rule(True, "STOP"))
    return rule_set(*(one for one in listed if _can_be_read(one)), order=named)


def _can_be_read(one: dict[str, Any]) -> bool:
    try:
        return bool(rule_set(one).rules)
    except Refused:
        return False


_ages = st.one_of(st.none(), st.integers(0, 90 * DAY))
_facts = st.frozensets(st.sampled_from(sorted(FACTS)))
WHO = st.one_of(st.none(), st.none(), st.just({"===": [{"var": "person.province"}, "079"]}), LOGIC)


@st.composite
def declarations(draw: st.DrawFn) -> LastDeclaration:
    return said(draw(st.sampled_from([FORM, ENTRY])), draw(st.integers(0, 30 * DAY)), draw(_facts))


def said(form: str, age_ms: int, facts: frozenset[str]) -> LastDeclaration:
    """A declaration with the outcome that its answers have."""
    return LastDeclaration(form, age_ms, facts, Signal.ASK if facts - {"travel"} else Signal.ALLOW)


@st.composite
def orders(draw: st.DrawFn) -> tuple[Order, ...]:
    found = []
    for order in draw(st.lists(st.sampled_from([ORDER, STOPPING]), unique_by=lambda order: order.id)):
        mandatory = draw(st.booleans())
        start = NOW + draw(st.sampled_from([-DAY, DAY]))
        change = {"mandatory": mandatory, "start_ms": start, "who": draw(WHO)}
        found.append(replace(order, **change))
    return tuple(found)


@st.composite
def visitors(draw: st.DrawFn, **fixed: Any) -> Known:
    """Anybody at all; `fixed` are fields that are given."""
    known = Known(
        draw(st.sampled_from([CARD, CARD, PASS, PASSPORT, replace(PASS, fields={"outcome": 1}), Unreadable("empty")])),
        venue=draw(st.sampled_from(["market", "hospital", "border", "school"])),
        direction=draw(st.sampled_from(["in", "in", "in", "out"])),
        people=draw(st.integers(1, 10)),
        occupancy=draw(st.integers(0, 20)),
        capacity=draw(st.sampled_from([None, None, 5, 100])),
        declaration=draw(st.one_of(st.none(), declarations())),
        orders=draw(orders()),
        exposure=draw(st.sampled_from([None, Exposure(NOW - 1), Exposure(NOW + DAY)])),
        clearance=draw(st.sampled_from([None, None, Clearance(NOW - 1), Clearance(NOW + DAY)])),
        clock=draw(st.sampled_from(["synced", "holdover", "unset"])),
        ages=Ages(draw(_ages), draw(_ages), draw(_ages), draw(_ages)),
        now_ms=draw(st.sampled_from([NOW, NOW, None])),
        person=draw(st.sampled_from([{}, {"province": "079"}, {"province": "001", "ward": "00004"}])),
        refused=draw(st.sampled_from([False, False, True])),
    )
    return replace(known, **fixed)
