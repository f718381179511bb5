"""python -m ble_scanner ids: the identifiers of a key, and wrong usage told in one sentence."""

import io
import json

import pytest

from ble_scanner.commands.ids import run

TEK = "75c734c6dd1a782de7a965da5eb93125"
EXPOSURE = ["--system", "exposure-notification", "--key", TEK]
ZERO = "00" * 32


def found(*argv: str) -> dict:
    stdout, stderr = io.StringIO(), io.StringIO()
    assert run(argv, io.StringIO(), stdout, stderr) == 0, stderr.getvalue()
    return json.loads(stdout.getvalue())


def test_bluezone_has_96_a_day_unless_told_otherwise():
    ids = found("--system", "bluezone", "--key", ZERO)["ids"]
    assert (len(ids), ids[0], ids[95]) == (96, "490c085d937456a4dd07e710", "3140c784cd06058bb930f6a7")
    assert found("--system", "bluezone", "--key", ZERO, "--slots", "2") == {"ids": ids[:2]}


def test_exposure_notification_has_144_from_its_interval():
    ids = found(*EXPOSURE, "--interval", "2642976")["ids"]
    assert (len(ids), ids[0], ids[143]) == (
        144,
        "8be6cd371c5c891604bfbe49df845096",
        "f431b62ecf443102ce4ed0407de54bd4",
    )


def test_with_metadata_it_is_told_encrypted_beside_each_identifier():
    both = found(*EXPOSURE, "--interval", "2642976", "--count", "2", "--metadata", "40080000")
    assert both == {
        "ids": ["8be6cd371c5c891604bfbe49df845096", "3c9a1de5dd6b02afa7fded7b570b3e56"],
        "aem": ["72033874", "c29211b1"],
    }


def test_the_last_interval_there_is_ends_the_day():
    assert len(found(*EXPOSURE, "--interval", "4294967295")["ids"]) == 1


def test_dp3t_has_96_a_day():
    key = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
    ids = found("--system", "dp3t", "--key", key)["ids"]
    assert (len(ids), ids[0]) == (96, "04cab76af57ca373de1d52689fae06c1")
    assert found("--system", "dp3t", "--key", key, "--slots", "1") == {"ids": ids[:1]}


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["--system", "bluezone"],
        ["--key", ZERO],
        ["--system", "bluetooth", "--key", ZERO],
        ["--system", "bluezone", "--key", "zz"],
        ["--system", "bluezone", "--key", TEK],
        ["--system", "bluezone", "--key", ZERO, "--slots", "0"],
        ["--system", "bluezone", "--key", ZERO, "--slots", "many"],
        ["--system", "bluezone", "--key", ZERO, "--interval", "1"],
        ["--system", "bluezone", "--key", ZERO, "more"],
        ["--system", "dp3t", "--key", ZERO, "--slots", "97"],
        ["--system", "dp3t", "--key", ZERO, "--metadata", "40080000"],
        EXPOSURE,
        [*EXPOSURE, "--interval", "-1"],
        [*EXPOSURE, "--interval", "4294967296"],
        [*EXPOSURE, "--interval", "4294967295", "--count", "2"],
        [*EXPOSURE, "--interval", "1", "--count", "0"],
        [*EXPOSURE, "--interval", "1", "--count", "1000001"],
        [*EXPOSURE, "--interval", "1", "--metadata", "4008"],
        [*EXPOSURE, "--interval", "1", "--slots", "96"],
    ],
)
def test_wrong_usage_is_told_in_one_sentence(argv):
    stdout, stderr = io.StringIO(), io.StringIO()
    assert run(argv, io.StringIO(), stdout, stderr) == 2
    assert stdout.getvalue() == ""
    assert stderr.getvalue().startswith("ids: ")
    assert stderr.getvalue().count("\n") == 1


def test_help_names_the_systems():
    stdout = io.StringIO()
    assert run(["--help"], io.StringIO(), stdout, io.StringIO()) == 0
    assert "exposure-notification" in stdout.getvalue()
