"""`python -m kiosk form`: one line of JSON for each form, and the verdict on a response."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.commands.form import run
from tests.unit.forms.questionnaires import Json, question, questionnaire, reply, response, translated

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


FOREIGN = {**questionnaire({"linkId": "q", "text": "Name", "type": "string"}, title="A form"), "language": "en"}


@pytest.mark.parametrize(
    "form",
    [
        FOREIGN,
        {key: value for key, value in FOREIGN.items() if key not in ("language", "url", "version", "title")},
        {**FOREIGN, "item": [question("q", "string", text="Name", _text=translated(fr="Nom"))]},
    ],
)
def test_a_form_without_vietnamese_is_held_to_the_profile(tmp_path: Path, form: Json) -> None:
    file = _file(tmp_path, "f.json", form)
    status, lines, _ = _run("check", file)
    assert (status, lines[0]["ok"]) == (0, True)
    assert {issue["severity"] for issue in lines[0]["issues"]} == {"warning"}
    assert "no Vietnamese" in lines[0]["issues"][-1]["text"]
    assert _run("check", "--languages", "vi,en", file)[0] == 1


def test_a_form_without_vietnamese_may_not_leave_the_profile(tmp_path: Path) -> None:
    outside = {**FOREIGN, "item": [question("q", "attachment", text="Picture")]}
    status, lines, _ = _run("check", _file(tmp_path, "f.json", outside))
    assert (status, lines[0]["ok"]) == (1, False)
    assert [issue["expression"] for issue in lines[0]["issues"]] == ["Questionnaire.item[0].type"]


@pytest.mark.parametrize("said", [{"_title": translated(vi="Phiếu")}, {"language": "vi-VN"}])
def test_a_form_that_speaks_vietnamese_speaks_all_eight(tmp_path: Path, said: Json) -> None:
    status, lines, _ = _run("check", _file(tmp_path, "f.json", {**FOREIGN, **said}))
    assert status == 1
    assert any("no text in" in issue["text"] for issue in lines[0]["issues"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"resourceType": "Patient", "resourceType": "Questionnaire"}', "'resourceType' stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ("{}".encode("utf-16"), "not in UTF-8"),
        ('{"a": NaN}', "NaN is no JSON"),
        ("<Questionnaire/>", "no JSON: line 1, column 1"),
        ('{"resourceType": "Bundle"}', "resourceType is 'Bundle', not Questionnaire"),
        ("{}", "resourceType is missing"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: str | bytes, reason: str) -> None:
    _, lines, _ = _run("check", _file(tmp_path, "f.json", content))
    assert [issue["severity"] for issue in lines[0]["issues"]] == ["error"]
    assert reason in lines[0]["issues"][0]["text"]


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
