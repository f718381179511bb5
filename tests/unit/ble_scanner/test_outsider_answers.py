"""What every command owes whoever types it: help with the forms of files, a sentence for what is wrong, no silence."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

import pytest

from ble_scanner.commands import candidates, history, ids, match, parse, verify_export
from ble_scanner.rolling_id import bluezone_ids
from ble_scanner.sighting_lines import Tally, read_lines
from tests.unit.ble_scanner.exports import AUTHORITY, export_zip, key, pem_of

Command = Callable[[Sequence[str], TextIO, TextIO, TextIO], int]
DAY = 1_596_240_000
CASE, OTHER = next(bluezone_ids(bytes(32))).hex(), "ab" * 12
COMMANDS: dict[str, Command] = {
    "parse": parse.run,
    "ids": ids.run,
    "verify-export": verify_export.run,
    "match": match.run,
    "candidates": candidates.run,
    "history": history.run,
}


class Full(io.StringIO):
    """A disk without room."""

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    row = {"daily_key": "00" * 32, "time_start": DAY, "max": 96, "time_end": DAY + 86_399}
    (tmp_path / "keys.json").write_text(json.dumps({"data": [row]}))
    heard = [
        {"kind": "bluezone", "id": one, "at": (DAY + 60 * m) * 1000, "rssi": -70}
        for m in range(5)
        for one in (CASE.upper(), OTHER)
    ]
    (tmp_path / "heard.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in heard))
    (tmp_path / "data_trace.txt").write_text(f"{CASE}\t{OTHER}\t-71\t{DAY}\n")
    (tmp_path / "export.zip").write_bytes(export_zip(keys=[key(1)]))
    (tmp_path / "authority.pem").write_bytes(pem_of(AUTHORITY))
    (tmp_path / "junk.txt").write_bytes(b"hello\n\x00\xff\xfe\n[1, 2]\n")
    (tmp_path / "nothing.txt").write_bytes(b"")
    return tmp_path


USES = {
    "parse": (),
    "ids": ("--system", "bluezone", "--key", "00" * 32),
    "verify-export": ("export.zip", "--public-key", "authority.pem"),
    "match": ("--keys", "keys.json", "--sightings", "heard.jsonl"),
    "candidates": ("--keys", "keys.json", "--sightings", "heard.jsonl"),
    "history": ("data_trace.txt",),
}


def ask(folder: Path, name: str, *argv: str, stdout: TextIO | None = None) -> tuple[int, str, str]:
    """Exit status, stdout and stderr; names of files are of the folder."""
    told, said = stdout or io.StringIO(), io.StringIO()
    named = [str(folder / one) if "." in one else one for one in argv]
    status = COMMANDS[name](named, io.StringIO("020106\n"), told, said)
    return status, told.getvalue() if isinstance(told, io.StringIO) and not told.closed else "", said.getvalue()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_is_said_and_fails(folder: Path, name: str) -> None:
    status, _, said = ask(folder, name, *USES[name], stdout=Full())
    assert status == 1
    assert said == "Không ghi được kết quả / the answer cannot be written: No space left on device\n"


@pytest.mark.parametrize("closed", ["<&-", "</dev/null >&-"])
def test_streams_that_the_caller_closed_are_no_traceback(closed: str) -> None:
    for command in ("parse", f"ids --system dp3t --key {'00' * 32}"):
        line = f"{sys.executable} -m ble_scanner {command} {closed}"
        ended = subprocess.run(["sh", "-c", line], capture_output=True, timeout=60, text=True, check=False)
        assert (ended.returncode in (0, 1), ended.stderr) == (True, "")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_tells_the_exit_status(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    stdout = io.StringIO()
    try:
        assert COMMANDS[name](["--help"], io.StringIO(), stdout, io.StringIO()) == 0
    except SystemExit as ended:
        assert ended.code == 0
    told = stdout.getvalue() + capsys.readouterr().out
    assert "Exit status" in told
    if name in ("match", "candidates", "history"):
        assert "data_trace.txt" in told and '"rolling_start"' in told


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "parse"])
@pytest.mark.parametrize("more", [["--strange"], ["--key"], ["--sightings"], ["--info"]])
def test_wrong_usage_is_one_sentence_in_both_languages(folder: Path, name: str, more: list[str]) -> None:
    status, told, said = ask(folder, name, *USES[name], *more)
    assert (status, told) == (2, "")
    assert "Sai cách dùng, xem --help / wrong usage, see --help: " in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", ["match", "candidates"])
def test_sightings_of_which_no_line_can_be_read_are_no_answer(folder: Path, name: str) -> None:
    status, told, said = ask(folder, name, "--keys", "keys.json", "--sightings", "junk.txt")
    assert (status, told) == (1, "")
    assert "Not one line can be read" in said
    assert ask(folder, name, "--keys", "keys.json", "--sightings", "nothing.txt")[:2] == (0, "")
    assert OTHER in ask(folder, "candidates", *USES["candidates"])[1]


def test_a_history_of_which_no_line_can_be_read_is_no_answer(folder: Path) -> None:
    status, told, said = ask(folder, "history", "junk.txt", "--sightings", "heard.jsonl")
    assert (status, told) == (1, "")
    assert "Not one line can be read" in said
    (folder / "some.txt").write_text(f"{CASE}\t{OTHER}\t-71\t{DAY}\nhello\n")
    status, told, said = ask(folder, "history", "some.txt")
    assert (status, json.loads(told.splitlines()[-1])["summary"]["bad_lines"]) == (0, 1)
    assert "1 dòng" in said


@pytest.mark.parametrize("name", ["match", "candidates"])
@pytest.mark.parametrize("file", ["junk.txt", "nothing.txt", "heard.jsonl"])
def test_no_file_of_keys_is_said_in_both_languages(folder: Path, name: str, file: str) -> None:
    status, told, said = ask(folder, name, "--keys", file, "--sightings", "heard.jsonl")
    assert (status, told) == (1, "")
    assert f"{file}: không phải tệp khóa / no file of keys" in said


def test_a_list_of_identifiers_that_is_empty_is_no_case(folder: Path) -> None:
    status, _, said = ask(folder, "candidates", "--sightings", "heard.jsonl", "--case-ids", "nothing.txt")
    assert status == 2
    assert "not one identifier of a case" in said


def test_why_an_export_is_not_verified_is_said_in_words_too(folder: Path) -> None:
    for file, words in (("junk.txt", "a broken zip archive"), ("nothing.txt", "a broken zip archive")):
        status, told, said = ask(folder, "verify-export", file, "--public-key", "authority.pem")
        assert (status, json.loads(told)["verified"]) == (1, False)
        assert words in said and " / " in said


@pytest.mark.parametrize("number", ["٣", "1_0", "３"])
def test_only_the_digits_0_to_9_are_a_number(folder: Path, number: str) -> None:
    for name, option in (("ids", "--slots"), ("candidates", "--minutes")):
        status, told, said = ask(folder, name, *USES[name], option, number)
        assert (status, told) == (2, "")
        assert "no whole number" in said or "1..1440" in said


def test_a_key_may_bear_its_0x(folder: Path) -> None:
    plain = ask(folder, "ids", "--system", "bluezone", "--key", "00" * 32)
    assert ask(folder, "ids", "--system", "bluezone", "--key", "0x" + "00" * 32) == plain


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("system,id,at,rssi", "neither {...} on one line nor data_trace.txt"),
        ('[{"system": "bluezone"}]', "neither {...} on one line nor data_trace.txt"),
        ('{"sightings": []}', "expected: system, id, at, rssi"),
        ('{"system": "bluezone", "id": "zz", "at": 1, "rssi": -1}', "hex digits"),
        ('{"system": "bluezone", "id": "' + OTHER + '", "at": "hôm qua", "rssi": -1}', "a time"),
        ('{"system": "bluezone", "id": "' + OTHER + '", "at": -1, "rssi": -1}', "no Unix time"),
        ('{"system": "bluezone", "id": "' + OTHER + '", "at": [1], "rssi": -1}', "ISO 8601"),
        ('{"system": "bluezone", "id": "' + OTHER + '", "at": 1, "rssi": -500}', "-127 to 20 dBm"),
        ("{", "no JSON"),
        ("a\tb\tc", "four columns"),
        ("a\tb\t-1\t1", "an identifier expected"),
        (f"{OTHER}\t{OTHER}\tx\t1", "a whole number"),
    ],
)
def test_each_fault_of_a_line_is_said_in_both_languages(line: str, words: str) -> None:
    tally = Tally()
    assert list(read_lines([line], tally)) == []
    (fault,) = tally.faults
    assert words in fault and " / " in fault


def test_what_parse_tells_besides_identifiers_that_are_matched_is_no_fault() -> None:
    tally = Tally()
    kinds = ("ibeacon", "herald", "bluezone-ios", "eddystone-eid")
    lines = [json.dumps({"kind": kind, "id": "", "at": DAY, "rssi": -70}) for kind in kinds]
    assert list(read_lines(lines, tally)) == []
    assert (tally.good, tally.empty, tally.bad) == (0, len(kinds), 0)
    assert list(read_lines(['{"system": "covid", "id": "ab", "at": 1, "rssi": -1}'], tally)) == []
    assert "must be one of: bluezone" in tally.faults[0]
