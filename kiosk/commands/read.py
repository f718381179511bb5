"""`python -m kiosk read`: what the gate would make of a code, for technicians and tests.

One code a line on stdin, or a line of JSON `{"code", "at"}`; one line of JSON on stdout for each. Input and output are
UTF-8 whatever the locale says. Exit status: 0 when every line was processed (a refused code is an answer), 1 when the
trust file could not be read or the answers not written, 2 for wrong usage. Nothing is recorded.
"""

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from credentials.read import read
from credentials.trust import Trust, load_trust
from credentials.types import Credential, Unreadable
from kiosk.commands.usage import Parser, WrongUsage, reader_gone
from wire.refusal import Refused

# Twelve bytes can stand for one character in JSON, and a code has at most 4,096: longer lines are only skipped over.
_MAX_LINE_BYTES = 65_536
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Read codes until `stdin` ends; returns the exit status. Each answer is flushed, so that a person can type."""
    parser = _parser()
    try:
        options = parser.parse_args(argv)
    except WrongUsage as wrong:
        print(f"{parser.format_usage()}kiosk read: {wrong}", file=stderr)
        return 2
    if options.help:
        parser.print_help(stdout)
        return 0
    try:
        trust = Trust.NONE if options.trust is None else load_trust(options.trust.read_text(encoding="utf-8"))
    except OSError as error:
        print(f"kiosk read: cannot open {options.trust}: {error.strerror}", file=stderr)
        return 1
    except (Refused, UnicodeDecodeError) as error:
        print(f"kiosk read: {options.trust} is not a list of issuers: {error}", file=stderr)
        return 1
    try:
        for line in _lines(stdin):
            _write(stdout, _answer(line, options.at, trust))
    except BrokenPipeError:
        return reader_gone(stdout)
    return 0


def _parser() -> Parser:
    parser = Parser(prog="python -m kiosk read", add_help=False, description="Say what each code on stdin is.")
    parser.add_argument(
        "--at", type=_time_argument, metavar="ISO8601", help="judge dates at this time (UTC without a zone)"
    )
    parser.add_argument("--trust", type=Path, metavar="FILE", help="JSON list of the issuers whose signatures count")
    parser.add_argument("-h", "--help", action="store_true", help="show this and exit")
    return parser


def _answer(line: str, at: datetime | None, trust: Trust) -> str:
    code, own_at = line, None
    if (asked := _json_question(line)) is not None:
        code, own_at = asked
    try:
        when = _time_of(own_at) if own_at is not None else at
    except (TypeError, ValueError):
        return _dump(Unreadable("bad_time"))
    return _dump(read(code, now=when or datetime.now(UTC), trust=trust))


def _json_question(line: str) -> tuple[str, object] | None:
    """(code, at) of a line `{"code", "at"}`; None for every other line, since some codes are JSON themselves."""
    if not line.lstrip(" \t\ufeff").startswith("{"):
        return None
    try:
        asked = json.loads(line.strip(" \t\r\n\ufeff"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict) or not isinstance(asked.get("code"), str):
        return None
    return asked["code"], asked.get("at")


def _time_argument(text: str) -> datetime:
    try:
        return _time_of(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time like 2026-01-31T06:42:00+07:00") from None


def _time_of(text: object) -> datetime:
    """An ISO 8601 time, UTC where it names no zone. Raises TypeError or ValueError."""
    if not isinstance(text, str):
        raise TypeError("a text expected")
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _dump(result: Credential | Unreadable) -> str:
    answer = {
        "kind": result.kind,
        "status": result.status,
        "reason": result.reason,
        "warnings": result.warnings,
        "normal_form": result.normal_form,
        "fields": dict(result.fields),
    }
    # JSON lets these stand as they are, but programs that split lines by Unicode's rules would cut an answer at them.
    return _LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(answer, ensure_ascii=False))


def _lines(stdin: TextIO) -> Iterator[str]:
    """Lines ended by \\n alone (a code may hold other separators); bytes that are not UTF-8 become lone surrogates."""
    source = getattr(stdin, "buffer", None)
    if source is None:
        yield from (line.removesuffix("\n") for line in stdin)
        return
    while raw := source.readline(_MAX_LINE_BYTES):
        whole = raw
        while len(raw) == _MAX_LINE_BYTES and not raw.endswith(b"\n"):
            raw = source.readline(_MAX_LINE_BYTES)
        yield whole.removesuffix(b"\n").decode("utf-8", "surrogateescape")


def _write(stdout: TextIO, answer: str) -> None:
    sink = getattr(stdout, "buffer", None)
    if sink is None:
        stdout.write(answer + "\n")
    else:
        sink.write(answer.encode("utf-8") + b"\n")
    stdout.flush()
