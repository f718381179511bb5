"""Whoever means harm at /say: a flood, a competitor, a guesser, a spoiled form. A place is not turned by them."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from central.desks.said import day_of
from central.feedback.arriving import CAMPAIGN_FROM
from central.feedback.counting import counted_reports, open_words, words_of_day
from central.feedback.open_views import CODES, UNWORKED
from central.feedback.showing import feedback_counts, public_feedback
from central.feedback.tickets import LIVES_MS, WAIT_MS
from central.reports.counting import write_day
from central.safety.states import State
from tests.integration.central.desks.world import deliver, kiosk
from tests.integration.central.feedback.world import MARKET, SCHOOL, WARD, Town, act
from tests.parts.say_work import solve
from wire.records import Feedback


def test_a_form_sent_several_times_at_once_is_one_word_with_one_code(town: Town) -> None:
    me = town.citizen()
    ticket = me.ticket(MARKET)
    work = solve(ticket)
    before = town.centre.one("SELECT count(*) FROM feedback")
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: me.say(MARKET, "Gửi nhiều lần", ticket=ticket, work=work), range(4)))
    assert len(set(codes)) == 1
    assert town.centre.one("SELECT count(*) FROM feedback") == before + 1


def test_without_script_it_takes_as_long_as_writing_and_few_pass(town: Town) -> None:
    me = town.citizen()
    ticket = me.ticket(MARKET)
    early = me.try_say(MARKET, "Viết tay", ticket=ticket, work="")
    assert early.status_code == 409
    assert "Viết tay" in early.text
    town.clock.ms += WAIT_MS
    assert me.try_say(MARKET, "Viết tay", ticket=ticket, work="").status_code == 200
    answers = []
    for n in range(UNWORKED.most):
        ticket = me.ticket(MARKET)
        town.clock.ms += WAIT_MS
        answers.append(me.try_say(MARKET, f"Viết tay {n}", ticket=ticket, work="").status_code)
    assert answers == [200] * (UNWORKED.most - 1) + [429]
    assert town.citizen().try_say(MARKET, "Người khác").status_code == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"topic": "canteen"}, 409),  # of schools
        ({"topic": "<script>"}, 409),
        ({"rating": "6"}, 409),
        ({"words": "x" * 2001}, 409),
        ({"words": " ", "rating": "0"}, 409),
        ({"phone": "113"}, 409),
        ({"phone": "0241234567890123456789012"}, 409),
        ({"proof": "A" * 75}, 409),
        ({"work": "1"}, 409),
        ({"ticket": "A" * 59}, 409),
        ({"words": "nul \0"}, 400),
    ],
)
def test_a_spoiled_form_is_refused_in_words_and_kept_nowhere(town: Town, changes: dict[str, str], status: int) -> None:
    before = town.centre.one("SELECT count(*) FROM feedback")
    said = {"words": "Một lời", **changes}
    answer = town.citizen().try_say(MARKET, said.pop("words"), **said)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert town.centre.one("SELECT count(*) FROM feedback") == before


def test_what_was_typed_stays_when_the_form_was_open_too_long(town: Town) -> None:
    me = town.citizen()
    ticket = me.ticket(MARKET)
    town.clock.ms += LIVES_MS
    late = me.try_say(MARKET, "Tôi viết lâu <b>", ticket=ticket)
    assert late.status_code == 409
    assert "Tôi viết lâu &lt;b&gt;" in late.text
    fresh = re.search(r'name="ticket" value="([^"]+)"', late.text)
    assert fresh is not None
    assert me.try_say(MARKET, "Tôi viết lâu", ticket=fresh.group(1)).status_code == 200


def test_codes_are_not_found_by_guessing(town: Town) -> None:
    code = town.citizen().say(MARKET, "Mã này của tôi")
    other = "0" if code[0] != "0" else "1"
    mistyped = town.citizen().post("/say/status", code=other + code[1:])
    unknown = town.citizen().post("/say/status", code="0000-0000-0000")
    assert (mistyped.status_code, unknown.status_code) == (409, 404)
    guesser = town.citizen()
    answers = [guesser.post("/say/status", code="0000-0000-0000").status_code for _ in range(CODES.most + 3)]
    assert answers == [404] * CODES.most + [429] * 3
    assert guesser.post("/say/status", code=code).status_code == 429
    assert "Đã nhận" in town.citizen().status(code)
    for empty in ("", "…", "x" * 500):
        assert town.citizen().post("/say/status", code=empty).status_code == 409


def test_a_flood_is_one_row_and_a_competitor_turns_nothing(town: Town) -> None:
    town.clock.ms += 2 * 3_600_000
    before = town.state(SCHOOL)
    for n in range(16):
        text = (
            "Trường này có người ốm, đừng cho con đến đây học nữa" if n % 2 else f"Trường bẩn lắm, lần thứ {n} tôi thấy"
        )
        town.citizen().say(SCHOOL, text, topic="sick_staff")
    with town.centre.engine.connect() as connection:
        number = connection.exec_driver_sql("SELECT number FROM place WHERE id = 'v-truong-thu'").scalar_one()
        assert counted_reports(connection, number, town.clock.ms) == []
        assert public_feedback(connection, number, town.clock.ms) == []
    assert town.state(SCHOOL) is before
    desk = town.officer("ward_office", "ward-26743", login="phuong-khac")
    queue = desk.get("/feedback").text
    assert queue.count("<tr>") - 1 <= CAMPAIGN_FROM
    head = re.search(r"/feedback/flood/(\d+)", queue)
    assert head is not None
    assert re.search(r"đợt (\d+) lời", queue)
    flood = f"/feedback/flood/{head.group(1)}"
    assert act(desk, flood, f"{flood}/refuse").status_code == 303
    assert town.centre.one("SELECT count(*) FROM feedback WHERE reason = 'repeated'") == 16
    assert town.state(SCHOOL) is before


def test_one_pass_counts_once_and_three_visitors_alone_turn_nothing(town: Town) -> None:
    town.clock.ms += 2 * 3_600_000
    before = town.state(MARKET)
    for number in (21, 22, 23, 24):
        _, proof = town.visitor(number)
        me = town.citizen()
        for topic in ("masks", "air"):
            me.say(MARKET, f"Người số {number} thấy {topic}", topic=topic, proof=proof)
    with town.centre.engine.connect() as connection:
        counted = counted_reports(connection, 1, town.clock.ms)
    assert len({one.who for one in counted}) == 4
    assert all(one.there and not one.confirmed for one in counted)
    assert before is not State.AT_RISK
    assert town.state(MARKET) is before
    desk = town.officer("ward_office", f"ward-{WARD}", login="phuong-hen")
    assert "4 người" in desk.get(f"/feedback/{town.newest()}").text
    _, proof = town.visitor(25)
    me = town.citizen()
    answers = [me.try_say(MARKET, f"Lần {n}", proof=proof).status_code for n in range(6)]
    assert answers == [200] * 5 + [409]


def test_who_was_not_there_gets_no_proof_and_a_proof_names_nobody(town: Town) -> None:
    phone, proof = town.visitor(31)
    assert town.prove(phone, SCHOOL)["error"] == "visit_unknown"
    assert town.citizen().try_say(SCHOOL, "Đã đến đâu đó", proof=proof).status_code == 409
    town.clock.ms += 15 * 86_400_000
    assert town.prove(phone, MARKET)["error"] == "visit_unknown"
    rows = town.centre.rows("SELECT voice FROM feedback WHERE voice IS NOT NULL")
    assert all(bytes.fromhex(phone.pass_id) not in row[0] for row in rows)


def test_what_was_said_before_is_folded_into_it(town: Town) -> None:
    text = "Cửa thoát hiểm phía tây của chợ bị khóa suốt cả tuần nay không ai mở ra cho dân"
    first = town.citizen().say(MARKET, text, topic="access")
    number = town.newest()
    second = town.citizen().say(MARKET, text.upper() + " !", topic="access")
    third = town.citizen().say(MARKET, text + " cả", topic="access")
    assert [row[0] for row in town.centre.rows("SELECT same_as FROM feedback WHERE id > ?", number)] == [number] * 2
    desk = town.officer("ward_office", f"ward-{WARD}", login="phuong-gap")
    assert act(desk, f"/feedback/{number}", f"/feedback/{number}/publish", words=text).status_code == 303
    town.clock.ms += 86_400_000
    assert "Đã đăng" in town.citizen().status(first)
    assert all("tính cùng" in town.citizen().status(code) for code in (second, third))
    with town.centre.engine.connect() as connection:
        assert sum(one.words == text for one in public_feedback(connection, 1, town.clock.ms)) == 1
        assert feedback_counts(connection, 1, town.clock.ms)["access"] == 3


def test_a_kiosks_word_is_counted_from_the_next_day_on_and_its_words_stay_sealed(town: Town) -> None:
    device = kiosk(town.centre, SCHOOL, "t-truong-1")
    for topic, rating in (("good", 5), ("crowded", 1), ("suspected_case", 0), ("something_new", 3)):
        device.add(Feedback(topic, rating, words="Chữ ở cửa"), at_ms=town.clock.ms - 1000)
    deliver(town.centre, device, town.clock.ms)
    sql = "SELECT topic, rating, state, length(words) FROM feedback WHERE source = 'kiosk' ORDER BY seq"
    rows = [("praise", 5, "counted", 0), ("crowding", 1, "counted", 0), ("other", 3, "counted", 0)]
    assert town.centre.rows(sql) == rows
    with town.centre.engine.connect() as connection:
        assert feedback_counts(connection, 2, town.clock.ms).get("praise") is None
        assert feedback_counts(connection, 2, town.clock.ms + 86_400_000)["praise"] == 1


def test_the_report_counts_what_came_and_what_waits(town: Town) -> None:
    for n in range(3):
        town.citizen().say(MARKET, f"Cho báo cáo, lời thứ {n} về chuyện riêng")
    today = day_of(town.clock.ms)
    with town.centre.engine.begin() as connection:
        waiting = open_words(connection)["79", WARD]
        came = words_of_day(connection, today)["79", WARD]
        write_day(connection, today, town.clock.ms)
    assert waiting >= 3
    assert came >= 3
    sql = "SELECT feedback, feedback_open FROM ward_day WHERE day = ? AND ward = ?"
    assert town.centre.rows(sql, today, WARD) == [(came, waiting)]
