"""`python -m kiosk form`: is this a form that may be published, and is that a good response to it.

    form check [--languages TAGS] FILE...     a line of JSON each: {"file", "ok", "issues"}
    form validate QUESTIONNAIRE RESPONSE      one line of JSON: {"valid", "issues"}

An issue is {"severity", "code", "expression", "text"}; `code` is a FHIR issue type. `--languages ""` leaves
translations unchecked. Exit status: 0 when every file is good, 1 when one is not or the answers could not be written,
2 for wrong usage. Nothing is recorded.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TextIO

from forms.lint import lint
from forms.model import LANGUAGES, Issue, Option
from forms.source import primary
from forms.verdict import validate
from kiosk.lists import value_sets

MAX_FILE_BYTES = 1_000_000
_USAGE = """form check [--languages TAGS] FILE...     a line of JSON for each file: {"file", "ok", "issues"}
form validate QUESTIONNAIRE RESPONSE      one line of JSON: {"valid", "issues"}"""


class _WrongUsage(Exception):
    pass


class _Unreadable(Exception):
    pass


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _WrongUsage(message)


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Check forms or a response; returns the exit status. `stdin` is not read."""
    parser = _parser()
    try:
        options = parser.parse_args(argv)
    except _WrongUsage as wrong:
        print(f"{parser.format_usage()}kiosk form: {wrong}", file=stderr)
        return 2
    if options.help or options.what is None:
        print(f"{parser.format_help()}\n{_USAGE}", file=stdout if options.help else stderr)
        return 0 if options.help else 2
    try:
        if options.what == "validate":
            return _validate(options.questionnaire, options.response, stdout)
        return _check(options.files, options.languages, stdout)
    except BrokenPipeError:  # whoever reads the answers has gone, as `head` does
        with suppress(BrokenPipeError):
            stdout.close()
        return 1


def _parser() -> _Parser:
    parser = _Parser(prog="python -m kiosk form", add_help=False, description="Check forms, or a response to one.")
    parser.add_argument("-h", "--help", action="store_true", help="show this and exit")
    actions = parser.add_subparsers(dest="what", parser_class=_Parser)
    check = actions.add_parser("check", add_help=False, help="may these forms be published")
    check.add_argument(
        "--languages", type=_tags, default=LANGUAGES, metavar="TAGS", help="such as vi,en; all eight else"
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    valid = actions.add_parser("validate", add_help=False, help="is this a good response to that form")
    valid.add_argument("questionnaire", type=Path, metavar="QUESTIONNAIRE")
    valid.add_argument("response", type=Path, metavar="RESPONSE")
    return parser


def _tags(text: str) -> tuple[str, ...]:
    tags = tuple(tag.strip() for tag in text.split(",") if tag.strip())
    if not all(primary(tag) == tag for tag in tags):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of languages like vi,en")
    return tags


def _check(files: Sequence[Path], languages: Sequence[str], stdout: TextIO) -> int:
    status = 0
    lists = value_sets()
    for file in files:
        issues = _linted(file, lists, languages)
        ok = not any(issue.severity == "error" for issue in issues)
        _write(stdout, {"file": str(file), "ok": ok, "issues": list(map(_shown, issues))})
        status = status if ok else 1
    return status


def _linted(file: Path, lists: Mapping[str, tuple[Option, ...]], languages: Sequence[str]) -> tuple[Issue, ...]:
    try:
        return lint(read_json(file), lists, languages)
    except _Unreadable as error:
        return (Issue("error", "structure", "Questionnaire", str(error)),)


def _validate(questionnaire: Path, response: Path, stdout: TextIO) -> int:
    issues: tuple[Issue, ...]
    where = "Questionnaire"
    try:
        asked = read_json(questionnaire)
        where = "QuestionnaireResponse"
        issues = validate(asked, read_json(response), value_sets())
    except _Unreadable as error:
        issues = (Issue("error", "structure", where, str(error)),)
    valid = not any(issue.severity == "error" for issue in issues)
    _write(stdout, {"valid": valid, "issues": list(map(_shown, issues))})
    return 0 if valid else 1


def read_json(file: Path) -> object:
    """The JSON in a file of at most 1 MB. Raises _Unreadable with the reason."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _Unreadable(f"cannot be opened: {error.strerror}") from None
    if len(data) > MAX_FILE_BYTES:
        raise _Unreadable(f"more than {MAX_FILE_BYTES} bytes")
    try:
        return json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        detail = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _Unreadable(f"no JSON in UTF-8{detail}") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _shown(issue: Issue) -> dict[str, str]:
    return {"severity": issue.severity, "code": issue.code, "expression": issue.expression, "text": issue.text}


def _write(stdout: TextIO, answer: Mapping[str, Any]) -> None:
    # In ASCII, so that no locale and no lone surrogate in a file's name can stand in the way.
    print(json.dumps(answer), file=stdout, flush=True)
