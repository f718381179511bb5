"""Taps reach the gate in order, each once, and do not pile up."""

from pathlib import Path

from store.sightings import Sightings
from store.taps import KEPT_ROWS, TapRow, add_tap, last_tap_id, taps_after
from tests.unit.store.heard import NOW_MS, sightings_in


def _tap(sightings: Sightings, number: int) -> int:
    return add_tap(
        sightings,
        pass_id=number.to_bytes(16, "big"),
        expires_s=NOW_MS // 1000 + 60,
        companions=2,
        at_ms=NOW_MS + number,
        boot=b"boot 001",
        mono_ms=number,
    )


def test_the_gate_takes_up_what_is_new_in_order(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as radio, sightings_in(tmp_path) as gate:
        assert last_tap_id(gate) == 0 and taps_after(gate, 0) == []
        first = _tap(radio, 1)
        expected = TapRow(first, (1).to_bytes(16, "big"), NOW_MS // 1000 + 60, 2, NOW_MS + 1, b"boot 001", 1)
        assert taps_after(gate, 0) == [expected]
        _tap(radio, 2)
        third = _tap(radio, 3)
        assert [tap.mono_ms for tap in taps_after(gate, first)] == [2, 3]
        assert [tap.mono_ms for tap in taps_after(gate, first, most=1)] == [2]
        assert last_tap_id(gate) == third


def test_only_the_last_taps_stay(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as radio:
        for number in range(KEPT_ROWS + 30):
            _tap(radio, number)
        found = taps_after(radio, 0, most=1000)
        assert [tap.mono_ms for tap in found] == list(range(30, KEPT_ROWS + 30))


def test_an_id_is_never_given_twice(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as radio:
        before = _tap(radio, 1)
        radio.execute("DELETE FROM tap")
        assert _tap(radio, 2) > before
