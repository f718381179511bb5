"""`python -m kiosk form`: is this a form that may be published, and is that a good response to it.

    form check [--languages TAGS] FILE...     a line of JSON each: {"file", "ok", "issues"}
    form validate QUESTIONNAIRE RESPONSE      one line of JSON: {"valid", "issues"}

An issue is {"severity", "code", "expression", "text"}; `code` is a FHIR issue type. A form that speaks Vietnamese is
meant for a gate, and held to all that publishing asks. Any other is held to the profile, and what publishing would ask
stands as warnings. `--languages` says which languages a form must have, whatever it speaks; "" leaves them unchecked.
Exit status: 0 when every file is good, 1 when one is not or the answers could not be written, 2 for wrong usage.
Nothing is recorded.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn, TextIO

from forms.lint import lint, speaks
from forms.model import LANGUAGES, Issue, Option
from forms.source import primary
from forms.value_sets import value_sets
from forms.verdict import validate
from kiosk.commands.usage import Parser, WrongUsage, reader_gone

MAX_FILE_BYTES = 1_000_000
_FOREIGN = Issue(
    *("warning", "business-rule", "Questionnaire.language"),
    "no Vietnamese in it: held to the profile; a published form has every text in " + ", ".join(LANGUAGES),
)
_USAGE = """form check [--languages TAGS] FILE...     a line of JSON for each file: {"file", "ok", "issues"}
form validate QUESTIONNAIRE RESPONSE      one line of JSON: {"valid", "issues"}"""


class _Unreadable(Exception):
    pass


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Check forms or a response; returns the exit status. `stdin` is not read."""
    parser = _parser()
    try:
        options = parser.parse_args(argv)
    except WrongUsage as wrong:
        print(f"{parser.format_usage()}kiosk form: {wrong}", file=stderr)
        return 2
    if options.help or options.what is None:
        print(f"{parser.format_help()}\n{_USAGE}", file=stdout if options.help else stderr)
        return 0 if options.help else 2
    try:
        if options.what == "validate":
            return _validate(options.questionnaire, options.response, stdout)
        return _check(options.files, options.languages, stdout)
    except BrokenPipeError:
        return reader_gone(stdout)


def _parser() -> Parser:
    parser = Parser(prog="python -m kiosk form", add_help=False, description="Check forms, or a response to one.")
    parser.add_argument("-h", "--help", action="store_true", help="show this and exit")
    actions = parser.add_subparsers(dest="what", parser_class=Parser)
    check = actions.add_parser("check", add_help=False, help="may these forms be published")
    check.add_argument(
        "--languages", type=_tags, metavar="TAGS", help="such as vi,en; else all eight where the form speaks Vietnamese"
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


def _check(files: Sequence[Path], languages: Sequence[str] | None, stdout: TextIO) -> int:
    status = 0
    lists = value_sets()
    for file in files:
        issues = _linted(file, lists, languages)
        ok = not any(issue.severity == "error" for issue in issues)
        _write(stdout, {"file": str(file), "ok": ok, "issues": _shown(issues)})
        status = status if ok else 1
    return status


def _linted(file: Path, lists: Mapping[str, tuple[Option, ...]], languages: Sequence[str] | None) -> tuple[Issue, ...]:
    try:
        resource = read_json(file)
    except _Unreadable as error:
        return (Issue("error", "structure", "Questionnaire", str(error)),)
    if languages is not None:
        return lint(resource, lists, languages)
    if speaks(resource, "vi"):
        return lint(resource, lists, LANGUAGES)
    issues = lint(resource, lists, ())
    return issues if any(issue.severity == "error" for issue in issues) else (*issues, _FOREIGN)


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
    _write(stdout, {"valid": valid, "issues": _shown(issues)})
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
        return json.loads(
            data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object
        )
    except UnicodeDecodeError:
        raise _Unreadable("not in UTF-8") from None
    except RecursionError:
        raise _Unreadable("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise _Unreadable(f"no JSON: line {error.lineno}, column {error.colno}") from None
    except ValueError:  # an integer of thousands of digits
        raise _Unreadable("no JSON that can be read") from None


def _no_number(name: str) -> NoReturn:
    raise _Unreadable(f"{name} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; FHIR takes no name twice (https://hl7.org/fhir/R4/json.html): two readers would read two forms."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = sorted(name for name, _ in pairs)
        twice = next(name for name, following in pairwise(names) if name == following)
        raise _Unreadable(f"the name {ascii(twice)[:40]} stands twice in one object")
    return found


def _shown(issues: Sequence[Issue]) -> list[dict[str, str]]:
    """The issues in JSON, errors first."""
    first = sorted(issues, key=lambda issue: issue.severity != "error")
    return [{"severity": i.severity, "code": i.code, "expression": i.expression, "text": i.text} for i in first]


def _write(stdout: TextIO, answer: Mapping[str, Any]) -> None:
    # In ASCII, so that no locale and no lone surrogate in a file's name can stand in the way.
    print(json.dumps(answer), file=stdout, flush=True)
