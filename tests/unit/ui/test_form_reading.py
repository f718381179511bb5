"""What a page sends becomes values or a clear sentence, whatever it is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.load import load
from forms.model import LANGUAGES, Coding, Item
from tests.parts.form_desk import library_form
from tests.unit.ui.own_form import own_form
from ui.form.choices import Row, find, fold, rows
from ui.form.reading import MOST_CHARACTERS, Draft, Problem, make_draft, read, write
from ui.form.show import date_text, sentence
from ui.words import LOCALES, read_language

TEXTS = read_language(LOCALES / "vi")
INPUT = "urn:gatepost:input"


def item(type_: str, **more: object) -> Item:
    """A question of this type."""
    resource = {
        "resourceType": "Questionnaire", "url": "https://gatepost.example/form/one", "version": "1",
        "status": "active", "language": "vi", "title": "Một câu",
        "item": [{"linkId": "q", "type": type_, "text": "Câu hỏi?", **more}],
    }  # fmt: skip
    return load(resource).by_id["q"]


def typed(question: Item, *texts: str) -> object:
    """The value or the key of the problem."""
    reading = read(question, Draft((), texts), lambda text: "+84900000000" if text == "0900 000 000" else None)
    return reading.problems[0].key if reading.problems else reading.values


CHOICE = own_form().by_id["symptoms"]
PHONE = item("string", code=[{"system": INPUT, "code": "phone"}])


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        (item("integer"), "1980", (1980,)),
        (item("integer"), "１９８０", (1980,)),
        (item("integer"), "១៩៨០", (1980,)),
        (item("integer"), "1e9", "not_a_number"),
        (item("integer"), "12a", "not_a_number"),
        (item("integer"), "9" * 40, "not_a_number"),
        (item("decimal"), "38,5", (Decimal("38.5"),)),
        (item("decimal"), "38.5", (Decimal("38.5"),)),
        (item("decimal"), "NaN", "not_a_number"),
        (item("decimal"), "1.234,5", "not_a_number"),
        (item("date"), "2026-02-30", "not_a_date"),
        (item("date"), "2026-02-28", ("2026-02-28",)),
        (item("time"), "930", ("09:30:00",)),
        (item("time"), "9:30", ("09:30:00",)),
        (item("time"), "25:00", "not_a_date"),
        (item("string"), "  Thử\u0309  ", ("Thử\u0309",)),
        (item("string"), "Tho\u031b\u0309", ("Thở",)),
        (item("string"), "A\x07B", "not_text"),
        (item("string"), "A\u202eB", "not_text"),
        (item("string"), "", ()),
        (item("string", maxLength=3), "Thử hai", "too_long"),
        (item("string"), "x" * (MOST_CHARACTERS + 1), "too_long"),
        (PHONE, "0900 000 000", ("+84900000000",)),
        (PHONE, "113", "not_a_phone"),
        (CHOICE, "Sốt", "required"),
    ],
)
def test_what_is_typed(question: Item, text: str, found: object) -> None:
    assert typed(question, text) == found


def test_a_day_and_an_hour_are_one_answer() -> None:
    question = item("dateTime")
    assert typed(question, "2026-11-23", "0930") == ("2026-11-23T09:30:00+07:00",)
    assert typed(question, "2026-11-23", "") == ("2026-11-23",)


@pytest.mark.parametrize("picked", ["4", "-1", "1e3", "²", "99999999", "", "yes"])
def test_an_option_that_the_form_does_not_hold_is_refused(picked: str) -> None:
    assert read(CHOICE, Draft((picked,))).problems == (Problem("not_an_option"),)


def test_none_of_these_cannot_stand_beside_a_sign() -> None:
    assert read(CHOICE, Draft(("0", "3"))).problems[0].key == "exclusive"
    assert read(CHOICE, Draft(("0", "1"))).values == (
        Coding("urn:gatepost:symptom", "fever"),
        Coding("urn:gatepost:symptom", "cough"),
    )


@pytest.mark.parametrize("body", [None, 7, [], {"picked": "0"}, {"typed": [1]}, {"picked": ["0"] * 500}])
def test_a_body_of_another_shape_is_no_answer(body: object) -> None:
    assert make_draft(body) is None


@given(
    st.sampled_from([*own_form().flat[:5], item("integer"), item("decimal"), item("date"), item("dateTime"), PHONE]),
    st.lists(st.text(max_size=20), max_size=3),
    st.lists(st.text(max_size=50), max_size=3),
)
def test_whatever_comes_is_values_or_a_sentence(question: Item, picked: list[str], lines: list[str]) -> None:
    reading = read(question, Draft(tuple(picked), tuple(lines)))
    for problem in reading.problems:
        text = sentence(problem, TEXTS, "vi")
        assert text
        assert "{" not in text.replace(problem.limit, "")
    if not reading.problems:
        assert read(question, write(question, reading.values)).values == reading.values


def test_a_name_is_found_without_its_marks() -> None:
    names = ["Đà Nẵng", "Quảng Ninh", "Thành phố Hà Nội", "Hà Tĩnh"]
    all_rows = [Row(place, name, False) for place, name in enumerate(names)]
    assert [row.text for row in find(all_rows, "da n")] == ["Đà Nẵng"]
    assert [row.text for row in find(all_rows, "HÀ")] == ["Hà Tĩnh", "Thành phố Hà Nội"]
    assert find(all_rows, "xyz") == ()
    assert fold("Đặng ƯỚC") == "dang uoc"


def test_wards_are_those_of_the_province_that_was_answered() -> None:
    form = own_form()
    answers = {("province", ()): (Coding("urn:gatepost:province", "A"),)}
    assert [row.text for row in rows(form.by_id["ward"], (), answers, "vi")] == ["Xã A1", "Xã A2"]
    assert len(rows(form.by_id["ward"], (), {}, "vi")) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_country_is_found_by_a_name_that_the_keyboard_can_write(language: str) -> None:
    question = library_form("entry").by_id["nationality"]
    found = find(rows(question, (), {}, language), "Cambodia")
    assert [question.options[row.place].value for row in found] == [Coding("urn:iso:std:iso:3166", "KH")]


def test_the_country_of_the_language_stands_behind_viet_nam() -> None:
    question = library_form("entry").by_id["nationality"]
    first = [question.options[row.place].value for row in rows(question, (), {}, "km")[:2]]
    assert first == [Coding("urn:iso:std:iso:3166", code) for code in ("VN", "KH")]


@pytest.mark.parametrize(
    ("language", "said"),
    [("vi", "30/09/2026"), ("en", "30/09/2026"), ("zh", "2026年09月30日"), ("ko", "2026년 09월 30일")],
)
def test_a_date_stands_as_the_language_writes_it(language: str, said: str) -> None:
    assert date_text("2026-09-30", read_language(LOCALES / language)) == said
