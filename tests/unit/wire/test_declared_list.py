"""Several declared forms on one pass: each until its own end, old passes as they were, and nothing else is a list."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.pass_qr import PURPOSE, Pass, encode_rotating, open_pass, sign_pass
from credentials.read import read
from credentials.trust import Trust
from rules.decide import decide
from rules.known import Known
from rules.orders import Order
from wire import cbor
from wire.crypto import SigningKey, sign1
from wire.declared import MOST, as_text, from_text, is_among, joined, mark_of
from wire.records import Signal
from wire.refusal import Refused

NOW_S = 1_790_000_000
ISSUER, HOLDER = SigningKey(bytes(range(32))), SigningKey(bytes(range(1, 33)))
ISSUERS = {ISSUER.kid: ISSUER.public}
FEVER, ROUTE = "https://gatepost.example/form/thu|1", "https://gatepost.example/form/duong|1"
BOTH = joined([(mark_of(FEVER), NOW_S + 60), (mark_of(ROUTE), NOW_S + 120)], NOW_S)
MARKS = st.integers(-(2**31), -1)
SAID = st.lists(st.tuples(MARKS, st.integers(0, 2**33)), max_size=9)


def order(form: str) -> Order:
    return Order(f"o-{form[-4:]}", 1, True, form, 0, 2 * NOW_S * 1000, 86_400_000)


def answer(shown: Pass, now_s: int) -> Signal:
    text = encode_rotating(sign_pass(shown, ISSUER), shown.pass_id, HOLDER, now_s)
    code = read(text, now=datetime.fromtimestamp(now_s, UTC), trust=Trust(ISSUERS, {}, frozenset()))
    return decide(Known(code, orders=(order(FEVER), order(ROUTE)), now_ms=now_s * 1000)).signal


def test_one_pass_opens_a_gate_that_asks_for_two_forms_until_the_first_of_them_runs_out() -> None:
    shown = Pass(bytes(16), NOW_S + 9_000, 0, None, HOLDER.public, None, BOTH)
    assert answer(shown, NOW_S) is Signal.ALLOW
    assert answer(shown, NOW_S + 60) is Signal.ASK, "the pass is still good, that form is not"
    assert answer(Pass(bytes(16), NOW_S + 9_000, 0, mark_of(FEVER), HOLDER.public), NOW_S) is Signal.ASK


@given(SAID, st.integers(0, 2**33))
def test_what_is_joined_lasts_and_is_read_back_from_the_pass_and_from_its_text(
    said: list[tuple[int, int]], now_s: int
) -> None:
    declared = joined(said, now_s)
    assert len(declared) <= MOST
    assert len({mark for mark, _ in declared}) == len(declared)
    assert all(until_s > now_s for _, until_s in declared)
    assert from_text(as_text(declared)) == declared
    for shift in (None, (480, 1020)):
        shown = Pass(bytes(16), NOW_S, 0, None, None, shift, declared)
        assert open_pass(sign_pass(shown, ISSUER), ISSUERS) == shown


def test_a_pass_of_before_reads_as_it_did_byte_for_byte() -> None:
    for fields in ([bytes(16), NOW_S, 0, -5, None], [bytes(16), NOW_S, 0, None, None, [480, 1020]]):
        signed = sign1(cbor.dumps(fields), ISSUER, PURPOSE)
        assert sign_pass(open_pass(signed, ISSUERS), ISSUER) == signed


@pytest.mark.parametrize(
    "last",
    [
        [[1, NOW_S]],
        [[-1, -1]],
        [[-1, True]],
        [[-1, NOW_S, 0]],
        [[-1]],
        [-1, [-1, NOW_S]],
        [[-1, NOW_S]] * (MOST + 1),
        [[-(2**31) - 1, NOW_S]],
        [],
        "x",
    ],
)
def test_any_other_list_is_no_pass(last: object) -> None:
    signed = sign1(cbor.dumps([bytes(16), NOW_S, 0, None, None, last]), ISSUER, PURPOSE)
    with pytest.raises(Refused, match="bad_schema"):
        open_pass(signed, ISSUERS)


def test_a_field_that_is_no_list_of_marks_declares_nothing() -> None:
    for text in (None, 5, "", "-1", "-1@", "1@2", "-1@2@3", "x -١@2"):
        assert not is_among(from_text(text), FEVER, 0)
