"""Files of keys in the forms that somebody who knows only `--help` would write: read, or refused in a sentence."""

import json
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from ble_scanner.commands.sighting_files import keys_of
from ble_scanner.commands.verify_export import run as verify_export
from ble_scanner.published.read import read_published
from tests.unit.ble_scanner.exports import (
    AUTHORITY,
    STRANGER,
    archive,
    export_zip,
    key,
    message,
    pem_of,
    public,
    signed,
)
from wire.refusal import Refused

DAY = 1_596_240_000
BLUEZONE = {"daily_key": "00" * 32, "time_start": DAY, "max": 96, "time_end": DAY + 86_399}
OURS = {"system": "bluezone", "key": "00" * 32, "start": DAY, "end": DAY + 86_400, "case": "ca-7"}
INTERVALS = {"system": "exposure-notification", "key": "ab" * 16, "rolling_start": DAY // 600, "rolling_period": 6}


def keys(text: str) -> list[tuple[str, str, int, int]]:
    return [(one.system, one.key.hex(), one.start_s, one.end_s) for one in read_published(text.encode()).batch.keys]


@pytest.mark.parametrize("row", [BLUEZONE, OURS, INTERVALS])
def test_rows_of_keys_may_stand_in_a_list_one_a_line_or_alone(row: dict[str, object]) -> None:
    wrapped = keys(json.dumps({"data" if "daily_key" in row else "keys": [row, row]}))
    assert len(wrapped) == 2
    assert keys(json.dumps([row, row])) == wrapped
    assert keys(f"\ufeff{json.dumps(row)}\r\n\r\n{json.dumps(row)}\r\n") == wrapped
    assert keys(json.dumps(row, indent=1)) == wrapped[:1]


def test_intervals_are_the_times_of_a_key() -> None:
    assert keys(json.dumps([INTERVALS])) == [("exposure-notification", "ab" * 16, DAY, DAY + 3600)]
    alone = {"key": "ab" * 16, "rolling_start": DAY // 600}
    assert keys(json.dumps(alone)) == [("exposure-notification", "ab" * 16, DAY, DAY + 86_400)]


@pytest.mark.parametrize(
    "row",
    [
        INTERVALS | {"rolling_period": 145},
        INTERVALS | {"rolling_period": 0},
        INTERVALS | {"rolling_start": -1},
        INTERVALS | {"rolling_start": "2660400"},
        INTERVALS | {"rolling_start": True},
        INTERVALS | {"rolling_start": 1 << 60},
        INTERVALS | {"system": "bluezone"},
        INTERVALS | {"key": "ab" * 15},
    ],
)
def test_intervals_that_cannot_be_are_refused_with_their_place(row: dict[str, object]) -> None:
    with pytest.raises(Refused, match=r"bad_key: keys\[1\]"):
        read_published(json.dumps([INTERVALS, row]).encode())


@pytest.mark.parametrize(
    "text",
    ["", "null", "5", "[]", "[[]]", "[1, 2]", '"x"', "key,start\nab,1\n", "ab" * 32, "[" * 100_000, "{}\n{}", '{"key"'],
)
def test_what_holds_no_keys_is_refused_as_such(text: str) -> None:
    with pytest.raises(Refused, match="not_keys"):
        read_published(text.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [key(1, report_type=1), key(2, report_type=1)]
    made = export_zip(keys=rows, revised_keys=[key(2, report_type=5)])
    (tmp_path / "export.zip").write_bytes(made)
    (tmp_path / "authority.pem").write_bytes(pem_of(AUTHORITY))
    (tmp_path / "stranger.pem").write_bytes(pem_of(STRANGER))
    return tmp_path


def printed(folder: Path, pem: str) -> str:
    stdout = StringIO()
    verify_export([str(folder / "export.zip"), "--public-key", str(folder / pem)], StringIO(), stdout, StringIO())
    return stdout.getvalue()


def test_what_verify_export_prints_is_a_file_of_keys_without_those_that_were_revoked(folder: Path) -> None:
    from_zip = read_published((folder / "export.zip").read_bytes(), [public()])
    from_line = read_published(printed(folder, "authority.pem").encode())
    assert [one.key for one in from_line.batch.keys] == [one.key for one in from_zip.batch.keys] == [bytes(15) + b"\1"]
    assert [one.start_s for one in from_line.batch.keys] == [one.start_s for one in from_zip.batch.keys]
    assert from_line.verified is None
    assert read_published(printed(folder, "stranger.pem").encode()).verified is False


def test_an_export_of_another_authority_is_refused_where_a_public_key_is_given(folder: Path) -> None:
    stderr = StringIO()
    assert keys_of(folder / "export.zip", [public()], stderr).verified is True
    assert stderr.getvalue() == ""
    with pytest.raises(Refused, match=r"export\.zip: không phải do .* / not signed by"):
        keys_of(folder / "export.zip", [public(STRANGER)], stderr)


def test_what_is_not_checked_is_said(folder: Path) -> None:
    stderr = StringIO()
    keys_of(folder / "export.zip", [], stderr)
    assert "chưa kiểm chữ ký / signature not checked" in stderr.getvalue()
    (folder / "ours.json").write_text(json.dumps(OURS))
    for public_keys, words in (([], ""), ([public()], "bears no signature")):
        stderr = StringIO()
        keys_of(folder / "ours.json", public_keys, stderr)
        assert words in stderr.getvalue() and bool(words) == bool(stderr.getvalue())


def test_a_signature_of_another_make_beside_the_export_changes_nothing(folder: Path) -> None:
    with ZipFile(folder / "export.zip", "a") as zipped:
        zipped.writestr("content.sig", b"another make")
        zipped.writestr("about.txt", b"text")
    assert read_published((folder / "export.zip").read_bytes(), [public()]).verified is True


def test_two_signatures_of_one_name_are_refused() -> None:
    content = message(keys=[key(1)])
    made = BytesIO(archive(content, signed(content, AUTHORITY)))
    with ZipFile(made, "a") as zipped, pytest.warns(UserWarning, match="Duplicate name"):
        zipped.writestr("export.sig", b"x")
    with pytest.raises(Refused, match=r"one export\.bin and one export\.sig"):
        read_published(made.getvalue(), [public()])
