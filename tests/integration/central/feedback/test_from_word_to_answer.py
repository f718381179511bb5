"""A word on its way: sent, looked at, published, answered in public, followed by its sender, whom nobody learns of."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from central.alerts.sealing import make_sender_key, open_letter, sender_key
from central.alerts.senders import Carriers
from central.alerts.sending import say_ready
from central.feedback.life import DAY_MS
from central.feedback.showing import feedback_counts, public_feedback
from central.jobs import Bench
from central.rights import retention
from central.safety.states import State
from tests.integration.central.feedback.world import HIDDEN, MARKET, OTHER_WARD, SCHOOL, WARD, Officer, Town, act
from tests.parts.centre import Centre

WORDS = "Chợ quá đông, ông Trần Văn Thử không đeo khẩu trang"
STRUCK = "Chợ quá đông, […] không đeo khẩu trang"


@pytest.fixture(scope="module")
def ward(town: Town) -> Officer:
    return town.officer("ward_office", f"ward-{WARD}")


@pytest.fixture(scope="module")
def manager(town: Town) -> Officer:
    return town.officer("venue_owner", f"venue-{MARKET}", login="quan-ly-cho")


def published(town: Town, ward: Officer, words: str = WORDS, released: str = STRUCK, **more: str) -> tuple[str, int]:
    """(code, number) of a word that a moderator has published; it is public the day after."""
    code = town.citizen().say(MARKET, words)
    number = town.newest()
    answer = act(ward, f"/feedback/{number}", f"/feedback/{number}/publish", words=released, **more)
    assert answer.status_code == 303
    return code, number


def test_a_sender_follows_a_word_from_received_to_answered(town: Town, ward: Officer, manager: Officer) -> None:
    me = town.citizen()
    code = me.say(MARKET, WORDS, rating="2", lang="vi")
    number = town.newest()
    assert "Chưa ai mở" in me.status(code)
    page = ward.get(f"/feedback/{number}").text
    assert WORDS in page
    assert f">{STRUCK}</textarea>" in page
    assert "Đang được xem xét" in me.status(code)
    answer = act(ward, f"/feedback/{number}", f"/feedback/{number}/publish", words=STRUCK)
    assert answer.status_code == 303
    assert "ngày mai" in me.status(code)
    assert STRUCK not in manager.get(f"/feedback/of/{MARKET}").text
    town.clock.ms += DAY_MS
    desk = manager.get(f"/feedback/of/{MARKET}").text
    assert STRUCK in desk
    assert "Trần Văn Thử" not in desk
    assert not re.search(r"\d\d:\d\d", re.sub(r"<script.*?</script>", "", desk.partition("<main")[2]))
    said = act(manager, f"/feedback/of/{MARKET}", f"/feedback/{number}/answer", words="Chúng tôi đã chia giờ vào chợ.")
    assert said.status_code == 303
    assert "đã chia giờ" in me.status(code)
    with town.centre.engine.connect() as connection:
        (word,) = (one for one in public_feedback(connection, 1, town.clock.ms) if one.number == number)
        assert feedback_counts(connection, 1, town.clock.ms)["crowding"] >= 1
    assert (word.words, word.rating, word.there, word.answers[0].words) == (
        STRUCK,
        2,
        False,
        "Chúng tôi đã chia giờ vào chợ.",
    )
    assert (word.day_ms + 7 * 3_600_000) % DAY_MS == 0


def test_a_place_answers_twice_and_a_name_in_it_waits_for_a_moderator(
    town: Town, ward: Officer, manager: Officer
) -> None:
    code, number = published(town, ward, "Cửa hàng không có nước rửa tay", "Cửa hàng không có nước rửa tay")
    town.clock.ms += DAY_MS
    desk, path = f"/feedback/of/{MARKET}", f"/feedback/{number}/answer"
    act(manager, desk, path, words="Đó là bà Lê Thị Thử, gọi 0901234567 mà hỏi")
    assert "0901234567" not in town.citizen().status(code)
    assert act(manager, desk, path, words="Thêm nữa").status_code == 409
    held = re.search(r"/feedback/answers/(\d+)/drop", ward.get("/feedback").text)
    assert held is not None
    assert act(ward, "/feedback", f"/feedback/answers/{held.group(1)}/drop").status_code == 303
    act(manager, desk, path, words="Đã đặt nước rửa tay ở cả hai cửa.")
    act(manager, desk, path, words="Và sẽ kiểm tra mỗi sáng.")
    page = town.citizen().status(code)
    assert "cả hai cửa" in page
    assert "mỗi sáng" in page
    assert "0901234567" not in page
    assert act(manager, desk, path, words="Lần ba").status_code == 409


def test_no_moderator_puts_words_into_a_mouth(town: Town, ward: Officer) -> None:
    town.citizen().say(MARKET, "Bãi xe chật, không có lối ra")
    number = town.newest()
    path = f"/feedback/{number}/publish"
    assert act(ward, f"/feedback/{number}", path, words="Bãi xe rộng, không có lối ra").status_code == 409
    assert town.centre.rows("SELECT state, public_words FROM feedback WHERE id = ?", number) == [("waiting", "")]


def test_a_question_goes_to_the_sender_and_one_more_word_comes_back(town: Town, ward: Officer) -> None:
    me = town.citizen()
    code = me.say(MARKET, "Người bán ở dãy trong bị ốm", topic="sick_staff")
    number = town.newest()
    act(ward, f"/feedback/{number}", f"/feedback/{number}/ask", words="Ở dãy nào, ngày nào?")
    assert "Ở dãy nào, ngày nào?" in me.status(code)
    assert me.post("/say/status/more", code=code, words="Dãy cá, sáng thứ hai").status_code == 200
    assert "Dãy cá, sáng thứ hai" in ward.get(f"/feedback/{number}").text
    assert not any(b"thu hai" in bytes(row[0]) for row in town.centre.rows("SELECT sealed FROM feedback_note"))


def test_what_is_refused_says_why_and_is_never_shown(town: Town, ward: Officer, manager: Officer) -> None:
    me = town.citizen()
    code = me.say(MARKET, "Mua thuốc của tôi, rẻ nhất chợ", topic="other")
    number = town.newest()
    assert act(ward, f"/feedback/{number}", f"/feedback/{number}/refuse", reason="because").status_code == 409
    act(ward, f"/feedback/{number}", f"/feedback/{number}/refuse", reason="advertising")
    assert "Quảng cáo" in me.status(code)
    town.clock.ms += 2 * DAY_MS
    assert "rẻ nhất chợ" not in manager.get(f"/feedback/of/{MARKET}").text
    path = f"/feedback/{number}/publish"
    assert act(ward, "/feedback/1", path, words="x").status_code in (404, 409)


def test_a_sender_takes_a_word_back_and_nothing_of_it_is_left(town: Town, ward: Officer) -> None:
    me = town.citizen()
    code = me.say(MARKET, "Tôi thấy chuột ở dãy thịt", picture=(io.BytesIO(_jpeg()), "a.jpg"))
    number = town.newest()
    assert ward.get(f"/feedback/{number}/picture").mimetype == "image/jpeg"
    assert me.post("/say/status/withdraw", code=code).status_code == 200
    assert "đã bị xóa" in me.status(code).lower()
    row = "SELECT length(words), length(digest), length(sketch), public_words, state FROM feedback WHERE id = ?"
    assert town.centre.rows(row, number) == [(0, 0, 0, "", "withdrawn")]
    assert ward.get(f"/feedback/{number}/picture").status_code == 404
    assert me.post("/say/status/withdraw", code=code).status_code == 409


def test_the_place_sees_a_picture_only_when_a_moderator_lets_it(town: Town, ward: Officer, manager: Officer) -> None:
    seen: list[int] = []
    flags: tuple[dict[str, str], ...] = ({}, {"picture": "1"})
    for more in flags:
        words = f"Trần nhà dột {len(seen)}"
        town.citizen().say(MARKET, words, picture=(io.BytesIO(_jpeg()), "a.jpg"))
        number = town.newest()
        act(ward, f"/feedback/{number}", f"/feedback/{number}/publish", words=words, **more)
        seen.append(manager.get(f"/feedback/{number}/released-picture").status_code)
        assert manager.get(f"/feedback/{number}/picture").status_code == 403
    assert seen == [404, 200]


def test_a_phone_is_sealed_for_the_sending_job_and_used_once(town: Town, ward: Officer) -> None:
    folder = town.centre.ring.folder
    make_sender_key(folder)
    with town.centre.engine.begin() as connection:
        say_ready(connection, Carriers({}))
    town.citizen().say(MARKET, "Máy lọc nước hỏng", phone="0901 234 567")
    number = town.newest()
    (sealed,) = town.centre.rows("SELECT sealed FROM feedback_letter WHERE feedback = ?", number)[0]
    assert open_letter(sealed, sender_key(folder)).to == "84901234567"
    act(ward, f"/feedback/{number}", f"/feedback/{number}/refuse", reason="repeated")
    assert town.centre.rows("SELECT 1 FROM feedback_letter WHERE feedback = ?", number) == []
    assert town.centre.one("SELECT kind || state FROM message ORDER BY id DESC LIMIT 1") == "noticewaiting"


def test_a_confirmed_word_of_somebody_who_was_there_turns_the_place_to_at_risk(town: Town, ward: Officer) -> None:
    _, proof = town.visitor(11, SCHOOL)
    other = town.officer("ward_office", f"ward-{OTHER_WARD}")
    assert town.state(SCHOOL) is not State.AT_RISK
    town.citizen().say(SCHOOL, "Lớp học đóng kín cửa, học sinh ho nhiều", topic="air", proof=proof)
    number = town.newest()
    assert town.state(SCHOOL) is not State.AT_RISK
    assert ward.get(f"/feedback/{number}").status_code == 403
    assert act(other, f"/feedback/{number}", f"/feedback/{number}/serious").status_code == 303
    assert town.state(SCHOOL) is State.AT_RISK
    assert act(other, f"/feedback/{number}", f"/feedback/{number}/inspect", words="Xem cửa sổ").status_code == 303
    assert town.centre.rows("SELECT why, about FROM inspection") == [("feedback", str(number))]


def test_one_place_is_not_read_or_answered_by_another(town: Town, ward: Officer) -> None:
    _, number = published(town, ward, "Chợ có mùi", "Chợ có mùi")
    town.clock.ms += DAY_MS
    stranger = town.officer("venue_owner", f"venue-{SCHOOL}", login="quan-ly-truong")
    assert stranger.get(f"/feedback/of/{MARKET}").status_code == 403
    desk = stranger.get(f"/feedback/of/{SCHOOL}")
    assert desk.status_code == 200
    sent = stranger.post(f"/feedback/{number}/answer", data={"once": "A" * 22, "words": "Không đúng"})
    assert sent.status_code == 403
    staff = town.officer("venue_staff", f"venue-{MARKET}", login="nhan-vien")
    assert staff.get(f"/feedback/of/{MARKET}").status_code == 403


def test_no_word_stands_in_the_database_in_clear_and_no_look_is_unlogged(town: Town, ward: Officer) -> None:
    town.citizen().say(MARKET, "Một lời rất riêng về dãy hàng khô")
    number = town.newest()
    file = Path(town.centre.url.removeprefix("sqlite:///"))
    kept = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    assert "Chợ Thử".encode() in kept
    assert "rất riêng về dãy hàng khô".encode() not in kept
    ward.get(f"/feedback/{number}")
    sql = "SELECT action FROM audit WHERE about = ? ORDER BY number DESC LIMIT 1"
    assert town.centre.rows(sql, f"F-{number}") == [("feedback_read",)]


def test_a_place_that_is_not_on_the_map_has_no_form(town: Town) -> None:
    client = town.open.test_client()
    assert [client.get(f"/say/{venue}").status_code for venue in (HIDDEN, "v-khong-co", "x" * 300)] == [404] * 3


def test_after_half_a_year_nothing_is_left(town: Town, ward: Officer) -> None:
    published(town, ward, "Chợ mở quá muộn", "Chợ mở quá muộn")
    town.clock.ms += 181 * DAY_MS
    bench = Bench(town.centre.engine, town.centre.ring, town.clock.now_ms)
    for _ in range(200):
        if not retention.work(bench):
            break
    tables = ("feedback", "feedback_note", "feedback_picture", "feedback_letter", "feedback_answer")
    assert [town.centre.one(f"SELECT count(*) FROM {table}") for table in tables] == [0] * 5


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_both_databases_take_the_whole_way(centre: Centre) -> None:
    town = Town(centre)
    ward = town.officer("ward_office", f"ward-{WARD}")
    code, number = published(town, ward)
    town.citizen().say(MARKET, WORDS)
    assert ward.get("/feedback").status_code == 200
    assert act(ward, f"/feedback/{number}", f"/feedback/{number}/serious").status_code == 303
    town.clock.ms += DAY_MS
    manager = town.officer("venue_owner", f"venue-{MARKET}")
    act(manager, f"/feedback/of/{MARKET}", f"/feedback/{number}/answer", words="Đã nhắc mọi người.")
    assert "Đã nhắc mọi người." in town.citizen().status(code)
