"""The request desk through its pages: identified, shown, answered, destroyed down to the kiosk, certified."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from central.jobs import Bench
from central.reports.letter import SIGNS
from central.rights.certificates import public_keys, read
from central.rights.clocks import day_of
from central.rights.limits import DAY_MS
from central.rights.receipts import find_record
from central.rights.retention import work
from central.web.app import Site, make_app
from kiosk.form_desk import spoken
from tests.integration.central.rights.desk import NAME, NUMBER, gate_of, opened, shows_card, signs
from tests.parts.centre import NOW_MS, Centre
from tests.parts.devices import SyntheticDevice
from tests.parts.officers import session_of, signed_in
from tests.parts.vault import running_opener
from wire.bulletin import Bulletin, accept
from wire.deletions import read_deletions
from wire.envelope import record_id
from wire.records import DeviceEvent
from wire.refusal import Refused

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def app(centre: Centre) -> Iterator[Flask]:
    with running_opener(centre) as vault:
        yield make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: NOW_MS, vault))


@pytest.fixture
def device(centre: Centre) -> SyntheticDevice:
    return gate_of(centre)


@pytest.fixture
def officer(app: Flask, centre: Centre, device: SyntheticDevice) -> FlaskClient:
    return signed_in(app, centre.engine, "data_protection", login="lan", now_ms=NOW_MS)


@pytest.fixture
def second(app: Flask, centre: Centre, officer: FlaskClient) -> FlaskClient:
    return signed_in(app, centre.engine, "data_protection", login="minh", now_ms=NOW_MS)


def test_a_person_sees_what_is_held_and_who_looked(officer: FlaskClient, centre: Centre) -> None:
    path = opened(officer)
    refused = officer.post(f"{path}/data")
    assert refused.status_code == 409 and NAME not in refused.text
    shows_card(officer, path)
    page = officer.post(f"{path}/data")
    assert page.status_code == 200
    assert page.text.count(NAME) == 2 and NUMBER in page.text
    assert NAME not in officer.get(path).text and NUMBER not in officer.get(path).text
    assert "yêu cầu của chính người đó" in officer.get(path).text, "the person may know who looked"
    log = centre.rows("SELECT actor, action, purpose, about FROM audit WHERE action = 'names_opened'")
    assert log == [("lan", "names_opened", "data_subject", path.rsplit("/", 1)[1])]
    assert not [row for row in centre.rows("SELECT detail FROM audit") if NUMBER in row[0] or NAME in row[0]]


def test_the_answer_is_a_paper_in_two_forms(officer: FlaskClient) -> None:
    path = opened(officer)
    shows_card(officer, path)
    pdf = officer.post(f"{path}/letter", data={"which": "answer", "form": "pdf"})
    assert pdf.mimetype == "application/pdf"
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf.data)).pages).split())
    assert NAME in text and "Độc lập - Tự do - Hạnh phúc" in text
    docx = officer.post(f"{path}/letter", data={"which": "first", "form": "docx"})
    words = "\n".join(paragraph.text for paragraph in Document(BytesIO(docx.data)).paragraphs)
    assert path.rsplit("/", 1)[1] in words and NAME not in words
    cells = (cell for table in Document(BytesIO(docx.data)).tables for cell in table._cells)
    frame = [paragraph.text for cell in cells for paragraph in cell.paragraphs]
    for line in ("BỘ Y TẾ", "Số: .........", f"V/v yêu cầu {path.rsplit('/', 1)[1]}", "Nơi nhận:", *SIGNS):
        assert line in frame and line in text, line
    assert any(line.endswith(", ngày 21 tháng 09 năm 2026") and line in text for line in frame)
    assert "Kính gửi: ....." in words and "Kính gửi: ....." in text
    assert officer.post(f"{path}/letter", data={"which": "first", "form": "exe"}).status_code == 409


def test_a_number_nobody_has_shown_ends_as_nothing_held(officer: FlaskClient) -> None:
    path = opened(officer)
    shows_card(officer, path, "099099999999")
    assert "Không tìm thấy bản ghi nào" in officer.get(path).text
    assert officer.post(f"{path}/close", data={"outcome": "nothing_held"}).status_code == 303
    assert "Không giữ dữ liệu nào" in officer.get("/requests?closed=1").text


def test_a_receipt_opens_its_own_record_and_no_other(
    officer: FlaskClient, centre: Centre, device: SyntheticDevice
) -> None:
    path, code = opened(officer), spoken(record_id(device.device, device.epoch, 3))
    data = {"how": "receipt", "code": code.lower().replace("-", " "), "venue": "v-cho-mau"}
    assert officer.post(f"{path}/identify", data={**data, "day": day_of(NOW_MS).isoformat()}).status_code == 303
    page = officer.post(f"{path}/data").text
    assert page.count("Declaration") == 1 and "Visit" not in page
    wrong = {**data, "code": "K7QF-2M9D-44TX", "day": day_of(NOW_MS).isoformat()}
    assert officer.post(f"{path}/identify", data=wrong).status_code == 404
    with centre.engine.connect() as connection, pytest.raises(Refused, match="receipt_unknown"):
        find_record(connection, code, "another-place", day_of(NOW_MS))


def test_a_deletion_reaches_the_kiosk_and_is_certified_when_it_answers(
    officer: FlaskClient, second: FlaskClient, centre: Centre, device: SyntheticDevice
) -> None:
    path = opened(officer, "deletion")
    name = path.rsplit("/", 1)[1]
    shows_card(officer, path)
    assert officer.post(f"{path}/delete").status_code == 409, "the person has not said that they understand"
    assert officer.post(f"{path}/delete", data={"sure": "1"}).status_code == 303
    assert len(centre.rows("SELECT seq FROM visit")) == 4, "one officer alone"
    signs(second, path)
    assert centre.rows("SELECT seq FROM visit ORDER BY seq") == [(4,), (5,)]
    gone = [(seq, 0, "deleted") for seq in (1, 2, 3)]  # the declaration, too
    assert centre.rows("SELECT seq, length(sealed), reason FROM raw_record WHERE seq < 4 ORDER BY seq") == gone
    scope = f"device-{device.device}"
    message = centre.rows("SELECT message FROM bulletin WHERE scope = ?", scope)[0][0]
    told = accept(None, message, centre.ring.root(), NOW_MS, frozenset({scope}))
    assert isinstance(told, Bulletin)
    assert next((d.epoch, d.first, d.last) for d in read_deletions(told.body)) == (device.epoch, 1, 3)
    assert NUMBER.encode() not in message
    assert "chưa trả lời" in officer.get(path).text
    assert centre.one("SELECT count(*) FROM deletion_certificate") == 0

    for first, last in [(d.first, d.last) for d in read_deletions(told.body)]:
        device.add(DeviceEvent("destroyed", {"epoch": device.epoch.hex(), "from": first, "through": last}))
    centre.take(device.batch(6, len(device.sealed) - 5))
    bench = Bench(centre.engine, centre.ring, lambda: NOW_MS + 1000)
    while work(bench):
        pass
    work(bench)
    certified = centre.rows("SELECT message FROM deletion_certificate WHERE about = ?", name)
    body = read(certified[0][0], public_keys(centre.ring))
    assert body["records"][0] == [device.device, device.epoch, 1, 3]
    assert [row[0] for row in body["kiosks"]] == [device.device] and body["kiosks"][0][1] is not None
    again = centre.take(device.batch(1, 5))
    assert again[0].new == 0, "what was destroyed came back"


def test_a_kiosk_that_never_answers_ends_with_its_own_limit(
    officer: FlaskClient, second: FlaskClient, centre: Centre
) -> None:
    path = opened(officer, "deletion")
    shows_card(officer, path)
    officer.post(f"{path}/delete", data={"sure": "1"})
    signs(second, path)
    for days, certificates in ((14, 0), (16, 1)):
        bench = Bench(centre.engine, centre.ring, lambda days=days: NOW_MS + days * DAY_MS)  # type: ignore[misc]
        while work(bench):
            pass
        work(bench)
        assert centre.one("SELECT count(*) FROM deletion_certificate WHERE about <> 'limits'") == certificates


def test_nothing_is_destroyed_while_a_hold_or_a_case_needs_it(
    officer: FlaskClient, second: FlaskClient, centre: Centre
) -> None:
    path = opened(officer, "deletion")
    shows_card(officer, path)
    hold = {"kind": "person", "what": path.rsplit("/", 1)[1], "reason": "đang khiếu nại", "basis": "Lệnh thử"}
    ends = day_of(NOW_MS + 30 * DAY_MS).isoformat()
    assert officer.post("/retention/holds", data={**hold, "ends": ends}).status_code == 303
    number = centre.one("SELECT id FROM legal_hold")
    assert officer.post(f"/retention/holds/{number}/sign").status_code == 409, "one officer alone"
    assert second.post(f"/retention/holds/{number}/sign").status_code == 303
    refused = officer.post(f"{path}/delete", data={"sure": "1"})
    assert refused.status_code == 409 and "lệnh giữ" in refused.text.lower()
    assert centre.one("SELECT count(*) FROM visit") == 4
    second.post(f"/retention/holds/{number}/lift")
    assert officer.post(f"{path}/delete", data={"sure": "1"}).status_code == 303


def test_a_request_is_extended_once_and_closed_with_a_reason(officer: FlaskClient, centre: Centre) -> None:
    path = opened(officer, "withdraw")
    before = centre.one("SELECT due_ms FROM rights_request")
    assert officer.post(f"{path}/extend", data={"why": "x"}).status_code == 409
    assert officer.post(f"{path}/extend", data={"why": "Cần hỏi thêm ba nơi"}).status_code == 303
    assert centre.one("SELECT due_ms FROM rights_request") > before + 13 * DAY_MS
    assert officer.post(f"{path}/extend", data={"why": "Cần hỏi thêm ba nơi"}).status_code == 409
    assert officer.post(f"{path}/close", data={"outcome": "refused", "reason": ""}).status_code == 409
    assert officer.post(f"{path}/close", data={"outcome": "granted"}).status_code == 409, "nobody was identified"
    done = officer.post(f"{path}/close", data={"outcome": "refused", "reason": "Dữ liệu do lệnh bắt buộc"})
    assert done.status_code == 303
    assert officer.post(f"{path}/first").status_code == 409


def test_a_breach_runs_72_hours_and_closes_with_its_last_step(officer: FlaskClient) -> None:
    data = {"kind": "lost_device", "what": "Máy ở cửa số 2 bị lấy mất", "people": "0", "hours_ago": "3", "drill": "1"}
    answer = officer.post("/breaches", data=data)
    path = answer.headers["Location"]
    page = officer.get(path).text
    assert "còn 69 giờ" in page and "DIỄN TẬP" in page
    for step in re.findall(r'name="step" value="(\w+)"', page):
        assert officer.post(f"{path}/step", data={"step": step}).status_code == 303
    assert "đã xong" in officer.get("/breaches").text
    paper = officer.get(f"{path}/notice.pdf")
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(paper.data)).pages)
    assert "DIỄN TẬP" in text and "DRILL" in text
    assert officer.post("/breaches", data={**data, "what": "?"}).status_code == 409


def test_the_register_is_a_page_a_table_and_a_paper(officer: FlaskClient) -> None:
    assert "Ghi lượt ra vào" in officer.get("/processing").text
    assert officer.get("/processing?as=csv").text.startswith("\ufeff")
    assert officer.get("/processing?as=json").get_json()[0]["days"]["visits"] == 21
    assert officer.get("/processing/assessment.docx").status_code == 200


def test_the_page_of_certificates_says_what_a_certificate_says(officer: FlaskClient, centre: Centre) -> None:
    bench = Bench(centre.engine, centre.ring, lambda: NOW_MS)
    while work(bench):
        pass
    assert "/retention/certificates/1" in officer.get("/retention").text
    assert "Chữ ký đúng" in officer.get("/retention/certificates/1").text
    assert officer.get("/retention/certificates/1/file").data[:1] == b"\xd2"
    assert officer.get("/retention/certificates/2").status_code in (404, 409)


def test_a_weak_session_opens_nothing(app: Flask, officer: FlaskClient, centre: Centre) -> None:
    path = opened(officer)
    shows_card(officer, path)
    weak = session_of(app, centre.engine, "lan", now_ms=NOW_MS, strong=False)
    answer = weak.post(f"{path}/data")
    assert answer.status_code != 200 and NAME not in answer.text
