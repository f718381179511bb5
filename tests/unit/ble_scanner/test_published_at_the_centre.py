"""A file of keys means the same to the kiosk, which matches it at once, and to the centre, which publishes it."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from ble_scanner.commands.verify_export import run
from ble_scanner.published.read import read_published
from central.radio.case_files import read_keys
from tests.unit.ble_scanner.exports import AUTHORITY, export_zip, key, pem_of

KEY = bytes(range(32)).hex()
MIDNIGHT = 1596240000


@pytest.mark.parametrize("slots", [96, 48, 1])
@pytest.mark.parametrize("end", [MIDNIGHT, MIDNIGHT + 899, MIDNIGHT + 900, MIDNIGHT + 5 * 86_400])
def test_bluezones_keys(slots: int, end: int) -> None:
    said = json.dumps({"data": [{"daily_key": KEY, "time_start": MIDNIGHT, "max": slots, "time_end": end}]})
    assert read_published(said.encode()).batch.keys == read_keys(said, "")


@pytest.mark.parametrize(
    "row",
    [
        {"system": "bluezone", "key": KEY, "start": MIDNIGHT, "end": MIDNIGHT + 86_400},
        {"system": "bluezone", "key": KEY, "start": "2020-08-01T07:00:00+07:00", "end": MIDNIGHT + 60, "slots": 48},
        {"system": "exposure-notification", "key": KEY[:32], "start": MIDNIGHT, "end": MIDNIGHT + 86_400},
        {"system": "dp3t", "key": KEY, "start": MIDNIGHT, "end": MIDNIGHT + 3 * 86_400, "case": ""},
    ],
)
def test_our_own_form(row: dict[str, Any]) -> None:
    said = json.dumps({"keys": [row]})
    assert read_published(said.encode()).batch.keys == read_keys(said, "")


def test_an_export_and_what_verify_export_prints_of_it(tmp_path: Path) -> None:
    made = export_zip(
        keys=[key(1), key(2, rolling_period=9), key(3)],
        revised_keys=[key(1, report_type=5), key(3, rolling_period=7, report_type=1), key(4, report_type=5)],
    )
    (tmp_path / "export.zip").write_bytes(made)
    (tmp_path / "public.pem").write_bytes(pem_of(AUTHORITY))
    printed = StringIO()
    arguments = [str(tmp_path / "export.zip"), "--public-key", str(tmp_path / "public.pem")]
    assert run(arguments, StringIO(), printed, StringIO()) == 0
    assert read_published(made).batch.keys == read_keys(printed.getvalue(), "")
