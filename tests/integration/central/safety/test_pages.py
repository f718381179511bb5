"""The pages of a place's own checks and of the inspectors, by whoever may come and whoever may not."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from central.safety.periods import HOUR_MS
from tests.integration.central.safety.conftest import MARKET, OTHER, PROVINCE, WARD, Town
from tests.parts.centre import ROOT, run_central

WHOLE = {f"c-{n}": "yes" for n in range(1, 15)}
DAILY = {f"c-{n}": "yes" for n in (4, 7, 8, 10, 11)}
SENTENCE = "Mời trả lời các câu được đánh dấu."


@pytest.fixture
def manager(town: Town) -> FlaskClient:
    return town.enter("venue_owner", f"venue-{MARKET}")


@pytest.fixture
def inspector(town: Town) -> FlaskClient:
    return town.enter("inspector", f"ward-{WARD}")


def check(client: FlaskClient, period: str = "periodic", venue: str = MARKET, **fields: object) -> TestResponse:
    return client.post(f"/safety/{venue}/check/{period}", data=fields, content_type="multipart/form-data")


def jpeg(secret: bytes = b"", size: tuple[int, int] = (160, 90)) -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = secret.decode()  # ImageDescription
    Image.new("RGB", size, "green").save(out, "JPEG", exif=exif)
    out.seek(0)
    return out, "cho.jpg"


def test_a_manager_goes_through_the_sections_and_the_place_is_green(town: Town, manager: FlaskClient) -> None:
    assert manager.get("/safety").headers["Location"] == f"/safety/{MARKET}"  # with one place there is no list
    page = check(manager, step="0", **{f"c-{n}": "yes" for n in range(1, 5)}).text
    assert "Phần 2 trên 4" in page and page.count('type="hidden" name="c-') == 4
    page = check(manager, step="1", **{f"c-{n}": "yes" for n in range(1, 9)}).text
    assert SENTENCE in page and "Phần 2 trên 4" in page  # the ninth is not answered
    page = check(manager, step="2", **WHOLE).text
    assert "Mọi tiêu chí đều đạt." in page and "Cam kết" in page
    page = check(manager, step="3", **WHOLE).text
    assert "Hãy đánh dấu vào cam kết" in page
    assert town.state() == "not_assessed"
    assert check(manager, step="3", pledge="1", **WHOLE).status_code == 303
    assert town.state() == "safe"
    assert town.centre.rows("SELECT author, score, most, length(pledge) FROM self_check") == [
        (f"venue-owner.venue-{MARKET}", 14, 14, 32)
    ]
    assert town.centre.one("SELECT detail FROM audit WHERE action = 'self_check'").count('"state"') == 1


def test_back_keeps_every_answer(manager: FlaskClient) -> None:
    page = check(manager, step="2", go="back", **{f"c-{n}": "no" for n in range(1, 12)}).text
    assert "Phần 2 trên 4" in page
    assert page.count("checked") == 5 and page.count('value="no">') + page.count('value="no" checked') >= 11


def test_the_daily_check_is_short(town: Town, manager: FlaskClient) -> None:
    check(manager, pledge="1", **WHOLE)
    town.now_ms += HOUR_MS // 6  # a session ends after half an hour of silence
    assert check(manager, "daily", pledge="1", **{**DAILY, "c-10": "no"}).status_code == 303
    assert town.state() == "at_risk"
    page = manager.get(f"/safety/{MARKET}").text
    assert "Hôm nay chưa đạt: Có chỗ rửa tay" in page


def test_an_answer_that_is_not_offered_is_asked_again(town: Town, manager: FlaskClient) -> None:
    for value in ("", "2", "maybe", "na", "-1", "9" * 300):
        assert SENTENCE in check(manager, pledge="1", **{**WHOLE, "c-4": value}).text, value
    assert check(manager, pledge="1", **{**WHOLE, "c-4": "yes\0"}).status_code == 400
    assert town.centre.one("SELECT count(*) FROM self_check") == 0


def test_nobody_checks_for_another_place(town: Town, manager: FlaskClient, inspector: FlaskClient) -> None:
    for client in (manager, town.enter("venue_staff", f"venue-{MARKET}"), inspector):
        assert check(client, venue=OTHER, pledge="1", **WHOLE).status_code == 403
        assert client.get(f"/safety/{OTHER}").status_code == 403
    assert manager.get("/safety/v-nowhere").status_code == 404
    assert manager.get(f"/safety/{MARKET}/check/yearly").status_code == 404
    assert manager.get("/inspections").status_code == 403
    assert check(town.enter("venue_staff", f"venue-{OTHER}"), venue=OTHER, pledge="1", **WHOLE).status_code == 303
    far = town.enter("inspector", "ward-99999")
    assert far.get(f"/inspections/of/{MARKET}").status_code == 403
    assert far.post(f"/inspections/of/{MARKET}/ask").status_code == 403


def test_a_picture_loses_what_the_camera_wrote_and_only_inspectors_see_it(
    town: Town, manager: FlaskClient, inspector: FlaskClient
) -> None:
    assert check(manager, pledge="1", picture=jpeg(b"GPS 10.77 106.69", (1600, 900)), **WHOLE).status_code == 303
    kept = town.centre.one("SELECT picture FROM evidence")
    assert kept.startswith(b"\xff\xd8") and b"GPS" not in kept and len(kept) < 200_000
    answer = inspector.get("/inspections/picture/1")
    assert (answer.mimetype, answer.data) == ("image/jpeg", kept)
    assert manager.get("/inspections/picture/1").status_code == 403
    assert town.enter("inspector", "ward-99999").get("/inspections/picture/1").status_code == 403
    assert "/inspections/picture/1" in inspector.get(f"/inspections/of/{MARKET}").text
    assert "/inspections/picture/1" not in manager.get(f"/safety/{MARKET}").text


def test_several_pictures_each_show_a_criterion_and_never_more_than_five(
    town: Town, manager: FlaskClient, inspector: FlaskClient
) -> None:
    def five(more: int = 0) -> dict[str, Any]:
        names = ["", *(f"-{n}" for n in range(2, 6 + more))]
        return {f"picture{one}": jpeg() for one in names} | {"about-2": "10", "about-3": "4"}

    assert check(manager, pledge="1", **{**WHOLE, **five(), "about-4": "99"}).status_code == 404
    assert town.centre.one("SELECT count(*) FROM self_check") == 0  # a criterion that there is not
    assert (
        check(manager, pledge="1", **WHOLE, **five(more=4)).status_code == 303
    )  # what is not offered is not looked at
    assert town.centre.rows("SELECT criterion FROM evidence ORDER BY id") == [
        *(("",), ("10@market-2026",), ("4@market-2026",), ("",), ("",))
    ]
    assert "Có chỗ rửa tay" in inspector.get(f"/inspections/of/{MARKET}").text.partition("Ảnh 2")[2]
    inspector.post(f"/inspections/of/{MARKET}/ask")
    marked = {f"f-{n}": "1" for n in range(1, 7)} | {f"d-{n}": "3" for n in range(1, 7)}
    sent = {"result": "at_risk", **marked, "p-9": jpeg()}
    many = {**sent, **{f"p-{n}": jpeg() for n in range(1, 7)}}
    assert inspector.post("/inspections/1/done", data=many, content_type="multipart/form-data").status_code == 409
    few = {**sent, "p-9": jpeg(), "p-2": jpeg(), "picture": jpeg()}
    assert inspector.post("/inspections/1/done", data=few, content_type="multipart/form-data").status_code == 303
    assert town.centre.rows("SELECT criterion FROM evidence WHERE inspection = 1 ORDER BY id") == [
        *(("",), ("2@market-2026",))  # the ninth was not marked: a picture of nothing
    ]


def test_a_picture_that_would_fill_the_memory_is_refused_whichever_it_is(town: Town, manager: FlaskClient) -> None:
    out = io.BytesIO()
    Image.new("1", (6000, 6000)).save(out, "PNG")
    out.seek(0)
    bomb: dict[str, Any] = {"picture": jpeg(), "picture-2": (out, "x.png")}
    assert check(manager, pledge="1", **WHOLE, **bomb).status_code == 409
    assert town.centre.one("SELECT count(*) FROM evidence") == 0


def test_a_file_that_is_no_picture_is_refused_with_the_whole_check(town: Town, manager: FlaskClient) -> None:
    answer = check(manager, pledge="1", picture=(io.BytesIO(b"<svg onload=alert(1)>"), "x.svg"), **WHOLE)
    assert answer.status_code == 409
    assert town.centre.one("SELECT count(*) FROM self_check") == 0
    assert town.state() == "not_assessed"


def test_an_inspector_asks_inspects_finds_and_looks_again(town: Town, inspector: FlaskClient) -> None:
    assert "Không có việc kiểm tra nào" in inspector.get("/inspections").text
    assert inspector.get(f"/inspections?venue={MARKET}").headers["Location"] == f"/inspections/of/{MARKET}"
    assert inspector.get("/inspections?venue=//evil.example").headers["Location"] == "/inspections"
    inspector.post(f"/inspections/of/{MARKET}/ask")
    inspector.post(f"/inspections/of/{MARKET}/ask")
    assert town.centre.one("SELECT count(*) FROM inspection") == 1  # asked for twice, it is one
    assert "Theo kế hoạch" in inspector.get("/inspections").text
    found = {"result": "unsafe", "f-10": "1", "w-10": "<b>Vòi</b> hỏng", "d-10": "3", "words": "Sửa chỗ rửa tay."}
    assert inspector.post("/inspections/1/done", data={**found, "d-10": "0"}).status_code == 409
    assert inspector.post("/inspections/1/done", data={"result": "great"}).status_code == 409
    assert inspector.post("/inspections/1/done", data=found).status_code == 303
    assert town.state() == "unsafe"
    page = inspector.get(f"/inspections/of/{MARKET}").text
    assert "&lt;b&gt;Vòi&lt;/b&gt; hỏng" in page and "Kiểm tra lại" in page
    assert "checked" in inspector.get("/inspections/2").text  # what was found stands there already
    town.now_ms += 5 * 24 * HOUR_MS
    again = town.enter("inspector", f"province-{PROVINCE}")  # the session of before is over
    assert "Quá hạn" in again.get("/inspections").text
    assert again.post("/inspections/2/done", data={"result": "safe"}).status_code == 303
    assert town.state() == "safe"
    assert town.centre.rows("SELECT action, about FROM audit WHERE action LIKE 'inspection%' ORDER BY number") == [
        ("inspection_asked", "I-1"),
        ("inspection_asked", "I-1"),
        ("inspection_done", "I-1"),
        ("inspection_done", "I-2"),
    ]


def test_a_check_on_paper_goes_the_same_way(town: Town, tmp_path: Path) -> None:
    centre = ["--database", town.centre.url, "--keys", str(town.centre.keys)]
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({str(n): 1 for n in range(1, 15)}))
    done = run_central("self-check", MARKET, "market-2026", str(answers), *centre)
    assert json.loads(done.stdout) == {
        "check": 1,
        "state": "safe",
        "score": 14,
        "of": 14,
        "reasons": ["good"],
        "place_state": "safe",
    }
    assert town.centre.rows("SELECT author FROM self_check") == [("paper",)]
    refused = run_central("self-check", MARKET, "schools-hanoi-2021", str(answers), *centre)
    assert refused.returncode == 1 and "market-2026" in refused.stderr and "Traceback" not in refused.stderr


def test_the_example_of_the_page_on_safety_prints_what_it_says(tmp_path: Path) -> None:
    said = (ROOT / "docs" / "safety.md").read_text("utf-8")
    given, printed = re.findall(r"^\$ echo '(.*)' > answers.json\n\$ python.*\n(.*)$", said, re.MULTILINE)[0]
    answers = tmp_path / "answers.json"
    answers.write_text(given)
    assert run_central("assess", "schools-moet-2020", str(answers)).stdout == f"{printed}\n"
    answers.write_text('{"16": 1}')
    refused = run_central("assess", "schools-moet-2020", str(answers))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "has no criterion 16" in refused.stderr
