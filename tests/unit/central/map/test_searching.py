"""Finding a place by what people type."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.map.searching import Index, words_of

PLACES = {
    1: ("Chợ Đồng Xuân", ("Phường Hoàn Kiếm", "Hà Nội", "Chợ", "Market")),
    2: ("Chợ Bến Thành", ("Phường Bến Thành", "TP. Hồ Chí Minh", "Chợ", "Market")),
    3: ("Trường Tiểu học Đồng Mẫu", ("Phường An Khê", "Đà Nẵng", "Trường học", "School")),
    4: ("Quán ăn Xuân Chợ", ("Phường An Khê", "Đà Nẵng", "Quán ăn", "Restaurant")),
}


def index() -> Index:
    made = Index()
    for number, (name, beside) in PLACES.items():
        made.put(number, name, beside)
    return made


def found(typed: str, limit: int = 10) -> list[int]:
    return list(index().find(typed, lambda _: True, limit)[0])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("cho dong", [1]),
        ("Chợ Đồng Xuân", [1]),
        ("CHO\u031b\u0323 đồng", [1]),
        ("hoa", [1]),
        ("ben thanh", [2]),
        ("an khe", [4, 3]),
        ("da nang truong", [3]),
        ("market ho chi", [2]),
        ("xuan dong cho", [1]),
        ("ợ", []),
        ("   ", []),
        ("!?%", []),
    ],
)
def test_every_word_must_begin_a_word_of_the_place_and_marks_do_not_matter(typed: str, expected: list[int]) -> None:
    assert found(typed) == expected


def test_what_begins_the_name_comes_first() -> None:
    assert found("cho") == [2, 1, 4]
    assert found("xuan cho") == [4, 1]


def test_more_than_the_limit_is_said() -> None:
    assert index().find("cho", lambda _: True, 2) == ([2, 1], True)
    assert index().find("cho", lambda number: number == 4, 2) == ([4], False)


def test_a_renamed_place_is_found_by_its_new_name_alone() -> None:
    made = index()
    made.put(1, "Chợ Thử", ())
    assert made.find("dong xuan", lambda _: True, 9) == ([], False)
    assert made.find("thu", lambda _: True, 9)[0] == [1]
    made.drop(1)
    assert made.find("thu", lambda _: True, 9) == ([], False)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_no_text_is_too_much(typed: str) -> None:
    numbers, _ = index().find(typed, lambda _: True, 2)
    assert len(numbers) <= 2
    assert all(word == word.casefold() or not word.isalpha() for word in words_of(typed))
