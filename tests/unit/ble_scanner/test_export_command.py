"""`verify-export`: what a technician sees, and what a program reads."""

import json
from io import StringIO
from pathlib import Path

import pytest

from ble_scanner.commands.verify_export import run
from tests.unit.ble_scanner.exports import (
    AUTHORITY,
    STRANGER,
    SWISS_EXPORT,
    SWISS_PEM,
    SWISS_SIGNATURE,
    archive,
    export_zip,
    key,
    pem_of,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "authority.pem").write_bytes(pem_of(AUTHORITY))
    (tmp_path / "stranger.pem").write_bytes(pem_of(STRANGER))
    (tmp_path / "export.zip").write_bytes(export_zip(keys=[key(5, report_type=1, days_since_onset_of_symptoms=2)]))
    return tmp_path


def check(folder: Path, file: str, *pems: str) -> tuple[int, dict[str, object], str]:
    stdout, stderr = StringIO(), StringIO()
    options = [part for pem in pems for part in ("--public-key", str(folder / pem))]
    status = run([str(folder / file), *options], StringIO(), stdout, stderr)
    return status, json.loads(stdout.getvalue() or "{}"), stderr.getvalue()


def test_a_verified_export_lists_its_keys_and_ends_with_0(folder: Path) -> None:
    status, answer, told = check(folder, "export.zip", "authority.pem")
    assert (status, told) == (0, "")
    assert answer == {
        "verified": True,
        "keys": [
            {
                "key": f"{5:032x}",
                "rolling_start": 2660400,
                "rolling_period": 144,
                "report_type": "confirmed-test",
                "transmission_risk": 0,
                "days_since_onset": 2,
                "revised": False,
            }
        ],
        "region": "704",
        "start": 1596153600,
        "end": 1596240000,
        "batch_num": 1,
        "batch_size": 1,
    }


def test_another_key_ends_with_1_and_says_so(folder: Path) -> None:
    status, answer, _ = check(folder, "export.zip", "stranger.pem")
    assert (status, answer["verified"], answer["reason"]) == (1, False, "wrong_signature")
    assert check(folder, "export.zip", "stranger.pem", "authority.pem")[0] == 0


def test_a_broken_file_is_not_verified_and_says_where(folder: Path) -> None:
    (folder / "broken.zip").write_bytes(b"no zip")
    status, answer, _ = check(folder, "broken.zip", "authority.pem")
    assert (status, answer["verified"], answer["keys"]) == (1, False, [])
    assert str(answer["reason"]).startswith("bad_archive")


def test_a_report_type_of_a_later_format_is_shown_by_its_number(folder: Path) -> None:
    (folder / "later.zip").write_bytes(export_zip(keys=[key(5, report_type=9)]))
    assert check(folder, "later.zip", "authority.pem")[1]["keys"][0]["report_type"] == 9  # type: ignore[index]


def test_the_published_export_of_an_authority(folder: Path) -> None:
    (folder / "swiss.zip").write_bytes(archive(SWISS_EXPORT, SWISS_SIGNATURE))
    (folder / "swiss.pem").write_bytes(SWISS_PEM)
    status, answer, _ = check(folder, "swiss.zip", "swiss.pem")
    assert (status, answer["verified"], answer["region"]) == (0, True, "ch")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "wrong usage"),
        (["export.zip"], "--public-key"),
        (["export.zip", "--public-key", "missing.pem"], "cannot read"),
        (["missing.zip", "--public-key", "authority.pem"], "cannot read"),
        (["export.zip", "--public-key", "export.zip"], "not a public key"),
    ],
)
def test_wrong_usage_is_one_sentence_in_both_languages_and_ends_with_2(
    folder: Path, arguments: list[str], words: str
) -> None:
    stderr = StringIO()
    named = [str(folder / one) if "." in one else one for one in arguments]
    assert run(named, StringIO(), StringIO(), stderr) == 2
    assert words in stderr.getvalue()
    assert "Traceback" not in stderr.getvalue()
