"""`python -m kiosk certlogic`: evaluate CertLogic rules, for those who write them and for tests.

One line of JSON `{"logic", "data"}` on stdin (without "data": null), one line on stdout for each: `{"result"}`, with
times as ISO 8601 text, or `{"error", "path"}`: why, and where in the rule (a JSON Pointer). Input is UTF-8 whatever the
locale says, output plain ASCII JSON. Exit status: 0 when every line was answered (an error is an answer), 1 when the
answers could not be written, 2 for wrong usage. Nothing is recorded.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn, TextIO

from kiosk.commands.usage import reader_gone
from rules.certlogic import CertLogicError, Moment, evaluate

MAX_LINE_BYTES = 1 << 20
_USAGE = 'usage: python -m kiosk certlogic < LINES\nEach line is JSON like {"logic": {"var": "a"}, "data": {"a": 1}}.'


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Answer lines until `stdin` ends; the exit status. Each answer is flushed, so that a person can type."""
    if argv:
        wants_help = list(argv) in (["-h"], ["--help"])
        print(_USAGE, file=stdout if wants_help else stderr)
        return 0 if wants_help else 2
    try:
        for line in _lines(stdin):
            stdout.write(_answer(line) + "\n")
            stdout.flush()
    except BrokenPipeError:
        return reader_gone(stdout)
    return 0


def _answer(line: bytes | None) -> str:
    if line is None:
        return _error(f"a line of more than {MAX_LINE_BYTES} bytes")
    try:
        asked = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return _error("no line of JSON in UTF-8")
    if not isinstance(asked, dict) or "logic" not in asked:
        return _error('no object like {"logic": ..., "data": ...}')
    try:
        return json.dumps({"result": evaluate(asked["logic"], asked.get("data"))}, default=_time, allow_nan=False)
    except CertLogicError as error:
        return _error(error.text, error.path)
    except (ValueError, RecursionError):  # data with a number or a depth that no JSON can give back
        return _error("a result that cannot be written as JSON")


def _error(text: str, path: str = "") -> str:
    return json.dumps({"error": text, "path": path})


def _time(value: Any) -> str:
    if isinstance(value, Moment):
        return str(value)
    raise TypeError("no JSON value")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _lines(stdin: TextIO) -> Iterator[bytes | None]:
    """Lines ended by \\n alone; None for one that is too long, which is skipped over without being held."""
    source = getattr(stdin, "buffer", None)
    if source is None:
        yield from (line.removesuffix("\n").encode("utf-8", "surrogatepass") for line in stdin)
        return
    while line := source.readline(MAX_LINE_BYTES + 1):
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            line, rest = b"", source.readline(MAX_LINE_BYTES + 1)
        yield line or None
