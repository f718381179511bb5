"""`match`: published keys against files of sightings, and the job on a kiosk's own store."""

import fcntl
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from ble_scanner.commands.match import run
from ble_scanner.match_here import LOCK
from ble_scanner.rolling_id import bluezone_ids, rpis
from ble_scanner.sighting_lines import Heard, write_line
from kiosk.commands.purge import run as run_purge
from store.exposures import exposed_passes
from tests.unit.ble_scanner.exports import export_zip
from tests.unit.ble_scanner.held import (
    MORNING_MS,
    case_key,
    case_windows,
    gate_in,
    minutes,
    stranger_windows,
    tag,
    tag_windows,
)
from tests.unit.kiosk.test_guard_command import TOML
from tests.unit.store.heard import sightings_in
from wire.sightings import DAY_MS, SYSTEMS, WINDOW_MS

KEY, TEK = bytes(range(32)), bytes(range(16))
MIDNIGHT = 1596240000_000
BLUEZONE, EN, TAG = SYSTEMS["bluezone"], SYSTEMS["exposure-notification"], SYSTEMS["tag"]
SENT = list(bluezone_ids(KEY))


def match(*argv: str | Path) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, lines of JSON, what was said on stderr."""
    stdout, stderr = StringIO(), StringIO()
    status = run([str(one) for one in argv], StringIO(), stdout, stderr)
    return status, [json.loads(line) for line in stdout.getvalue().splitlines()], stderr.getvalue()


def write(path: Path, heard: list[Heard], more: str = "") -> Path:
    path.write_text("".join(write_line(one) + "\n" for one in heard) + more, "utf-8")
    return path


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    start_s = MIDNIGHT // 1000
    row = {"system": "bluezone", "key": KEY.hex(), "start": start_s, "end": start_s + 86_400, "case": "ca-7"}
    path.write_text(json.dumps({"keys": [row]}))
    return path


def test_each_identifier_of_a_case_is_a_line_with_its_minutes(tmp_path: Path, keys: Path) -> None:
    heard = [Heard(BLUEZONE, SENT[4], MIDNIGHT + 3_600_000 + second * 20_000, -80 + second) for second in range(12)]
    heard += [Heard(BLUEZONE, SENT[5], MIDNIGHT + 4_500_000, -90), Heard(BLUEZONE, b"\7" * 12, MIDNIGHT, -50)]
    heard += [Heard(BLUEZONE, SENT[4], MIDNIGHT + 9 * 3_600_000, -40), Heard(TAG, b"\7" * 16, MIDNIGHT, -50)]
    status, lines, said = match("--keys", keys, "--sightings", write(tmp_path / "heard.jsonl", heard))
    first = MIDNIGHT + 3_600_000
    assert (status, said) == (0, "")
    assert lines == [
        {
            "system": "bluezone",
            "id": SENT[4].hex(),
            "case": "ca-7",
            "at": [first + n * WINDOW_MS for n in range(4)],
            "windows": 4,
            "first": first,
            "last": first + 3 * WINDOW_MS,
            "strongest": -69,
        },
        {
            "system": "bluezone",
            "id": SENT[5].hex(),
            "case": "ca-7",
            "at": [MIDNIGHT + 4_500_000],
            "windows": 1,
            "first": MIDNIGHT + 4_500_000,
            "last": MIDNIGHT + 4_500_000,
            "strongest": -90,
        },
    ]


def test_lines_in_any_order_and_in_several_files_count_each_minute_once(tmp_path: Path, keys: Path) -> None:
    at = [MIDNIGHT + second * 1000 for second in (130, 5, 70, 10, 120, 65)]
    files = [
        write(tmp_path / f"{name}.jsonl", [Heard(BLUEZONE, SENT[0], at_ms, rssi) for at_ms in at])
        for name, rssi in (("one", -80), ("two", -61))
    ]
    status, lines, _ = match("--keys", keys, "--sightings", files[0], "--sightings", files[1])
    assert status == 0
    assert [(line["windows"], line["strongest"]) for line in lines] == [(3, -61)]


def test_bluezones_own_key_file_and_history_are_read(tmp_path: Path) -> None:
    row = {"daily_key": KEY.hex(), "time_start": MIDNIGHT // 1000, "max": 96, "time_end": MIDNIGHT // 1000 + 86_399}
    (tmp_path / "keys.json").write_text(json.dumps({"data": [row]}))
    (tmp_path / "data_trace.txt").write_text(f"{'AA' * 12}\t{SENT[34].hex().upper()}\t-71\t1596271032000\n")
    status, lines, _ = match("--keys", tmp_path / "keys.json", "--sightings", tmp_path / "data_trace.txt")
    assert status == 0
    assert [(line["id"], line["at"], line["strongest"]) for line in lines] == [
        ("435f234bd1c41c3e85c5cec6", [1596271032000 // 60_000 * 60_000], -71)
    ]


def test_an_export_is_matched_by_identifier_whatever_metadata_was_heard(tmp_path: Path) -> None:
    key = {"key_data": TEK, "rolling_start_interval_number": MIDNIGHT // 600_000}
    (tmp_path / "export.zip").write_bytes(export_zip(keys=[key]))
    sent = rpis(TEK, MIDNIGHT // 600_000)[3]
    heard = [
        Heard(EN, sent + b"\1\2\3\4", MIDNIGHT + 1_800_000, -70),
        Heard(EN, sent, MIDNIGHT + 1_800_000 + WINDOW_MS, -75),
    ]
    status, lines, said = match("--keys", tmp_path / "export.zip", "--sightings", write(tmp_path / "h.jsonl", heard))
    assert status == 0 and "verify-export" in said
    assert [(line["system"], line["id"], line["windows"]) for line in lines] == [
        ("exposure-notification", sent.hex(), 2)
    ]


def test_bad_lines_are_counted_and_passed_over(tmp_path: Path, keys: Path) -> None:
    path = write(tmp_path / "heard.jsonl", [Heard(BLUEZONE, SENT[0], MIDNIGHT, -70)], "{]\nno line\n")
    status, lines, said = match("--keys", keys, "--sightings", path)
    assert (status, len(lines)) == (0, 1)
    assert said.startswith("heard.jsonl: 2 ")


def test_what_cannot_be_read_is_named(tmp_path: Path, keys: Path) -> None:
    nothing = tmp_path / "nothing.jsonl"
    status, lines, said = match("--keys", keys, "--sightings", nothing)
    assert (status, lines) == (1, []) and str(nothing) in said
    (tmp_path / "odd.json").write_text("{}")
    nothing.touch()
    status, lines, said = match("--keys", tmp_path / "odd.json", "--sightings", nothing)
    assert (status, lines) == (1, []) and "odd.json" in said


@pytest.mark.parametrize("argv", [[], ["--keys", "a"], ["--sightings", "a"], ["--keys", "a", "--settings", "b"]])
def test_wrong_usage_is_one_sentence_in_both_languages(argv: list[str]) -> None:
    status, lines, said = match(*argv)
    assert (status, lines) == (2, []) and "Cần --keys" in said and len(said.splitlines()) == 1


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.toml"
    path.write_text(TOML.format(folder=tmp_path, guard=""), "utf-8")
    return path


def test_the_job_of_a_kiosk_prints_counts_and_nothing_else(tmp_path: Path, settings: Path) -> None:
    with gate_in(tmp_path / "data") as gate:
        gate.sightings.keep([*case_windows(minutes(60, 40)), *tag_windows(1, minutes(60, 20))])
        gate.sightings.keep(stranger_windows(1, minutes(60, 20)))
        gate.publish(case_key())
    status, lines, said = match("--settings", settings, "--bench")
    assert (status, said) == (0, "")
    (counts,) = lines
    assert all(type(value) is int for value in counts.values())
    assert (counts["keys"], counts["windows"], counts["exposures"]) == (1, 40, 1)
    assert (counts["sent"], counts["waiting"]) == (0, 1), "this kiosk was never enrolled"
    with sightings_in(tmp_path / "data") as sightings:
        assert set(exposed_passes(sightings, 0)) == {tag(1)}


def test_two_jobs_at_once_are_one(tmp_path: Path, settings: Path) -> None:
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert match("--settings", settings, "--bench") == (0, [{"skipped": "running"}], "")
    assert match("--settings", settings, "--bench")[1][0]["keys"] == 0


def test_settings_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    status, lines, said = match("--settings", tmp_path / "none.toml")
    assert (status, lines) == (2, []) and "none.toml" in said


def test_the_purge_of_a_kiosk_tells_what_it_took_of_the_radio(tmp_path: Path, settings: Path) -> None:
    def purge() -> dict[str, Any]:
        stdout = StringIO()
        assert run_purge(["--settings", str(settings), "--bench"], StringIO(), stdout, StringIO()) == 0
        told: dict[str, Any] = json.loads(stdout.getvalue())
        return told

    assert purge()["sightings"] == {}, "a gate without a radio has no such file, and gets none"
    assert not (tmp_path / "data" / "ble.db").exists()
    with gate_in(tmp_path / "data") as gate:
        gate.sightings.keep(stranger_windows(1, minutes(60, 5, MORNING_MS - 400 * DAY_MS)))
    assert purge()["sightings"] == {"days": 1, "windows": 5, "exposures": 0, "files": [], "skipped": ""}
