"""Was this phone here? What `match` owes to whoever asks it: no unchecked export in silence, and a no that says so."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from ble_scanner.commands.match import run
from ble_scanner.rolling_id import rpis
from tests.unit.ble_scanner.exports import AUTHORITY, STRANGER, export_zip, key, pem_of

TEK = bytes(15) + b"\1"  # of exports.key(1)
START = 2660400
SENT = rpis(TEK, START)[3].hex()
AT = (START + 3) * 600

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    (tmp_path / "export.zip").write_bytes(export_zip(keys=[key(1)]))
    (tmp_path / "other.zip").write_bytes(export_zip(keys=[key(2)]))
    (tmp_path / "authority.pem").write_bytes(pem_of(AUTHORITY))
    (tmp_path / "stranger.pem").write_bytes(pem_of(STRANGER))
    heard = {"kind": "exposure-notification", "id": SENT + "01020304", "at": AT, "rssi": -61}
    (tmp_path / "heard.jsonl").write_text(json.dumps(heard))
    (tmp_path / "junk.jsonl").write_text("zz\n")

    def asked(*argv: str) -> tuple[int, str, str]:
        stdout, stderr = StringIO(), StringIO()
        named = [str(tmp_path / one) if "." in one else one for one in argv]
        return run(named, StringIO(), stdout, stderr), stdout.getvalue(), stderr.getvalue()

    return asked


HEARD = ("--sightings", "heard.jsonl")


def test_an_export_that_its_authority_signed_is_matched_without_a_word(ask: Ask) -> None:
    pems = ("--public-key", "stranger.pem", "--public-key", "authority.pem")
    status, told, said = ask("--keys", "export.zip", *pems, *HEARD)
    assert (status, json.loads(told)["id"], said) == (0, SENT, "")


def test_an_export_of_somebody_else_is_not_matched(ask: Ask) -> None:
    status, told, said = ask("--keys", "export.zip", "--public-key", "stranger.pem", *HEARD)
    assert (status, told) == (1, "")
    assert "không phải do chủ khóa công khai này ký / not signed by the owner of this public key" in said


def test_an_export_that_nobody_checked_is_never_matched_in_silence(ask: Ask) -> None:
    status, told, said = ask("--keys", "export.zip", *HEARD)
    assert (status, json.loads(told)["id"]) == (0, SENT)
    assert "chưa kiểm chữ ký / signature not checked" in said


def test_a_phone_that_was_not_heard_is_an_answer_in_words(ask: Ask) -> None:
    status, told, said = ask("--keys", "other.zip", "--public-key", "authority.pem", *HEARD)
    assert (status, told, said) == (0, "", "Không có trong 1 lượt nghe. / Not among 1 sightings.\n")


def test_a_no_from_a_file_that_could_not_be_read_is_no_answer(ask: Ask) -> None:
    status, told, said = ask("--keys", "export.zip", *HEARD, "--sightings", "junk.jsonl")
    assert (status, told) == (1, "")
    assert "junk.jsonl: 1 dòng không đọc được" in said


@pytest.mark.parametrize("pem", ["export.zip", "none.pem"])
def test_what_is_no_public_key_is_wrong_usage(ask: Ask, pem: str) -> None:
    status, told, said = ask("--keys", "export.zip", "--public-key", pem, *HEARD)
    assert (status, told) == (2, "")
    assert " / " in said


def test_a_kiosks_own_job_takes_no_files(ask: Ask) -> None:
    for more in (("--public-key", "authority.pem"), HEARD, ("--keys", "export.zip")):
        status, _, said = ask("--settings", "kiosk.toml", *more)
        assert (status, said.count("\n")) == (2, 1)


def test_settings_that_are_missing_are_said_in_both_languages(ask: Ask) -> None:
    status, _, said = ask("--settings", "none.toml")
    assert status == 2
    assert "Không đọc được / cannot read" in said and "none.toml" in said
