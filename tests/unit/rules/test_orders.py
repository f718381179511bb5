"""Orders: a duty has a basis, an end and a text that nobody can change afterwards."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.orders import LONGEST_MS, Order, consent_hash, in_force, read_order
from tests.unit.rules.cases import DAY, FORM, NOW, ORDER
from wire.bulletin import Bulletin
from wire.refusal import Refused

TEXTS = {
    "legal_basis": {"vi": "Quyết định thử số 01"},
    "purpose": {"vi": "Bảo vệ sức khỏe", "en": "To protect health"},
    "notice": {"vi": "Chỉ cơ quan y tế đọc được", "en": "Only the health authority can read it"},
    "consequence": {"vi": "Mời qua bàn hướng dẫn"},
}
BODY = {
    "mandatory": True,
    "form": FORM,
    "start": NOW - DAY,
    "end": NOW + DAY,
    "valid": DAY,
    "disease": "COVID",
    **TEXTS,
}


def bulletin(kind: str = "order", expires_ms: int = NOW + 300 * DAY, **changes: Any) -> Bulletin:
    body = {name: value for name, value in {**BODY, **changes}.items() if value is not ...}
    return Bulletin(kind, "all", "thu-01", 3, NOW - DAY, expires_ms, body)


def test_an_order_is_read_as_it_stands() -> None:
    order = read_order(bulletin(who={"===": [{"var": "venue.kind"}, "border"]}, stops=True, names_fields=True))
    assert (order.id, order.version, order.mandatory, order.form) == ("thu-01", 3, True, FORM)
    assert (order.start_ms, order.end_ms, order.valid_ms) == (NOW - DAY, NOW + DAY, DAY)
    assert order.stops
    assert order.names_fields
    assert order.notice["en"].startswith("Only")


def test_an_order_never_outlives_its_bulletin() -> None:
    assert read_order(bulletin(expires_ms=NOW)).end_ms == NOW


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("bulletin", {"kind": "rules"}),
        ("mandatory", {"mandatory": "yes"}),
        ("form", {"form": "https://gatepost.example/form/domestic"}),
        ("form", {"form": "x" * 200 + "|1"}),
        ("start", {"start": ...}),
        ("end", {"end": True}),
        ("end", {"end": NOW - DAY}),
        ("end", {"end": NOW - DAY + LONGEST_MS + 1}),
        ("valid", {"valid": 0}),
        ("legal_basis", {"legal_basis": ...}),
        ("legal_basis", {"legal_basis": {"en": "A decision"}}),
        ("purpose.vi", {"purpose": {"vi": " "}}),
        ("notice.vi", {"notice": {"vi": "a" * 4_001}}),
        ("stops", {"mandatory": False, "stops": True}),
        ("who", {"who": {"and": [True]}}),
        ("secret", {"secret": 1}),
    ],
)
def test_an_order_with_a_gap_is_refused_with_the_place(place: str, change: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=f"bad_order: {place}"):
        read_order(bulletin(**change))


def test_a_voluntary_form_needs_no_legal_basis() -> None:
    order = read_order(bulletin(mandatory=False, legal_basis=..., consequence=...))
    assert not order.mandatory


def test_of_one_order_the_newest_version_counts_even_when_it_has_ended() -> None:
    ended = replace(ORDER, version=2, end_ms=NOW)
    assert in_force((ORDER, ended), NOW) == in_force((ended, ORDER), NOW) == ()
    assert in_force((ORDER, ended), None) == (ended,)
    assert in_force((ORDER,), NOW) == (ORDER,)


def _changes() -> list[Order]:
    order = read_order(bulletin())
    other = {"vi": "Một câu khác"}
    return [
        order,
        *(replace(order, **{name: other}) for name in TEXTS),
        replace(order, version=4),
        replace(order, end_ms=order.end_ms + 1),
        replace(order, mandatory=False),
        replace(order, form=FORM + "1"),
        replace(order, names_fields=True),
    ]


def test_the_hash_of_the_consent_changes_with_everything_that_was_read() -> None:
    hashes = [consent_hash(order, "vi") for order in _changes()]
    assert {len(one) for one in hashes} == {32}
    assert len(set(hashes)) == len(hashes)
    assert consent_hash(_changes()[0], "en") != hashes[0]
    assert consent_hash(_changes()[0], "vi") == hashes[0]


def test_a_language_without_its_own_text_is_shown_the_vietnamese_one_and_hashed_so() -> None:
    order = read_order(bulletin())
    changed = replace(order, legal_basis={"vi": "Quyết định khác"})
    assert consent_hash(order, "km") != consent_hash(changed, "km")


_scraps = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6), st.binary(max_size=4)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.sampled_from([*BODY, "who", "stops", "names_fields"]), _scraps)
def test_a_body_of_any_shape_is_read_or_refused(place: str, scrap: Any) -> None:
    for hostile in (replace(bulletin(), body=scrap), bulletin(**{place: scrap})):
        try:
            read_order(hostile)
        except Refused as refusal:
            assert refusal.reason == "bad_order"
