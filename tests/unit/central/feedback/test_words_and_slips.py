"""What is pure: slips and codes, texts that say the same, what may be struck, and what may become of a word."""

import hashlib
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.feedback import alike, life, personal, tickets
from central.feedback.topics import known_topic, topics, topics_for
from central.feedback.words import WORDS
from wire.refusal import Refused

NOW = 1_790_000_500_000
PLACE = 7


def mac(what: str, *parts: bytes) -> bytes:
    """A key that only this test has."""
    return hashlib.blake2b(b"".join((what.encode(), *parts)), key=b"thu", digest_size=16).digest()


def a_ticket(at_ms: int = NOW) -> str:
    return tickets.new_ticket(PLACE, at_ms, bytes(12), mac)


def test_a_ticket_is_read_at_its_place_in_its_time() -> None:
    assert tickets.read_ticket(a_ticket(), PLACE, NOW + 1, mac).at_ms == NOW


@pytest.mark.parametrize(
    ("text", "place", "now_ms"),
    [
        (a_ticket(), PLACE + 1, NOW),
        (a_ticket(), PLACE, NOW + tickets.LIVES_MS),
        (a_ticket(NOW + 1), PLACE, NOW),
        (a_ticket()[:-1] + ("A" if a_ticket()[-1] != "A" else "E"), PLACE, NOW),
        ("", PLACE, NOW),
        ("ộ" * 300, PLACE, NOW),
    ],
    ids=["another place", "too old", "from the future", "forged", "none", "no letters of ours"],
)
def test_no_other_ticket_is_taken(text: str, place: int, now_ms: int) -> None:
    with pytest.raises(Refused, match="form_old"):
        tickets.read_ticket(text, place, now_ms, mac)


@given(st.text(max_size=120))
@settings(max_examples=60)
def test_no_text_of_a_stranger_breaks_what_reads_slips(text: str) -> None:
    for read in (lambda: tickets.read_ticket(text, PLACE, NOW, mac), lambda: tickets.read_code(text)):
        try:
            read()
        except Refused as refused:
            assert refused.reason in ("form_old", "code_wrong")
    assert tickets.is_worked("t", text) in (True, False)
    assert personal.only_struck(text, personal.strike(text))
    assert len(alike.sketch_of(text, b"k")) in (0, 64)


def test_a_slip_of_the_pen_in_a_code_is_seen_without_asking_anybody() -> None:
    code = tickets.code_of(a_ticket(), mac)
    assert tickets.read_code(tickets.shown(code).lower().replace("0", "o").replace("1", "l")) == code
    wrong = 0
    for place, letter in enumerate(code):
        for other in tickets.LETTERS:
            if other != letter:
                with pytest.raises(Refused, match="code_wrong"):
                    tickets.read_code(code[:place] + other + code[place + 1 :])
                wrong += 1
    for first, second in combinations(range(12), 2):
        letters = list(code)
        letters[first], letters[second] = letters[second], letters[first]
        if letters != list(code):
            with pytest.raises(Refused, match="code_wrong"):
                tickets.read_code("".join(letters))
    assert wrong >= 12 * 31


def test_two_tickets_have_two_codes() -> None:
    made = {tickets.code_of(tickets.new_ticket(PLACE, NOW, n.to_bytes(12, "big"), mac), mac) for n in range(500)}
    assert len(made) == 500


def test_a_proof_holds_for_its_place_and_its_hours_alone() -> None:
    proof = tickets.new_proof(bytes(range(16)), PLACE, NOW, mac)
    assert tickets.read_proof(proof, PLACE, NOW, mac) == bytes(range(16))
    assert tickets.read_proof("", PLACE, NOW, mac) is None
    for place, now_ms, text in ((8, NOW, proof), (PLACE, NOW + tickets.PROOF_MS, proof), (PLACE, NOW, a_ticket())):
        with pytest.raises(Refused, match="form_old"):
            tickets.read_proof(text, place, now_ms, mac)


def test_what_says_nearly_the_same_is_known_and_what_does_not_is_not() -> None:
    one = "Chợ rất đông vào buổi sáng, không ai giữ khoảng cách và không có chỗ rửa tay ở cửa phía đông của chợ"
    same = one.replace("rất đông", "RẤT đông").replace("phía đông", "phía Đông")
    near = one + " nhé"
    other = "Nhân viên rất tử tế, chỗ rửa tay sạch sẽ, có người nhắc giữ khoảng cách ở mỗi quầy hàng trong chợ này"
    assert alike.plain(one) == alike.plain(same)
    sketches = [alike.sketch_of(text, b"key") for text in (one, near, other)]
    assert alike.nearly(sketches[0], sketches[1])
    assert not alike.nearly(sketches[0], sketches[2])
    assert alike.sketch_of("Rất đông", b"key") == b""
    assert not alike.nearly(b"", b"")
    assert alike.sketch_of(one, b"key") != alike.sketch_of(one, b"other")


@pytest.mark.parametrize(
    "text",
    [
        "gọi 0901 234 567 nhé",
        "gọi +84 90-123-4567",
        "số 001099012345 của tôi",
        "hộ chiếu B1234567",
        "thư thu.nghiem@vi-du.vn",
        "ông Trần Văn Thử không đeo",
        "anh Thử ở quầy 3",
        "NGUYỄN VĂN THỬ bán cá",
    ],
)
def test_what_seems_to_be_a_person_is_struck(text: str) -> None:
    assert personal.STRUCK in personal.strike(text)


@pytest.mark.parametrize("text", ["Chợ quá đông lúc 6 giờ 30", "Quầy 12, 15 người chờ", "Có 3 cửa, 1 cửa khóa"])
def test_what_is_about_a_place_is_left(text: str) -> None:
    assert personal.strike(text) == text


@pytest.mark.parametrize(
    ("released", "allowed"),
    [
        ("Chợ đông, bà Thử ho, không ai nhắc", True),
        ("Chợ đông, […] ho, không ai nhắc", True),
        ("Chợ đông, [...]\r\n", True),
        ("[…]", True),
        ("Chợ vắng, […] ho, không ai nhắc", False),
        ("Chợ đông, […] ho, không ai nhắc. Tệ!", False),
        ("không ai nhắc […] Chợ đông", False),
        ("", False),
    ],
)
def test_a_moderator_strikes_and_adds_nothing(released: str, allowed: bool) -> None:
    assert personal.only_struck("Chợ đông, bà Thử ho, không ai nhắc", released) is allowed


def test_what_was_decided_is_not_decided_again() -> None:
    assert life.next_state("waiting", "publish") == "published"
    for state in ("refused", "withdrawn", "counted"):
        for step in ("publish", "refuse", "ask", "more", "withdraw"):
            with pytest.raises(Refused, match="word_state"):
                life.next_state(state, step)


def test_on_a_day_with_few_visits_a_word_is_public_from_the_next_day_on() -> None:
    midnight = life.day_start(NOW)
    assert midnight % life.DAY_MS == 17 * 3_600_000
    assert life.visible_from(NOW, 5, NOW) == NOW
    assert life.visible_from(NOW, 4, NOW) == midnight + life.DAY_MS
    assert life.visible_from(NOW, 0, NOW + 3 * life.DAY_MS) == NOW + 3 * life.DAY_MS


def test_every_topic_and_every_step_has_its_words() -> None:
    assert known_topic("crowded").id == "crowding"
    assert known_topic("something newer").id == "other"
    assert "canteen" in {one.id for one in topics_for("school")} - {one.id for one in topics_for("market")}
    for one in topics().values():
        assert len(one.id) <= 32
        assert all(WORDS[f"feedback.topic.{one.id}"])
    for state in ("waiting", "asked", "published", "refused", "withdrawn", "counted"):
        for seen in (False, True):
            for answered in (False, True):
                assert f"feedback.step.{life.told(state, seen, answered, visible=answered)}" in WORDS
    for reason in life.REASONS:
        assert f"feedback.reason.{reason}" in WORDS
