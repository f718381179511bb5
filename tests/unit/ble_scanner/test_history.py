"""A confirmed case's own history: whom its phone had met, whether it is its own, where the gateways heard them."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from ble_scanner.commands.history import MOST_ROWS, run
from ble_scanner.published.bluezone import InfoF
from ble_scanner.published.history import CLOCK_MS, Checked, OwnIds, checked, met, own_ids_of
from ble_scanner.published.trace import TraceRow
from ble_scanner.rolling_id import bluezone_ids, daily_key_after
from ble_scanner.sighting_lines import Heard, write_line
from wire.sightings import DAY_MS, SYSTEMS, WINDOW_MS, SightingWindow

KEY = bytes(range(32))
DAY = 1596240000 // 86_400
MIDNIGHT = DAY * DAY_MS
SLOT_MS = DAY_MS // 96
INFO = InfoF(KEY, MIDNIGHT // 1000, daily_key_after(KEY, 1), MIDNIGHT // 1000 + 86_400)
BLUEZONE = SYSTEMS["bluezone"]
HIM, HER = bytes.fromhex("aa" * 12), bytes.fromhex("bb" * 12)


def own(at_ms: int) -> bytes:
    """What the case's phone sent then."""
    day = at_ms // DAY_MS
    return list(bluezone_ids(daily_key_after(KEY, day - DAY)))[at_ms % DAY_MS // SLOT_MS]


def row(minute: float, contact: bytes = HIM, rssi: int = -70, own_id: bytes | None = None) -> TraceRow:
    at_ms = MIDNIGHT + round(minute * 60_000)
    return TraceRow(own(at_ms) if own_id is None else own_id, contact, rssi, at_ms)


def test_encounters_with_a_contact_count_minutes_and_name_the_cases_identifiers_meanwhile() -> None:
    rows = [row(minute, rssi=-70 - minute % 3) for minute in range(10, 20)]
    (found,) = met(checked(rows, None, Checked()), {})
    assert (found.encounter.identifier, found.encounter.windows, found.encounter.strongest) == (HIM, 10, -70)
    assert found.own == (own(MIDNIGHT + 10 * 60_000), own(MIDNIGHT + 15 * 60_000))
    assert found.heard_at == ()


def test_a_contact_that_was_stored_again_within_5_seconds_is_one_report() -> None:
    tally = Checked()
    kept = checked([row(0), row(2 / 60), row(4.9 / 60), row(5 / 60), row(6 / 60, HER)], None, tally)
    assert (len(kept), tally.doubles, tally.rows) == (3, 2, 5)


def test_the_order_of_the_file_does_not_matter() -> None:
    rows = [row(minute) for minute in range(5)]
    assert checked(reversed(rows), None, Checked()) == rows


def test_rows_that_the_phone_cannot_have_made_are_counted_and_left_out() -> None:
    tally = Checked()
    foreign, stale = row(3, own_id=HER), row(600, own_id=own(MIDNIGHT))
    rows = [row(1), row(2, contact=b""), foreign, stale]
    kept = checked(rows, own_ids_of(INFO, rows), tally)
    assert kept == [row(1)]
    assert (tally.not_own, tally.own_at_another_time, tally.without_contact) == (1, 1, 1)


@pytest.mark.parametrize(
    ("late_ms", "verdict"),
    [(0, "own"), (-CLOCK_MS, "own"), (SLOT_MS + CLOCK_MS, "own"), (-CLOCK_MS - 1, "own_at_another_time")],
)
def test_a_clock_that_is_two_hours_off_is_borne(late_ms: int, verdict: str) -> None:
    began = MIDNIGHT + 40 * SLOT_MS
    asked = OwnIds(INFO, [DAY - 1, DAY, DAY + 1])
    assert asked.verdict(TraceRow(own(began), HIM, -70, began + late_ms)) == verdict


def test_a_row_with_a_wild_date_does_not_spoil_the_others() -> None:
    wild = row(1)._replace(at_ms=MIDNIGHT + 900_000 * DAY_MS)
    rows, tally = [row(0), wild, row(2)], Checked()
    assert checked(rows, own_ids_of(INFO, rows), tally) == [row(0), row(2)]
    assert tally.own_at_another_time == 1


def test_rows_from_before_the_first_key_are_not_its_own() -> None:
    rows = [TraceRow(own(MIDNIGHT), HIM, -70, MIDNIGHT - 3 * DAY_MS)]
    tally = Checked()
    assert checked(rows, own_ids_of(INFO, rows), tally) == []
    assert tally.own_at_another_time + tally.not_own == 1
    assert checked([], own_ids_of(INFO, []), Checked()) == []


def test_the_gateways_that_heard_the_case_or_the_contact_then_are_named() -> None:
    def window(minute: int, identifier: bytes, strongest: int = -60) -> SightingWindow:
        return SightingWindow(BLUEZONE, identifier, MIDNIGHT + minute * WINDOW_MS, strongest, strongest, 9)

    mine = own(MIDNIGHT + 30 * 60_000)
    heard = {
        "gate": [window(30, mine), window(31, mine, -50), window(31, HIM), window(31, HER)],
        "ward": [window(32, HIM), window(30 + 10 * 60, HIM)],
    }
    (found,) = met([row(30), row(31)], heard)
    first, second = MIDNIGHT + 30 * WINDOW_MS, MIDNIGHT + 31 * WINDOW_MS
    assert [tuple(place) for place in found.heard_at] == [
        ("gate", "own", 2, first, second, -50),
        ("gate", "contact", 1, second, second, -60),
        ("ward", "contact", 1, second + WINDOW_MS, second + WINDOW_MS, -60),
    ]


def told(folder: Path, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    stdout, stderr = StringIO(), StringIO()
    status = run([str(folder / one) if "." in one else one for one in arguments], StringIO(), stdout, stderr)
    return status, [json.loads(line) for line in stdout.getvalue().splitlines()], stderr.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [row(minute, rssi=-65) for minute in range(10)] + [row(5, b""), row(6, HER, own_id=HIM)]
    lines = [f"{r.own.hex().upper()}\t{r.contact.hex().upper()}\t{r.rssi}\t{r.at_ms // 1000}\r\n" for r in rows]
    (tmp_path / "data_trace.txt").write_text("\ufeff" + "".join(lines) + "damaged\n", "utf-8", newline="")
    said = {"base_id": INFO.base.hex(), "time": INFO.base_s, "daily_key": INFO.daily.hex(), "time_start": INFO.daily_s}
    (tmp_path / "info.json").write_text(json.dumps(said))
    (tmp_path / "other.json").write_text(json.dumps(said | {"daily_key": "00" * 32}))
    heard = [Heard(BLUEZONE, own(MIDNIGHT), MIDNIGHT + m * 60_000, -60) for m in range(4)]
    (tmp_path / "gate.jsonl").write_text("".join(write_line(one) + "\n" for one in heard))
    return tmp_path


def test_the_command_joins_history_keys_and_sightings(folder: Path) -> None:
    arguments = ("data_trace.txt", "--info", "info.json", "--sightings", "gate.jsonl", "--gateway", "Cổng 1")
    status, lines, stderr = told(folder, *arguments)
    assert status == 0
    assert "1 dòng" in stderr
    assert "line 13: four columns" in stderr
    encounter, summary = lines
    assert (encounter["contact"], encounter["minutes"], encounter["strongest"]) == (HIM.hex(), 10, -65)
    assert encounter["start"] == MIDNIGHT
    assert encounter["heard_at"] == [
        {
            "gateway": "Cổng 1",
            "who": "own",
            "minutes": 4,
            "first": MIDNIGHT,
            "last": MIDNIGHT + 3 * WINDOW_MS,
            "strongest": -60,
        }
    ]
    assert summary["summary"] == {
        "rows": 12,
        "without_contact": 1,
        "doubles": 0,
        "own_at_another_time": 0,
        "not_own": 1,
        "bad_lines": 1,
        "sightings": 4,
        "contacts": 1,
        "encounters": 1,
        "keys_of_one_phone": True,
    }


def test_without_the_cases_keys_every_row_is_believed(folder: Path) -> None:
    status, lines, _ = told(folder, "data_trace.txt")
    assert status == 0
    assert {line.get("contact") for line in lines[:-1]} == {HIM.hex(), HER.hex()}
    assert lines[-1]["summary"]["keys_of_one_phone"] is None


def test_keys_that_are_not_of_one_phone_end_with_1(folder: Path) -> None:
    status, lines, _ = told(folder, "data_trace.txt", "--info", "other.json")
    assert (status, lines[-1]["summary"]["keys_of_one_phone"]) == (1, False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "wrong usage"),
        (("missing.txt",), "cannot read"),
        (("data_trace.txt", "--info", "data_trace.txt"), "no InfoF"),
        (("data_trace.txt", "--sightings", "missing.jsonl"), "cannot read"),
        (("data_trace.txt", "--gateway", "a"), "needs a --sightings"),
    ],
)
def test_wrong_usage_ends_with_2(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    status, lines, stderr = told(folder, *arguments)
    assert (status, lines) == (2, [])
    assert words in stderr


def test_a_file_that_no_phone_can_have_kept_is_refused(folder: Path) -> None:
    line = f"{HIM.hex()}\t{HER.hex()}\t-70\t{MIDNIGHT}\n"
    (folder / "long.txt").write_text(line * (MOST_ROWS + 1))
    status, lines, stderr = told(folder, "long.txt")
    assert (status, lines) == (2, [])
    assert "too long" in stderr
