"""What people are told: eight languages, what to do, whom to call, nobody blamed, no more parts than needed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.alerts.blame import faults_of
from central.alerts.limits import limits
from central.alerts.reachable import LANGUAGES
from central.alerts.segments import MOST_PARTS, is_plain, joined, segments, split
from central.alerts.texts import FOLDER, NAMES, Fields, read_template, rendered, template
from central.alerts.visitor_words import page_words
from central.places.places import Station
from wire.refusal import Refused

STATION = Station("t", "Trạm y tế Phường Mẫu", "99001", "99", "024 0000 0099")
FULL = Fields.of(limits(), STATION, "https://y-te.example/call-back/0123456789ab")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_has_each_language_a_helpline_and_no_blame(name: str, language: str) -> None:
    words = rendered(name, language, FULL)
    for text in (words.short, words.long):
        assert limits().helpline in text
        assert "{" not in text
    assert faults_of(language, f"{words.subject} {words.short} {words.long}") == []
    assert 0 < segments(words.short) <= MOST_PARTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alert_says_what_to_do_where_and_how_to_be_called_back(language: str) -> None:
    words = rendered("exposure", language, FULL)
    for text in (words.short, words.long):
        assert STATION.name in text and STATION.phone in text and FULL.link in text
    assert segments(words.short) <= 5


def test_what_is_not_known_leaves_no_gap() -> None:
    words = rendered("exposure", "en", Fields("1900 9095"))
    assert words.short.endswith("call 1900 9095.")
    assert "Nearest" not in words.short and "called back" not in words.long


def test_an_unknown_language_is_told_in_vietnamese_and_english() -> None:
    words = rendered("recall", "", FULL)
    assert words.short.startswith("Xin bỏ qua") and "Please ignore" in words.short


@pytest.mark.parametrize(
    ("language", "blaming"),
    [
        ("vi", "Người này lây bệnh cho bạn"),
        ("vi", "Bạn là F0"),
        ("en", "The infection was SPREAD BY a trader"),
        ("en", "It is your  fault!"),
        ("zh", "您遇到了毒王"),
        ("ko", "전파자가 있었습니다"),
        ("ja", "犯人がいます"),
        ("km", "អ្នកចម្លង"),
        ("lo", "ຜູ້ແພ່ເຊື້ອ"),
        ("th", "ตัวแพร่เชื้อ"),
    ],
)
def test_blame_is_found_in_every_language(language: str, blaming: str) -> None:
    assert faults_of(language, blaming)


def test_a_place_or_a_person_that_is_named_is_found() -> None:
    assert faults_of("vi", "Bạn đã ở CHỢ MẪU hôm qua", ["Chợ Mẫu", "Trường Giả Định"]) == ["Chợ Mẫu"]
    assert faults_of("en", "A dirtyish word is not a word", []) == []


@pytest.mark.parametrize("fault", ["language", "part", "field", "blame", "helpline"])
def test_a_template_with_a_fault_is_not_used(fault: str) -> None:
    document = json.loads((FOLDER / "recall.json").read_text("utf-8"))
    english = document["languages"]["en"]
    if fault == "language":
        del document["languages"]["th"]
    elif fault == "part":
        del english["short"]
    elif fault == "field":
        english["short"].append("You were at {place}.")
    elif fault == "blame":
        english["short"].append("This was your fault.")
    else:
        english["short"], english["long"] = ["Ignore it."], ["Ignore it."]
    with pytest.raises(Refused, match="bad_text"):
        read_template(json.dumps(document))


def test_no_template_of_another_name_is_read() -> None:
    with pytest.raises(Refused, match="bad_text"):
        template("../limits")


def test_the_open_pages_speak_all_languages_without_blame() -> None:
    words = page_words()
    assert set(words) == set(LANGUAGES)
    assert len({frozenset(each) for each in words.values()}) == 1
    assert [faults_of(language, " ".join(each.values())) for language, each in words.items()] == [[]] * 8


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ế" * 70, 1),
        ("ế" * 71, 2),
        ("ế" * 135, 3),
    ],
)
def test_short_messages_are_counted_as_the_network_does(text: str, count: int) -> None:
    assert segments(text) == count


@given(st.text(st.sampled_from("aế€𠀀[ក៏ា1 \n"), max_size=500))
def test_the_parts_are_the_text_and_none_is_too_long_or_cuts_a_letter(text: str) -> None:
    parts = split(text)
    assert all(len(part) <= (160 if len(parts) == 1 else 153) for part in parts)
    if not is_plain(text):
        assert all(len(part) <= (140 if len(parts) == 1 else 134) for part in parts)
        assert "".join(part.decode("utf-16-be") for part in parts) == text


def test_parts_of_a_long_message_name_it_and_their_place() -> None:
    heads = [part[:6] for part in joined(263, split("ế" * 140))]
    assert heads == [bytes((5, 0, 3, 7, 3, n)) for n in (1, 2, 3)]
    assert joined(1, split("a")) == [b"a"]
