"""`python -m kiosk decode`: one line a file, whatever the file."""

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kiosk.commands.decode import run
from tests.bench.frames import TEXTS, drawn


def decode(*words: str) -> tuple[int, list[dict[str, Any]], str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    status = run(words, io.StringIO(), stdout, stderr)
    return status, [json.loads(line) for line in stdout.getvalue().splitlines()], stderr.getvalue()


def save(path: Path, gray: object) -> str:
    Image.fromarray(np.asarray(gray, np.uint8)).save(path)
    return str(path)


def test_each_file_gets_its_line_in_order(tmp_path: Path) -> None:
    code = save(tmp_path / "Thẻ mẫu.png", drawn(TEXTS[0]))
    blank = save(tmp_path / "blank.gif", np.zeros((90, 90)))
    status, lines, _ = decode(code, blank)
    assert status == 0
    assert [line["file"] for line in lines] == [code, blank]
    assert lines[0]["symbols"] == [{"text": TEXTS[0], "format": "QRCode", "decoder": "zxing"}]
    assert lines[1]["symbols"] == []
    assert all(set(line) == {"file", "symbols", "ms"} and line["ms"] >= 0 for line in lines)


def test_a_broken_picture_is_an_answer(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (tmp_path / "b.jpg").write_bytes(b"")
    status, lines, _ = decode(str(tmp_path / "a.png"), str(tmp_path / "b.jpg"))
    assert status == 0
    assert [line["error"] for line in lines] in (["broken", "empty_file"], ["unsupported_format", "empty_file"])
    assert all(line["symbols"] == [] for line in lines)


def test_a_file_that_cannot_be_opened_is_status_1_and_the_others_are_still_read(tmp_path: Path) -> None:
    code = save(tmp_path / "code.png", drawn("x"))
    status, lines, _ = decode(str(tmp_path / "none.png"), str(tmp_path), code + "/x", "a\0b", code)
    assert status == 1
    assert [line.get("error") for line in lines] == ["missing", "not_a_file", "missing", "missing", None]
    assert lines[-1]["symbols"][0]["text"] == "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_is_status_1(tmp_path: Path) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(b"x")
    path.chmod(0)
    status, lines, _ = decode(str(path))
    assert (status, lines[0]["error"]) == (1, "no_permission")


@pytest.mark.parametrize("words", [[], ["--fast", "a.png"], ["a.png", "-x"]])
def test_wrong_usage_is_status_2(words: list[str]) -> None:
    status, lines, stderr = decode(*words)
    assert (status, lines) == (2, [])
    assert "usage" in stderr


def test_several_codes_and_frames_are_each_told_once(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.hstack([drawn("first"), drawn("second")])), Image.fromarray(drawn("first"))]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    _, lines, _ = decode(str(tmp_path / "a.gif"))
    assert sorted(symbol["text"] for symbol in lines[0]["symbols"]) == ["first", "second"]


def test_a_file_name_that_is_no_utf8_does_not_crash(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png")
    status, lines, _ = decode(name)
    assert (status, lines[0]["error"], lines[0]["file"]) == (1, "missing", name)
