"""The bundled lists: 34 provinces, the 63 they came from, gates and ports; and old answers beside today's province."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forms
from forms.bundled import OWN, countries, named, own_list, wards
from forms.geography import MERGED, bare, code_named, place, today
from forms.model import Coding, Option

FOLDER = Path(forms.__file__).parent / "lists"
LISTS = {name: own_list((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in OWN}
NOW, THEN = named(LISTS["provinces"]), named(LISTS["provinces-63"])

# Resolution 202/2025/QH15, Article 1: who went into whom, by name.
RESOLUTION = {
    "Tuyên Quang": ["Hà Giang"],
    "Lào Cai": ["Yên Bái"],
    "Thái Nguyên": ["Bắc Kạn"],
    "Phú Thọ": ["Vĩnh Phúc", "Hòa Bình"],
    "Bắc Ninh": ["Bắc Giang"],
    "Hưng Yên": ["Thái Bình"],
    "Hải Phòng": ["Hải Dương"],
    "Ninh Bình": ["Hà Nam", "Nam Định"],
    "Quảng Trị": ["Quảng Bình"],
    "Đà Nẵng": ["Quảng Nam"],
    "Quảng Ngãi": ["Kon Tum"],
    "Gia Lai": ["Bình Định"],
    "Khánh Hòa": ["Ninh Thuận"],
    "Lâm Đồng": ["Đắk Nông", "Bình Thuận"],
    "Đắk Lắk": ["Phú Yên"],
    "TP. Hồ Chí Minh": ["Bà Rịa - Vũng Tàu", "Bình Dương"],
    "Đồng Nai": ["Bình Phước"],
    "Tây Ninh": ["Long An"],
    "Cần Thơ": ["Sóc Trăng", "Hậu Giang"],
    "Vĩnh Long": ["Bến Tre", "Trà Vinh"],
    "Đồng Tháp": ["Tiền Giang"],
    "Cà Mau": ["Bạc Liêu"],
    "An Giang": ["Kiên Giang"],
}


def codes(options: tuple[Option, ...]) -> list[str]:
    return [option.value.code for option in options if isinstance(option.value, Coding)]


def test_there_are_34_provinces_and_there_were_63() -> None:
    assert (len(set(codes(LISTS["provinces"]))), len(set(codes(LISTS["provinces-63"])))) == (34, 63)
    assert set(codes(LISTS["provinces"])) == set(MERGED)


def test_every_old_province_lies_in_exactly_one_of_today() -> None:
    parts = [code for old in MERGED.values() for code in old]
    assert sorted(parts) == sorted(codes(LISTS["provinces-63"]))
    assert all(option.group in MERGED for option in LISTS["provinces-63"])


def test_the_merger_is_that_of_the_resolution() -> None:
    told = {bare(name): bare(new) for new, parts in RESOLUTION.items() for name in (new, *parts)}
    now = {code: bare(name) for code, name in NOW}
    for code, name in THEN:
        expected = told.get(bare(name), "hue" if code == "46" else bare(name))
        assert now[today(code) or ""] == expected, name
    assert sum(len(parts) for parts in RESOLUTION.values()) == 63 - 34


def test_an_old_answer_keeps_its_code_and_gets_today_beside_it() -> None:
    assert place("Xã Mẫu, Kon Tum", "63", "62") == ("Xã Mẫu, Kon Tum", "63", "62", "51")
    assert place("", "34", "51").now == "51"
    assert place("", "34", "62").now == place("", "63", "99").now == ""


def test_the_same_code_means_another_province_in_each_list() -> None:
    assert (place("", "63", "15").now, place("", "34", "15").now) == ("15", "15")
    assert (dict(THEN)["15"], dict(NOW)["15"]) == ("Yên Bái", "Lào Cai")
    assert today("24") == today("27") == "24"


@pytest.mark.parametrize("name", ["TP. Hồ Chí Minh", "tp.hồ chí minh", "Thành phố Hồ Chí Minh", "TPHCM", "HO CHI MINH"])
def test_a_city_is_found_by_each_way_to_write_it(name: str) -> None:
    assert code_named(name, NOW) == "79"


@pytest.mark.parametrize(("name", "code"), [("Hoà Bình", "17"), ("tỉnh Bà Rịa-Vũng Tàu", "77"), ("T. Đăk Lăk", "66")])
def test_an_old_province_is_found_by_each_way_to_write_it(name: str, code: str) -> None:
    assert code_named(name, THEN) == code


def test_no_name_is_no_province() -> None:
    assert [code_named(name, NOW) for name in ("", " ", "Tỉnh", "Hà", "Xã Hà Nội")] == [None] * 5


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_may_be_asked_for(text: str) -> None:
    assert code_named(text, NOW) in {None, *MERGED}


@pytest.mark.parametrize("name", OWN)
def test_a_list_is_whole_in_itself(name: str) -> None:
    options = LISTS[name]
    assert len(set(codes(options))) == len(options)
    for option in options:
        shown = option.text.in_("vi")
        assert shown == unicodedata.normalize("NFC", shown).strip() != ""
        assert option.text.in_("th") == shown  # a proper name stands in Vietnamese for everybody
        assert not option.exclusive and not option.initial


@pytest.mark.parametrize("name", ["airports", "land-gates", "seaports"])
def test_every_gate_lies_in_a_province_of_today(name: str) -> None:
    assert {option.group for option in LISTS[name]} <= set(MERGED)


def test_the_eleven_airports_of_the_entry_declaration_are_there() -> None:
    assert len(LISTS["airports"]) == 11


def test_countries_begin_with_viet_nam_and_keep_the_order_of_the_file() -> None:
    text = (FOLDER / "countries.json").read_text(encoding="utf-8")
    names = {"vi": {"US": "Hoa Kỳ", "VN": "Việt Nam", "EU": "Liên minh"}, "en": {"VN": "Vietnam"}}
    found = countries(text, names)
    assert codes(found) == json.loads(text)["options"]
    assert (codes(found)[0], len(found), "EU" in codes(found)) == ("VN", 250, False)
    named_us = next(option for option in found if option.value == ("urn:iso:std:iso:3166", "US"))
    assert (found[0].text.in_("en"), named_us.text.in_("vi")) == ("Vietnam", "Hoa Kỳ")
    assert named_us.text.in_("en") == "US"  # a name that a language lacks is at least the code


def test_wards_of_every_table_are_read_once_and_lie_in_their_province() -> None:
    ward = {"ward": "Xã Mẫu", "wardCode": "99991"}
    other = {"ward": "Phường Thử", "wardCode": "99990"}
    text = {
        "DICT_PROVINCE": {"tinhthu": {"provinceCode": "99"}},
        "DICT_PROVINCE_WARD_NO_ACCENTED": {"tinhthu": {"xamau": ward, "phuongthu": other}},
        "DICT_PROVINCE_WARD_ACCENTED": {"tinhthu": {"xãmẫu": ward}},
        "DICT_UNIQUE_WARD_PROVINCE_NO_ACCENTED": {"xamau": {"provinceKey": "tinhthu"}},
    }
    found = wards(json.dumps(text))
    assert codes(found) == ["99990", "99991"]
    assert [(option.text.in_("vi"), option.group) for option in found] == [("Phường Thử", "99"), ("Xã Mẫu", "99")]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"options":[]}', '{"system":"x","options":[["1"]]}'])
def test_a_file_that_is_no_list_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        own_list(text)
