"""`python -m kiosk read`: lines in, lines out, whatever the locale, the bytes and the clock."""

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from credentials.pass_qr import Pass, encode_pass
from credentials.venue_qr import Venue, encode_venue
from kiosk.commands.read import run
from tests.unit.credentials.invented import ISSUER, NOW, bhyt, cccd, personal

COMMAND = [
    sys.executable,
    "-c",
    "import sys; from kiosk.commands.read import run; sys.exit(run(sys.argv[1:], sys.stdin, sys.stdout, sys.stderr))",
]
KEYS = ["kind", "status", "reason", "warnings", "normal_form", "fields"]
PRINTED = encode_pass(Pass(bytes(range(16)), int(NOW.timestamp()) + 3600), ISSUER)


def ask(data: str | bytes, *argv: str) -> tuple[int, list[dict[str, object]], str]:
    """(exit status, answers, stderr) of the command in this process, on byte streams as a shell gives them."""
    stdin = io.TextIOWrapper(io.BytesIO(data if isinstance(data, bytes) else data.encode()), encoding="ascii")
    stdout, stderr = io.TextIOWrapper(io.BytesIO(), encoding="ascii"), io.StringIO()
    status = run(argv, stdin, stdout, stderr)
    answers = stdout.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    return status, [json.loads(line) for line in answers.splitlines()], stderr.getvalue()


def trust_file(folder: Path) -> str:
    path = folder / "trust.json"
    path.write_text(json.dumps({"pass": [{"kid": ISSUER.kid.hex(), "key": ISSUER.public.hex()}]}))
    return str(path)


def test_each_line_gets_one_answer_with_exactly_these_keys() -> None:
    status, answers, complaint = ask(f"{cccd()}\nabc|def\n\n{bhyt()}\r\n{personal()}")
    assert (status, complaint) == (0, "")
    assert [answer["kind"] for answer in answers] == ["cccd", None, None, "bhyt", "personal-qr"]
    assert [answer["status"] for answer in answers] == ["valid", "unreadable", "unreadable", "valid", "valid"]
    assert all(list(answer) == KEYS for answer in answers)


def test_no_line_gives_no_answer() -> None:
    assert ask("") == (0, [], "")


def test_the_time_of_a_line_wins_over_the_time_of_the_call(tmp_path: Path) -> None:
    in_time = json.dumps({"code": PRINTED, "at": "2026-01-31T13:42:00+07:00"})
    _, answers, _ = ask(f"{PRINTED}\n{in_time}\n", "--at", "2026-02-28", "--trust", trust_file(tmp_path))
    assert [answer["reason"] for answer in answers] == ["expired", "ok"]


def test_a_time_without_a_zone_is_utc(tmp_path: Path) -> None:
    for at, reason in (
        ("2026-01-31T07:41:59", "ok"),
        ("2026-01-31T07:42:00", "expired"),
        ("2026-01-31T07:41:59Z", "ok"),
    ):
        assert ask(PRINTED, "--at", at, "--trust", trust_file(tmp_path))[1][0]["reason"] == reason


def test_without_a_trust_file_no_issuer_is_known() -> None:
    assert ask(PRINTED)[1][0]["reason"] == "unknown_issuer"


def test_a_line_with_an_impossible_time_is_answered_and_the_next_one_too() -> None:
    lines = [json.dumps({"code": cccd(), "at": at}) for at in ("yesterday", 5, None)]
    status, answers, _ = ask("\n".join(lines))
    assert status == 0
    assert [answer["reason"] for answer in answers] == ["bad_time", "bad_time", "ok"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"data":{"hdr":{"t":"icao.vacc"}},"sig":{}}', "certificate_not_supported_yet"),
        ('{"code": 5}', "unknown_code"),
        ('{"code"', "unknown_code"),
        ('{"a":' * 500, "unknown_code"),
        ("{" * 60_000, "too_long"),
        ('{"code": "\\ud800"}', "not_text"),
        ('{"code": ""}', "empty"),
    ],
)
def test_only_an_object_with_a_code_is_a_question(line: str, reason: str) -> None:
    assert ask(line)[1][0]["reason"] == reason


def test_a_code_in_json_may_hold_line_ends_and_a_plain_one_odd_separators() -> None:
    _, answers, _ = ask(json.dumps({"code": cccd() + "\r\n"}) + "\n" + cccd(address="Thôn\u2028Thử\x0bMẫu\x85") + "\n")
    assert [answer["normal_form"] for answer in answers] == ["099099000001"] * 2


def test_broken_bytes_and_endless_lines_are_answers() -> None:
    status, answers, _ = ask(b"Tr\xffn|x\n" + b"a" * 300_000 + b"\n" + b"\xff" * 65_536 + b"\n" + cccd().encode())
    assert status == 0
    assert [answer["reason"] for answer in answers] == ["not_text", "too_long", "too_long", "ok"]


@pytest.mark.parametrize("argv", [["--at", "noon"], ["--bogus"], ["file.txt"], ["--trust"], ["--at"]])
def test_wrong_usage_is_2_and_says_how(argv: list[str]) -> None:
    status, answers, complaint = ask(cccd(), *argv)
    assert (status, answers) == (2, [])
    assert complaint.startswith("usage: python -m kiosk read")


def test_help_is_no_fault() -> None:
    stdout = io.StringIO()
    assert run(["--help"], io.StringIO(), stdout, io.StringIO()) == 0
    assert "--trust FILE" in stdout.getvalue()


def test_a_trust_file_that_cannot_be_read_is_1(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    for content in (b"{", b"\xff", b'{"pass": [{"key": "00"}]}'):
        broken.write_bytes(content)
        status, answers, complaint = ask(cccd(), "--trust", str(broken))
        assert (status, answers) == (1, [])
        assert "is not a list of issuers" in complaint
    for path in (tmp_path / "absent.json", tmp_path):
        status, answers, complaint = ask(cccd(), "--trust", str(path))
        assert (status, answers) == (1, [])
        assert "cannot open" in complaint


def test_five_hundred_lines_take_two_seconds_at_most_with_the_start_of_python() -> None:
    lines = "\n".join([cccd(), bhyt(), personal(), PRINTED, "abc|def"] * 100)
    started = time.perf_counter()
    done = subprocess.run(COMMAND, input=lines.encode(), capture_output=True, timeout=30, check=True)
    assert len(done.stdout.splitlines()) == 500
    assert time.perf_counter() - started <= 2.0


def test_output_is_utf8_in_a_locale_that_is_not() -> None:
    bare = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(COMMAND, input=cccd().encode(), capture_output=True, timeout=30, check=True, env=bare)
    assert "Trần Văn Thử" in done.stdout.decode("utf-8")


def test_each_answer_comes_before_the_next_question() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as asked:
        assert asked.stdin and asked.stdout
        for _ in range(2):
            asked.stdin.write(cccd().encode() + b"\n")
            asked.stdin.flush()
            assert json.loads(asked.stdout.readline())["kind"] == "cccd"
        asked.stdin.close()
        assert asked.wait(timeout=30) == 0


def test_a_reader_of_the_answers_that_goes_away_gets_no_traceback() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asked:
        assert asked.stdin and asked.stdout and asked.stderr
        asked.stdout.close()
        asked.stdin.write(cccd().encode() + b"\n")
        asked.stdin.close()
        assert asked.wait(timeout=30) == 1
        assert asked.stderr.read() == b""


def test_an_answer_is_one_line_by_every_rule_of_line_ends(tmp_path: Path) -> None:
    trust = tmp_path / "trust.json"
    trust.write_text(json.dumps({"venue-qr": [{"key": ISSUER.public.hex()}]}))
    poster = encode_venue(Venue("a", "Chợ\u2028Thử\u2029Mẫu"), ISSUER)
    _, answers, _ = ask(poster + "\n" + cccd(name="Trần Văn\x85Thử") + "\n", "--trust", str(trust))
    assert [answer["status"] for answer in answers] == ["valid", "valid"]
    assert answers[0]["fields"]["name"] == "Chợ\u2028Thử\u2029Mẫu"  # type: ignore[index]
