"""`python -m kiosk form`: one line of JSON for each form, and the verdict on a response."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.commands.form import run
from tests.unit.forms.questionnaires import Json, question, questionnaire, reply, response

GOOD = questionnaire(question("q", "string", required=True))


def _run(*arguments: object) -> tuple[int, list[Any], str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    status = run([str(argument) for argument in arguments], io.StringIO(), stdout, stderr)
    return status, [json.loads(line) for line in stdout.getvalue().splitlines()], stderr.getvalue()


def _file(folder: Path, name: str, content: Json | str | bytes) -> Path:
    data = (
        content if isinstance(content, bytes) else json.dumps(content).encode() if isinstance(content, dict) else None
    )
    (folder / name).write_bytes(data if data is not None else str(content).encode())
    return folder / name


def test_each_file_has_its_line(tmp_path: Path) -> None:
    good = _file(tmp_path, "good.json", GOOD)
    bad = _file(tmp_path, "bad.json", questionnaire(question("q", "attachment")))
    status, lines, _ = _run("check", "--languages", "vi", good, bad)
    assert status == 1
    assert [(Path(line["file"]).name, line["ok"]) for line in lines] == [("good.json", True), ("bad.json", False)]
    assert lines[1]["issues"][0] == {
        "severity": "error",
        "code": "not-supported",
        "expression": "Questionnaire.item[0].type",
        "text": "the type 'attachment' is not taken",
    }
    assert _run("check", "--languages", "", good)[0] == 0


def test_eight_languages_unless_told_otherwise(tmp_path: Path) -> None:
    status, lines, _ = _run("check", _file(tmp_path, "f.json", GOOD))
    assert status == 1
    assert {issue["text"] for issue in lines[0]["issues"]} == {"no text in en, zh, ko, ja, km, lo, th"}


@pytest.mark.parametrize(
    "content",
    ["", "{", "nonsense", "NaN", '{"a": NaN}', "[" * 100_000, "1" * 10_000, b"\xff\xfe", b" " * 1_000_001, '"\\ud800"'],
)
def test_what_is_no_form_is_said(tmp_path: Path, content: str | bytes) -> None:
    status, lines, _ = _run("check", _file(tmp_path, "f.json", content))
    assert status == 1
    assert lines[0]["ok"] is False
    assert lines[0]["issues"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    status, lines, _ = _run("check", tmp_path / "gone.json", tmp_path)
    assert status == 1
    assert ["cannot be opened" in line["issues"][0]["text"] for line in lines] == [True, True]


def test_a_response_is_valid_or_not(tmp_path: Path) -> None:
    asked = _file(tmp_path, "q.json", GOOD)
    good = _file(tmp_path, "r.json", response(reply("q", {"valueString": "a"})))
    assert _run("validate", asked, good) == (0, [{"valid": True, "issues": []}], "")
    status, lines, _ = _run("validate", asked, _file(tmp_path, "r2.json", response()))
    assert status == 1
    assert lines[0]["valid"] is False
    assert lines[0]["issues"][0]["code"] == "required"
    assert _run("validate", asked, tmp_path / "gone")[1][0]["issues"][0]["expression"] == "QuestionnaireResponse"


@pytest.mark.parametrize(
    "arguments", [(), ("check",), ("validate", "a"), ("publish", "a"), ("check", "--languages", "vi;en", "a")]
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    status, lines, told = _run(*arguments)
    assert status == 2
    assert not lines
    assert "usage" in told


def test_help() -> None:
    assert run(["-h"], io.StringIO(), io.StringIO(), io.StringIO()) == 0


def test_whoever_reads_may_go(tmp_path: Path) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    file = _file(tmp_path, "f.json", GOOD)
    assert run(["check", str(file)], io.StringIO(), Gone(), io.StringIO()) == 1
