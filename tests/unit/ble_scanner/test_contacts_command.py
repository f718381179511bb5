"""`candidates`: from files of several gateways to who was heard together with a case."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from ble_scanner.commands.candidates import run
from ble_scanner.rolling_id import bluezone_ids, rpis
from ble_scanner.sighting_lines import Heard, write_line
from tests.unit.ble_scanner.exports import export_zip
from wire.sightings import DAY_MS, SYSTEMS

KEY, TEK = bytes(range(32)), bytes(range(16))
MIDNIGHT = 1596240000_000
BLUEZONE, EN, TAG = SYSTEMS["bluezone"], SYSTEMS["exposure-notification"], SYSTEMS["tag"]
CASE = list(bluezone_ids(KEY))
PASS, STRANGER = b"\x01" * 16, b"\x02" * 12


def stay(minutes: range, identifier: bytes, system: int, gateway: str = "", rssi: int = -70) -> list[Heard]:
    return [Heard(system, identifier, MIDNIGHT + m * 60_000, rssi, gateway) for m in minutes]


def case_stay(minutes: range, gateway: str = "") -> list[Heard]:
    return [heard for m in minutes for heard in stay(range(m, m + 1), CASE[m // 15], BLUEZONE, gateway)]


def write(path: Path, heard: list[Heard]) -> None:
    ordered = sorted(heard, key=lambda one: one.at_ms)
    path.write_text("".join(write_line(one) + "\n" for one in ordered), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "ward-1.jsonl", [*case_stay(range(40)), *stay(range(10, 50), PASS, TAG)])
    write(tmp_path / "ward-2.jsonl", [*case_stay(range(40, 60)), *stay(range(45, 60), PASS, TAG, rssi=-95)])
    write(
        tmp_path / "building.jsonl",
        [*case_stay(range(30), "a"), *case_stay(range(30), "b"), *stay(range(3), STRANGER, BLUEZONE, "b")],
    )
    row = {"system": "bluezone", "key": KEY.hex(), "start": MIDNIGHT // 1000, "end": (MIDNIGHT + DAY_MS) // 1000}
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [row | {"case": "case-7"}]}))
    (tmp_path / "ids.txt").write_text("\n".join(identifier.hex() for identifier in CASE))
    return tmp_path


def listed(folder: Path, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    stdout, stderr = StringIO(), StringIO()
    status = run([str(folder / one) if "." in one else one for one in arguments], StringIO(), stdout, stderr)
    return status, [json.loads(line) for line in stdout.getvalue().splitlines()], stderr.getvalue()


def test_two_wards_add_up_to_one_candidate(folder: Path) -> None:
    status, lines, stderr = listed(
        folder,
        "--sightings",
        "ward-1.jsonl",
        "--sightings",
        "ward-2.jsonl",
        "--gateway",
        "Phòng 1",
        "--keys",
        "keys.json",
    )
    assert (status, stderr) == (0, "")
    assert lines == [
        {
            "case": "case-7",
            "case_system": "bluezone",
            "case_id": CASE[0].hex(),
            "system": "tag",
            "id": PASS.hex(),
            "start": MIDNIGHT + 10 * 60_000,
            "end": MIDNIGHT + 60 * 60_000,
            "windows": 30 + 15,
            "bucket": 2,
            "gateways": ["Phòng 1", "ward-2"],
        }
    ]


def test_the_cases_identifiers_can_be_named_one_by_one(folder: Path) -> None:
    of_keys = listed(folder, "--sightings", "ward-1.jsonl", "--keys", "keys.json")[1]
    of_ids = listed(folder, "--sightings", "ward-1.jsonl", "--case-ids", "ids.txt")[1]
    assert [line | {"case": ""} for line in of_keys] == of_ids


def test_lines_that_name_their_gateway_need_no_name(folder: Path) -> None:
    lines = listed(folder, "--sightings", "building.jsonl", "--keys", "keys.json")[1]
    assert [(line["id"], line["windows"], line["gateways"]) for line in lines] == [(STRANGER.hex(), 3, ["b"])]


def test_the_minutes_that_count_can_be_chosen(folder: Path) -> None:
    common = ("--sightings", "ward-1.jsonl", "--keys", "keys.json", "--minutes")
    assert len(listed(folder, *common, "30")[1]) == 1
    assert listed(folder, *common, "31")[1] == []


def test_a_key_that_is_over_makes_no_case(folder: Path) -> None:
    row = {"system": "bluezone", "key": KEY.hex(), "start": MIDNIGHT // 1000, "end": MIDNIGHT // 1000 + 60}
    (folder / "early.json").write_text(json.dumps({"keys": [row]}))
    (line,) = listed(folder, "--sightings", "ward-1.jsonl", "--keys", "early.json")[1]
    assert line["case"] == "keys[0]"
    assert line["windows"] == 5  # the slot that began while the key spoke, together with the tag: minutes 10 to 14


def test_an_export_works_too_and_is_said_to_be_unchecked(folder: Path) -> None:
    (folder / "export.zip").write_bytes(
        export_zip(keys=[{"key_data": TEK, "rolling_start_interval_number": MIDNIGHT // 600_000}])
    )
    sent = rpis(TEK, MIDNIGHT // 600_000)[0] + b"\xaa\xbb\xcc\xdd"
    write(folder / "en.jsonl", [*stay(range(10), sent, EN), *stay(range(10), PASS, TAG)])
    status, lines, stderr = listed(folder, "--sightings", "en.jsonl", "--keys", "export.zip")
    assert (status, lines[0]["windows"], lines[0]["case_id"]) == (0, 10, sent.hex())
    assert "not checked" in stderr
    named = json.dumps({"system": "exposure-notification", "id": sent[:16].hex(), "case": "c"})
    (folder / "one.txt").write_text(f"\ufeff{named}\r\n\n")
    assert listed(folder, "--sightings", "en.jsonl", "--case-ids", "one.txt")[1][0]["case"] == "c"


def test_bad_lines_are_counted_and_passed_over(folder: Path) -> None:
    with (folder / "ward-1.jsonl").open("a") as file:
        file.write("nonsense\n" + "x" * 100_000)
    status, lines, stderr = listed(folder, "--sightings", "ward-1.jsonl", "--keys", "keys.json")
    assert (status, len(lines)) == (0, 1)
    assert "lines cannot be read" in stderr


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((), 2, "wrong usage"),
        (("--sightings", "ward-1.jsonl"), 2, "--keys"),
        (("--sightings", "ward-1.jsonl", "--keys", "keys.json", "--case-ids", "ids.txt"), 2, "not allowed"),
        (("--sightings", "ward-1.jsonl", "--keys", "keys.json", "--minutes", "0"), 2, "1..1440"),
        (("--sightings", "missing.jsonl", "--keys", "keys.json"), 2, "cannot read"),
        (("--sightings", "ward-1.jsonl", "--keys", "missing.json"), 2, "cannot read"),
        (("--sightings", "ward-1.jsonl", "--keys", "ward-1.jsonl"), 1, "no file of keys"),
        (("--sightings", "ward-1.jsonl", "--case-ids", "keys.json"), 2, "no identifier of a case"),
        (("--sightings", "ward-1.jsonl", "--keys", "keys.json", "--gateway", "a", "--gateway", "b"), 2, "needs"),
    ],
)
def test_what_cannot_be_done_is_said_in_both_languages(
    folder: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    ended, lines, stderr = listed(folder, *arguments)
    assert (ended, lines) == (status, [])
    assert words in stderr
    assert "Traceback" not in stderr
