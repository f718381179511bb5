"""The mark of a declared form on a pass: one number for one form, no clearance, and no other form's."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from credentials.pass_qr import Pass
from credentials.types import Credential
from rules.decide import decide
from rules.known import Exposure, Known
from rules.orders import Order
from wire.declared import is_declared, mark_of
from wire.records import Signal

DOMESTIC = "https://gatepost.example/form/domestic|1"
NOW_MS = 1_790_000_000_000
ORDER = Order("o-1", 1, True, DOMESTIC, NOW_MS - 1, NOW_MS + 1, 3_600_000)


def shown(outcome: int | None) -> Credential:
    ends = datetime.fromtimestamp(NOW_MS / 1000 + 60, UTC).isoformat()
    return Credential("pass", "valid", "ok", (), "ab" * 16, {"outcome": outcome, "companions": 0, "expires": ends})


def test_the_page_shows_the_number() -> None:
    page = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text("utf-8")
    assert f"{DOMESTIC} -> {mark_of(DOMESTIC)}\n" in page


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_mark_fits_a_pass_and_stands_for_one_form(one: str, other: str) -> None:
    Pass(bytes(16), 0, 0, mark_of(one))
    assert -(2**31) <= mark_of(one) < 0
    assert is_declared(mark_of(one), one)
    assert (one == other) == is_declared(mark_of(one), other)


def test_no_signal_and_nothing_at_all_is_a_mark() -> None:
    for outcome in (None, 0, *map(int, Signal), True, "x"):
        assert not is_declared(outcome, DOMESTIC)


def test_a_declared_pass_satisfies_its_order_and_no_other() -> None:
    for outcome, signal in ((mark_of(DOMESTIC), Signal.ALLOW), (mark_of(DOMESTIC[:-1] + "2"), Signal.ASK)):
        known = Known(shown(outcome), orders=(ORDER,), now_ms=NOW_MS)
        assert decide(known).signal is signal


def test_a_declared_pass_clears_nobody_of_an_exposure() -> None:
    known = Known(shown(mark_of(DOMESTIC)), orders=(ORDER,), now_ms=NOW_MS, exposure=Exposure(NOW_MS + 1))
    assert decide(known).signal is Signal.ASK
    assert decide(Known(shown(int(Signal.ALLOW)), now_ms=NOW_MS, exposure=Exposure(NOW_MS + 1))).signal is Signal.ALLOW
