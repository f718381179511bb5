"""Sightings as lines of text: ours, a phone's, damaged ones; five million of them."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_scanner.sighting_lines import MOST_LINE, Heard, Tally, read_lines, windows_of, write_line
from wire.sightings import SYSTEMS, WINDOW_MS, SightingWindow

AT = 1596271032000
ID = bytes.fromhex("490c085d937456a4dd07e710")
LINE = {"system": "bluezone", "id": ID.hex(), "at": AT, "rssi": -71}
TRACE = f"130CEA6472130C185D8643DF\t{ID.hex().upper()}\t-71\t{AT // 1000}\n"


def read(*lines: str) -> tuple[list[Heard], Tally]:
    tally = Tally()
    return list(read_lines(lines, tally)), tally


def test_our_own_lines_and_a_phones_are_told_apart_line_by_line() -> None:
    ward = json.dumps(LINE | {"gateway": "ward-3"})
    found, tally = read(json.dumps(LINE) + "\n", TRACE, ward)
    assert found == [Heard(1, ID, AT, -71), Heard(1, ID, AT, -71), Heard(1, ID, AT, -71, "ward-3")]
    assert (tally.good, tally.empty, tally.bad) == (3, 0, 0)


@pytest.mark.parametrize(
    ("system", "length"), [("bluezone", 12), ("exposure-notification", 16), ("exposure-notification", 20), ("tag", 16)]
)
def test_what_was_written_is_read_again(system: str, length: int) -> None:
    heard = Heard(SYSTEMS[system], bytes(range(length)), AT, -71, "Chợ thử")
    assert read(write_line(heard))[0] == [heard]
    assert read(write_line(heard._replace(gateway="")))[0] == [heard._replace(gateway="")]


def test_rows_of_classic_bluetooth_are_counted_apart() -> None:
    assert read(f"130CEA6472130C185D8643DF\t\t-71\t{AT}\n")[1].empty == 1


def test_blank_lines_and_a_byte_order_mark_do_not_count() -> None:
    found, tally = read("\ufeff", "\n", "  \r\n", "\ufeff" + json.dumps(LINE), "")
    assert (len(found), tally.bad) == (1, 0)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "{}",
        "[1]",
        "five",
        '{"a":' * 300,
        "x" * (MOST_LINE + 1),
        json.dumps(LINE | {"system": "ibeacon"}),
        json.dumps(LINE | {"system": ["bluezone"]}),
        json.dumps(LINE | {"id": ID.hex()[:-2]}),
        json.dumps(LINE | {"id": "zz" * 12}),
        json.dumps(LINE | {"id": 5}),
        json.dumps(LINE | {"at": "tomorrow"}),
        json.dumps(LINE | {"at": None}),
        json.dumps(LINE | {"at": -1}),
        json.dumps(LINE | {"rssi": "-71"}),
        json.dumps(LINE | {"rssi": True}),
        json.dumps(LINE | {"rssi": -200}),
        json.dumps(LINE | {"gateway": 5}),
        json.dumps(LINE | {"gateway": "x" * 65}),
        json.dumps(LINE | {"gateway": "half of a character: \ud83d"}),
        json.dumps(LINE | {"gateway": "two\nlines"}),
    ],
)
def test_a_bad_line_is_counted_and_passed_over_and_never_repeated(line: str) -> None:
    found, tally = read(json.dumps(LINE), line, json.dumps(LINE))
    assert (len(found), tally.bad) == (2, 1)
    assert tally.faults[0].startswith("line 2: ")
    assert line not in tally.faults[0]
    assert ID.hex()[:-2] not in tally.faults[0]


def test_only_the_first_faults_are_told() -> None:
    assert len(read(*["x"] * 100)[1].faults) == 5


@given(st.text(max_size=100))
def test_any_text_is_read_or_counted(line: str) -> None:
    found, tally = read(line)
    assert len(found) == tally.good


def test_sightings_become_the_windows_that_a_gateway_would_have_kept() -> None:
    minute = AT // WINDOW_MS * WINDOW_MS
    heard = [Heard(1, ID, minute + s * 1000, -70 - s, "a") for s in range(3)]
    heard += [Heard(1, ID, minute + WINDOW_MS, -60, "a"), Heard(1, ID, minute, -50, "b")]
    assert sorted(windows_of(heard)) == [
        ("a", SightingWindow(1, ID, minute, -70, -71, 3)),
        ("a", SightingWindow(1, ID, minute + WINDOW_MS, -60, -60, 1)),
        ("b", SightingWindow(1, ID, minute, -50, -50, 1)),
    ]


def test_lines_out_of_order_lose_nothing() -> None:
    minutes = [5, 1, 5, 9, 1]
    found = list(windows_of(Heard(1, ID, minute * WINDOW_MS, -70) for minute in minutes))
    assert sorted(window.at_ms // WINDOW_MS for _, window in found for _ in range(window.heard)) == sorted(minutes)


def test_a_long_file_streams_minute_by_minute() -> None:
    """What comes out is never more than a minute behind what went in: nothing is collected."""
    went_in = 0

    def lines() -> Iterator[str]:
        nonlocal went_in
        for minute in range(200):
            for phone in range(50):
                went_in += 1
                yield json.dumps(LINE | {"id": f"{phone:024x}", "at": AT + minute * WINDOW_MS})

    for came_out, _ in enumerate(windows_of(read_lines(lines(), Tally()))):
        assert went_in - came_out <= 51
    assert came_out == 200 * 50 - 1
