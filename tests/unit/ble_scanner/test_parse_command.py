"""python -m ble_scanner parse, as a person at a keyboard and as a pipe meet it."""

import io
import json
import subprocess
import sys

import pytest

from ble_scanner.commands.parse import run

BLUEZONE = "020102 0303564E 0FFFB522 130CEA6472130C185D8643DF"


def answers(given: bytes) -> list[dict]:
    stdin, stdout = io.TextIOWrapper(io.BytesIO(given)), io.StringIO()
    assert run([], stdin, stdout, io.StringIO()) == 0
    return [json.loads(line) for line in stdout.getvalue().splitlines()]


def test_each_line_is_answered_in_its_turn():
    given = f"{BLUEZONE}\n0303F6FC020AFC\n\n020106\n".encode()
    first, second, empty, nothing = answers(given)
    assert first == {"sightings": [{"kind": "bluezone", "id": "130cea6472130c185d8643df"}]}
    assert second == {"sightings": [{"kind": "herald", "id": "", "power": -4}]}
    assert empty["sightings"] == nothing["sightings"] == []
    assert "error" in empty
    assert "error" not in nothing


def test_power_extra_and_address_are_told_where_there_are_any():
    exposure = "03036FFD17166FFD8be6cd371c5c891604bfbe49df84509672033874"
    url = "0303AAFE 0D16AAFE 10 E7 02 676F6F676C65 00"
    rpi, address = answers(f"{exposure}\n{url}".encode())
    assert rpi["sightings"][0]["extra"] == "72033874"
    assert address["sightings"] == [
        {"kind": "eddystone-url", "id": "02676f6f676c6500", "power": -25, "url": "http://google.com/"}
    ]


@pytest.mark.parametrize("line", [b"zz", b"020", b"\xff\xfe", "０２".encode(), b"02,01", b"-02", b"0x", b"a" * 9000])
def test_a_bad_line_is_answered_and_stops_nothing(line):
    bad, good = answers(line + b"\n" + BLUEZONE.encode())
    assert bad["sightings"] == []
    assert (line == b"0x") == ("error" not in bad)
    assert good["sightings"]


def test_case_blanks_a_prefix_and_a_carriage_return_do_not_matter():
    forms = [BLUEZONE.lower(), BLUEZONE.replace(" ", ""), "0x" + BLUEZONE, "0X" + BLUEZONE, f"  {BLUEZONE}\t\r"]
    assert all(one["sightings"] for one in answers("\n".join(forms).encode()))


def test_a_stream_without_bytes_underneath_is_read_too():
    stdout = io.StringIO()
    assert run([], io.StringIO(f"{BLUEZONE}\n\udcff\n"), stdout, io.StringIO()) == 0
    assert [bool(json.loads(line)["sightings"]) for line in stdout.getvalue().splitlines()] == [True, False]


def test_arguments_are_wrong_usage_in_one_sentence():
    stderr = io.StringIO()
    assert run(["file.txt"], io.StringIO(), io.StringIO(), stderr) == 2
    assert stderr.getvalue().count("\n") == 1


def test_help_tells_the_form_of_the_answers():
    stdout = io.StringIO()
    assert run(["--help"], io.StringIO(), stdout, io.StringIO()) == 0
    assert '"sightings"' in stdout.getvalue()


def test_a_reader_who_goes_away_is_no_traceback():
    stdout = io.TextIOWrapper(Gone())
    assert run([], io.StringIO(BLUEZONE), stdout, io.StringIO()) == 1


class Gone(io.RawIOBase):
    """A pipe that nobody reads any more."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raise BrokenPipeError


def test_the_command_line_answers_each_line_at_once():
    command = [sys.executable, "-m", "ble_scanner", "parse"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        for _ in range(2):
            child.stdin.write(BLUEZONE + "\n")
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["sightings"][0]["kind"] == "bluezone"
        child.stdin.close()
        assert child.wait(30) == 0
