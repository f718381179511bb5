"""`python -m kiosk certlogic`: a line in, a line out, whatever the bytes, the locale and the reader."""

import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from kiosk.commands.certlogic import MAX_LINE_BYTES, run


def ask(data: str | bytes) -> tuple[int, list[dict[str, Any]]]:
    stdin = io.TextIOWrapper(io.BytesIO(data if isinstance(data, bytes) else data.encode()), encoding="ascii")
    sink, stderr = io.BytesIO(), io.StringIO()
    stdout = io.TextIOWrapper(sink, encoding="ascii")
    status = run([], stdin, stdout, stderr)
    assert stderr.getvalue() == ""
    return status, [json.loads(line) for line in sink.getvalue().splitlines()]


def test_each_line_gets_one_answer() -> None:
    lines = ['{"logic": {"var": "a"}, "data": {"a": "Đà Nẵng"}}', "", '{"logic": {"!": [0]}}', '{"logic": {"no": [1]}}']
    assert ask("\n".join(lines)) == (
        0,
        [
            {"result": "Đà Nẵng"},
            {"error": "no line of JSON in UTF-8", "path": ""},
            {"result": True},
            {"error": "CertLogic has no such operator", "path": ""},
        ],
    )
    assert ask("") == (0, [])


def test_times_are_iso_text_with_their_offset() -> None:
    rule = {"logic": [{"plusTime": ["2026-02-01T06:42:00+07:00", 1, "hour"]}, 1]}
    assert ask(json.dumps(rule))[1] == [{"result": ["2026-02-01T00:42:00.000Z", 1]}]


@pytest.mark.parametrize(
    "line",
    [
        *(
            b"\xff\xfe",
            b"{",
            b"[1]",
            b"null",
            b"\0",
            b'{"data": 1}',
            b'{"logic": NaN}',
            b'{"logic": 1e999}',
            b"9" * 5000,
        ),
        *(b"[" * 100_000, b'{"logic": {"var": ""}, "data": -1e999}', b'{"logic": {"var": ""}, "data": NaN}'),
        b'{"logic": 1' + b" " * MAX_LINE_BYTES + b"}",
    ],
    ids=range(13),
)
def test_a_line_that_is_no_question_is_answered_and_the_next_one_too(line: bytes) -> None:
    status, answers = ask(line + b"\n" + b'{"logic": 1}\r\n')
    assert status == 0
    assert [list(answer) for answer in answers] == [["error", "path"], ["result"]]


def test_half_a_character_is_given_back_as_json() -> None:
    assert ask(b'{"logic": "\\ud83d"}')[1] == [{"result": "\ud83d"}]


def test_a_byte_order_mark_is_no_matter() -> None:
    assert ask(b'\xef\xbb\xbf{"logic": 1}')[1] == [{"result": 1}]


def test_wrong_usage() -> None:
    out, err = io.StringIO(), io.StringIO()
    assert run(["rule.json"], io.StringIO(), out, err) == 2
    assert "usage" in err.getvalue()
    assert run(["--help"], io.StringIO(), out, err) == 0
    assert "usage" in out.getvalue()


def test_the_command_itself_in_a_bare_locale_with_a_reader_that_leaves() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "kiosk", "certlogic"]
    whole = subprocess.run(command, input=b'{"logic":"\xc4\x90"}\n', capture_output=True, timeout=60, env=environment)
    assert (whole.returncode, whole.stdout, whole.stderr) == (0, b'{"result": "\\u0110"}\n', b"")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(b'{"logic":1}\n')
        process.stdin.flush()
        assert process.stdout.readline() == b'{"result": 1}\n'
        process.stdout.close()
        process.stdin.write(b'{"logic":1}\n')
        process.stdin.close()
        assert process.wait(60) == 1
        assert process.stderr.read() == b""
