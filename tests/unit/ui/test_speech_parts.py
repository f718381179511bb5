"""Sounds joined to one file, words told apart by their language, and the sheet of what is to be recorded."""

import wave
from io import BytesIO, StringIO
from pathlib import Path

import pytest

from ui.speech import Speech, recording_name
from ui.speech_runs import Run, runs
from ui.speech_sheet import run
from ui.speech_wav import PAUSE_S, Sound, joined, read

SECOND = Sound(16_000, b"\x10\0" * 16_000)


def test_sounds_of_different_rates_become_one_file_with_a_pause() -> None:
    with wave.open(BytesIO(joined([SECOND, Sound(48_000, b"\x20\0" * 24_000)]))) as heard:
        assert (heard.getframerate(), heard.getnchannels(), heard.getsampwidth()) == (48_000, 1, 2)
        assert heard.getnframes() == pytest.approx(48_000 * (1.5 + PAUSE_S), abs=2)
        assert heard.readframes(1) == b"\x10\0"


def test_a_file_made_here_is_read_back() -> None:
    assert read(joined([SECOND])) == SECOND


def test_the_sizes_in_a_header_are_not_believed() -> None:
    wav = joined([SECOND])
    assert read(wav[:40] + b"\xff\xff\xff\x7f" + wav[44:]) == SECOND
    assert read(wav + b"\0") == SECOND


@pytest.mark.parametrize("damage", [(0, b"X"), (22, b"\2"), (34, b"\10"), (36, b"LIST"), (24, b"\1\0\0\0")])
def test_another_kind_of_file_is_no_sound(damage: tuple[int, bytes]) -> None:
    at, put = damage
    wav = joined([SECOND])
    assert read(wav[:at] + put + wav[at + len(put) :]) is None
    assert read(wav[:44]) is None


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("哪个机场？. Nội Bài. Đà Nẵng", "zh", [("zh", "哪个机场？. "), ("vi", "Nội Bài. Đà Nẵng")]),
        ("例如 VN300。", "zh", [("zh", "例如 "), ("en", "VN300")]),
        ("例：VN300。", "ja", [("ja", "例：VN300。")]),
        ("Đồng Đăng (đường sắt)", "ko", [("vi", "Đồng Đăng (đường sắt)")]),
        ("过去 14 天", "zh", [("zh", "过去 14 天")]),
        ("Gate A, Đà Nẵng", "en", [("en", "Gate A, Đà Nẵng")]),
        ("。 · ", "zh", []),
    ],
)
def test_words_of_another_script_are_told_apart(text: str, language: str, found: list[tuple[str, str]]) -> None:
    assert [(run.language, run.text.strip()) for run in runs(text, language)] == [
        (tag, words.strip()) for tag, words in found
    ]
    assert all(isinstance(run, Run) for run in runs(text, language))


def test_the_sheet_names_every_sentence_once_and_leaves_out_what_is_recorded(tmp_path: Path) -> None:
    out = StringIO()
    assert run(["km"], out, StringIO()) == 0
    lines = [line.split("\t") for line in out.getvalue().splitlines()]
    assert lines[0][1] == "ភាសាខ្មែរ"
    assert len(lines) > 200
    assert len({name for name, _ in lines}) == len(lines)
    assert all(name == f"{recording_name(sentence)}.wav" for name, sentence in lines)
    (tmp_path / "km").mkdir()
    (tmp_path / "km" / lines[0][0]).write_bytes(joined([SECOND]))
    assert Speech(tmp_path).speaks("km")
    out = StringIO()
    assert run(["--missing", "km"], out, StringIO(), tmp_path) == 0
    assert out.getvalue().splitlines() == ["\t".join(line) for line in lines[1:]]


@pytest.mark.parametrize("words", [[], ["xx"], ["km", "missing.json"]])
def test_a_wrong_sheet_is_refused_with_the_reason(words: list[str]) -> None:
    errors = StringIO()
    assert run(words, StringIO(), errors) == 2
    assert errors.getvalue()
