"""`python -m central trace`: a file in, a line for each contact out, and nothing half done."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from central.__main__ import main

BASE = """venue,person,in,out
cho,F0,2026-08-01T07:00:00+07:00,2026-08-01T09:00:00+07:00
cho,an,2026-08-01T01:30:00Z,2026-08-01T02:10:00Z
cho,binh,2026-08-01 08:50,
truong,binh,2026-08-01T16:00,2026-08-01T17:00
truong,chi,2026-08-01T16:30,2026-08-01T18:00
"""


class Desk:
    """Runs the command on a file and reads what it says."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file, self._capsys = folder / "visits.csv", capsys

    def trace(self, text: str | bytes, *options: str, to: str = "2026-08-02") -> list[dict[str, Any]]:
        status, out, _ = self.run(text, *options, to=to)
        assert status == 0
        return [json.loads(line) for line in out.splitlines()]

    def run(self, text: str | bytes, *options: str, to: str = "2026-08-02") -> tuple[int, str, str]:
        self.file.write_bytes(text.encode() if isinstance(text, str) else text)
        window = ["--person", "F0", "--from", "2026-08-01", "--to", to, "--min-overlap", "10"]
        status = main(["trace", "--visits", str(self.file), *window, *options])
        said = self._capsys.readouterr()
        return status, said.out, said.err


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_each_contact_is_one_line_with_hop_minutes_and_reasons(desk: Desk) -> None:
    first, second, third = desk.trace(BASE, "--hops", "2")
    assert (first["person"], first["hop"], first["overlap_minutes"]) == ("an", 1, 30)
    assert first["reasons"] == [
        {
            "venue": "cho",
            "with": "F0",
            "from": "2026-08-01T08:30:00+07:00",
            "to": "2026-08-01T09:00:00+07:00",
            "minutes": 30,
            "assumed": False,
        }
    ]
    assert (second["person"], second["overlap_minutes"]) == ("binh", 10)
    assert second["reasons"][0]["assumed"] is True
    assert (third["person"], third["hop"], third["reasons"][0]["with"]) == ("chi", 2, "binh")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace("cho,", '"cho",').replace("venue", '"Venue "'),
        lambda text: "\n".join(f"no,{line},note" for line in text.split()),
        lambda text: text + "\n\n",
    ],
    ids=["mark", "crlf", "semicolons", "tabs", "quotes", "more columns", "empty lines"],
)
def test_files_as_offices_write_them_are_read_alike(desk: Desk, change: Any) -> None:
    text = BASE.replace("2026-08-01 08:50", "2026-08-01T08:50")
    assert desk.trace(change(text), "--hops", "3") == desk.trace(text, "--hops", "3")


def test_columns_stand_in_any_order(desk: Desk) -> None:
    rows = [line.split(",") for line in BASE.splitlines()]
    turned = "\n".join(",".join((row[3], row[1], row[2], row[0])) for row in rows)
    assert desk.trace(turned) == desk.trace(BASE)


def test_an_empty_check_out_is_bounded_by_the_longest_stay(desk: Desk) -> None:
    text = "venue,person,in,out\ncho,F0,2026-08-01T20:00,2026-08-01T21:00\ncho,an,2026-08-01T08:30,\n"
    assert [one["overlap_minutes"] for one in desk.trace(text)] == [30]
    assert desk.trace(text, "--max-stay", "11.5") == []
    assert [one["overlap_minutes"] for one in desk.trace(text, "--max-stay", "12.25")] == [45]


def test_an_open_visit_is_found_though_out_is_the_last_column_and_missing(desk: Desk) -> None:
    text = "venue,person,in,out\ncho,F0,2026-08-01T20:00,2026-08-01T21:00\ncho,an,2026-08-01T19:30\n"
    assert len(desk.trace(text)) == 1


def test_only_time_within_the_window_counts_and_the_last_day_counts_whole(desk: Desk) -> None:
    text = "venue,person,in,out\ncho,F0,2026-08-02T23:00,2026-08-03T01:00\ncho,an,2026-07-01T00:00,2026-08-03T05:00\n"
    (found,) = desk.trace(text)
    assert found["overlap_minutes"] == pytest.approx(60, abs=0.001)
    assert desk.trace(text, to="2026-08-02T23:09") == []
    assert desk.trace(text, to="2026-08-02T23:10")[0]["overlap_minutes"] == 10


def test_midnight_may_be_the_end_of_a_day(desk: Desk) -> None:
    text = "venue,person,in,out\ncho,F0,2026-08-01T23:00,2026-08-01T24:00\n"
    text += "cho,an,2026-08-01T23:00:00,2026-08-01T24:00:00\n"
    assert desk.trace(text)[0]["overlap_minutes"] == 60


def test_parts_of_minutes_are_told(desk: Desk) -> None:
    text = "venue,person,in,out\ncho,F0,2026-08-01T08:00:00,2026-08-01T09:00:00\n"
    text += "cho,an,2026-08-01T08:00:00.5,2026-08-01T08:15:00.5\ncho,binh,2026-08-01T08:00:30,2026-08-01T08:15:00\n"
    assert [one["overlap_minutes"] for one in desk.trace(text)] == [15, 14.5]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("venue,person,in\n", ""),
        ("venue,person,in,out,in\n", ""),
        ("", ""),
        (BASE + "cho,an\n", "7"),
        (BASE + "cho,,2026-08-01T07:00,\n", "7"),
        (BASE + "cho,an,2026-08-01T07:00,2026-08-01T08:00,oops\n", "7"),
        (BASE + "cho,an,01/08/2026 07:00,\n", "7"),
        (BASE + "cho,an,2026-08-01T07:60,\n", "7"),
        (BASE + "cho,an,2026-08-01T07:00:61,\n", "7"),
        (BASE + "cho,an,,2026-08-01T07:00\n", "7"),
        (BASE + "cho,an,2026-08-01T07:00,2026-08-01T06:59\n", "7"),
        (BASE + 'cho,"an,2026-08-01T07:00,\n', ""),
        (b"venue,person,in,out\ncho,\xff\xfe,2026-08-01T07:00,\n", ""),
    ],
)
def test_a_bad_row_is_named_in_both_languages_and_nothing_is_printed(desk: Desk, text: str | bytes, line: str) -> None:
    status, out, said = desk.run(text)
    assert (status, out) == (1, "")
    assert " / " in said
    if line:
        assert f"Dòng {line}:" in said
        assert f"Line {line}:" in said
    assert "an," not in said


def test_a_person_whom_the_file_does_not_know_is_told_and_stops_nobody(desk: Desk) -> None:
    status, out, said = desk.run("venue,person,in,out\ncho,an,2026-08-01T07:00,\n")
    assert (status, out) == (0, "")
    assert "--person" in said
    assert "F0" not in said


def test_nobody_found_is_a_good_answer(desk: Desk) -> None:
    status, out, said = desk.run("venue,person,in,out\ncho,F0,2026-08-01T07:00,\n")
    assert (status, out) == (0, "")
    assert "No contact" in said


def test_from_after_to_is_refused(desk: Desk) -> None:
    status, out, _ = desk.run(BASE, to="2026-07-01")
    assert (status, out) == (1, "")


@pytest.mark.parametrize(
    "options",
    [["--hops", "4"], ["--hops", "0"], ["--min-overlap", "-1"], ["--min-overlap", "x"], ["--max-stay", "0"]],
)
def test_wrong_options_are_wrong_usage(desk: Desk, options: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        desk.run(BASE, *options)
    assert ended.value.code == 2


@pytest.mark.parametrize("option", ["--from", "--to"])
def test_a_time_that_cannot_be_read_is_refused_by_its_option(desk: Desk, option: str) -> None:
    status, out, said = desk.run(BASE, option, "yesterday")
    assert (status, out) == (1, "")
    assert option in said


def test_a_day_as_the_end_is_the_whole_day_up_to_its_midnight(desk: Desk) -> None:
    text = "venue,person,in,out\ncho,F0,2026-08-02T23:00,2026-08-03T02:00\ncho,an,2026-08-02T23:50,2026-08-03T02:00\n"
    assert [one["overlap_minutes"] for one in desk.trace(text)] == [10]


def test_a_name_is_the_same_person_in_either_unicode_form(desk: Desk) -> None:
    composed, apart = (unicodedata.normalize(form, "Nguyễn Văn Thử") for form in ("NFC", "NFD"))
    market = [unicodedata.normalize(form, "Chợ Mẫu") for form in ("NFD", "NFC")]
    assert composed != apart
    head, hours = "venue,person,in,out\n", "2026-08-01T07:00,2026-08-01T09:00"
    rows = f"{market[0]},F0,{hours}\n{market[1]},{apart},{hours}\nquán,{composed},{hours}\nquán,bà,{hours}\n"
    found = desk.trace(head + rows, "--hops", "2")
    assert [(one["person"], one["hop"]) for one in found] == [(composed, 1), ("bà", 2)]
    asked = desk.trace(head + rows, "--person", apart)
    assert sorted(one["person"] for one in asked) == sorted(["F0", "bà"])
