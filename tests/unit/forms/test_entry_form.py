"""The entry declaration: every field of the form of 2020, none of its faults, and days that can be."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from forms.check import check
from forms.conditions import enabled
from forms.model import LANGUAGES, Answers, Coding, Key, Value
from forms.pages import pages
from forms.prefill import prefill
from rules.certlogic import prepare
from tests.parts.people import FORMS, LIBRARY, RESOURCES, say

FORM = FORMS["entry"]
RULES = json.loads((LIBRARY / "entry.rules.json").read_text(encoding="utf-8"))

# What the lines of a passport say. Nobody has this name.
PASSPORT = {
    "full_name": "SPECIMEN THU",
    "birth_year": "1980",
    "sex": "female",
    "nationality": "JP",
    "passport_number": "XX0000001",
}


# Every field that the facts about the entry declaration of 2020 name, and where it is in ours.
ENTRY_FIELDS = {
    "MaCuaKhau": ("gate_airport", "gate_land", "gate_sea"),
    "FullName": ("full_name",),
    "NamSinh": ("birth_year",),
    "MaGioiTinh": ("sex",),
    "MaQuocTich": ("nationality",),
    "SoHoChieu": ("passport_number",),
    "ThongTinDiLai": ("vehicle",),
    "ThongTinDiLaiKhac": ("vehicle_other",),
    "SoHieuPhuongTien": ("flight_number", "vehicle_number"),
    "SoGhe": ("seat",),
    "NgayKhoiHanh": ("departure_date",),
    "NgayNhapCanh": ("arrival_date",),
    "DiaDiemKhoiHanh": ("from_country", "from_province", "from_place"),
    "DiaDiemNoiDen": ("to_province",),
    "QuocGiaDenTrong21NgayQua": ("countries_21_days",),
    "DiaChiLuuTruSauCachLy": ("stay_same", "stay_province", "stay_ward", "stay_address"),
    "DiaChiLienLac_VN": ("contact_province", "contact_ward", "contact_address"),
    "SoDienThoai": ("phone",),
    "Email": ("email",),
    "TrieuChungBenh": ("symptoms",),
    "VacXinSuDung": ("vaccines",),
    "LichSuPhoiNhiem": ("exposure_animals", "exposure_case"),
    "KetQuaXetNghiem": ("test_result", "test_date"),
    "ChonCoSoCachLy": ("quarantine_due", "quarantine_place"),
}


def arriving(**told: object) -> dict[Key, tuple[Value, ...]]:
    """A traveller from Japan by plane who is well, with `told` put over it; None takes an answer out."""
    plain: dict[str, object] = {
        "full_name": "SPECIMEN THU",
        "birth_year": 1980,
        "sex": "female",
        "nationality": "JP",
        "passport_number": "XX0000001",
        "gate_kind": "airport",
        "gate_airport": "HAN",
        "vehicle": "plane",
        "flight_number": "VN311",
        "seat": "12A",
        "departure_date": "2026-03-01",
        "arrival_date": "2026-03-01",
        "from_country": "JP",
        "from_place": "Tokyo",
        "to_province": "01",
        "countries_21_days": "JP",
        "symptoms": "none",
        "exposure_animals": False,
        "exposure_case": False,
        "test_result": "none",
        "contact_province": "01",
        "phone": "0900000000",
        "quarantine_due": False,
    }
    plain |= told
    answers = say(FORM, **{link: given for link, given in plain.items() if given is not None})
    answers.setdefault(("contact_ward", ()), (FORM.by_id["contact_ward"].options[0].value,))
    return answers


def codes(answers: Answers) -> set[tuple[str, str]]:
    """(linkId, problem) of everything that is wrong with an entry declaration."""
    return {(issue.expression, issue.problem) for issue in check(FORM, answers)}


def test_the_entry_form_has_every_field_of_the_declaration() -> None:
    missing = {link for links in ENTRY_FIELDS.values() for link in links} - set(FORM.by_id)
    assert missing == set()
    assert "AnhChanDung" not in json.dumps(RESOURCES["entry"]), "no portrait"


def test_a_whole_entry_declaration_is_taken() -> None:
    assert codes(arriving()) == set()


@pytest.mark.parametrize(
    "told",
    [
        {"vehicle": "other", "vehicle_other": "Xe máy", "flight_number": None, "seat": None},
        {"vehicle": "walk", "flight_number": None, "seat": None},
        {"vehicle": ("plane", "car")},
        {"email": None},
        {"email": "thu@example.org"},
        {"seat": "0"},
    ],
    ids=["another vehicle alone", "on foot", "plane and car", "no email", "an email", "a forgotten seat"],
)
def test_what_the_old_form_refused_is_taken(told: Mapping[str, Any]) -> None:
    assert codes(arriving(**told)) == set()


@pytest.mark.parametrize("link", ["symptoms", "exposure_animals", "exposure_case", "test_result", "phone", "vehicle"])
def test_a_question_left_open_is_not_taken_for_no(link: str) -> None:
    assert codes(arriving(**{link: None})) >= {(link, "required")}


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"email": "thu at example"}, ("email", "pattern")),
        ({"birth_year": 1850}, ("birth_year", "too_small")),
        ({"passport_number": "*"}, ("passport_number", "pattern")),
        ({"phone": "call me"}, ("phone", "pattern")),
        ({"symptoms": ("fever", "none")}, ("symptoms", "exclusive")),
        ({"arrival_date": "2026-02-30"}, ("arrival_date", "not_a_date")),
        ({"arrival_date": "2026-02"}, ("arrival_date", "not_a_date")),
    ],
)
def test_each_fault_has_a_reason_of_its_own(told: Mapping[str, Any], problem: tuple[str, str]) -> None:
    assert problem in codes(arriving(**told))


@pytest.mark.parametrize("gate", ["airport", "land", "sea"])
def test_one_list_of_gates_is_asked_and_a_gate_that_is_not_on_it_can_be_written(gate: str) -> None:
    answers = say(FORM, gate_kind=gate)
    shown = [page.item for page in pages(FORM, answers) if page.item.link_id.startswith("gate_")]
    assert [item.link_id for item in shown] == ["gate_kind", f"gate_{gate}"]
    assert check(FORM, {**answers, (f"gate_{gate}", ()): ("Cửa khẩu Thử",)})
    assert shown[1].type == "open-choice"


def test_the_day_of_a_test_is_asked_only_of_who_was_tested() -> None:
    date = FORM.by_id["test_date"]
    for result, wanted in (("none", False), ("negative", True), ("positive", True)):
        assert enabled(FORM, arriving(test_result=result), date, ()) is wanted
    assert ("test_date", "required") in codes(arriving(test_result="negative"))


def test_an_address_is_not_asked_twice() -> None:
    links = {page.item.link_id for page in pages(FORM, arriving(quarantine_due=True, stay_same=True))}
    assert "quarantine_place" in links
    assert not links & {"stay_province", "stay_ward", "stay_address"}
    assert not {page.item.link_id for page in pages(FORM, arriving())} & {"quarantine_place", "stay_same"}


def test_a_passport_answers_the_first_five_questions_of_the_entry_form() -> None:
    known = prefill(FORM, PASSPORT)
    assert {link for link, _at in known} == {"full_name", "birth_year", "sex", "nationality", "passport_number"}
    assert known[("nationality", ())] == (Coding("urn:iso:std:iso:3166", "JP"),)
    asked = [page.item.link_id for page in pages(FORM, arriving()) if (page.item.link_id, page.at) not in known]
    assert asked[0] == "gate_kind"


def broken(answers: Answers, today: str) -> set[str]:
    """The ids of the cross-field rules that answers break: data as a screen gives it to CertLogic."""
    flat: dict[str, Any] = {}
    for (link, _at), values in answers.items():
        plain = [value.code if isinstance(value, Coding) else value for value in values]
        flat[link] = plain if FORM.by_id[link].repeats else plain[0]
    data = {"answers": flat, "today": today, "year": int(today[:4])}
    return {rule["id"] for rule in RULES if prepare(rule["logic"]).evaluate(data) is not True}


def test_the_rules_across_fields_are_well_formed_and_speak_every_language() -> None:
    for rule in RULES:
        assert set(rule) == {"id", "linkId", "logic", "text"}
        assert prepare(rule["logic"]).problems == ()
        assert rule["linkId"] in FORM.by_id
        assert tuple(rule["text"]) == LANGUAGES
        assert all(0 < len(text) <= 90 for text in rule["text"].values())


@pytest.mark.parametrize(
    ("told", "rules"),
    [
        ({}, set()),
        ({"departure_date": "2026-03-02"}, {"arrival-not-before-departure"}),
        ({"departure_date": None}, set()),
        ({"test_result": "negative", "test_date": "2026-03-04"}, {"test-not-in-the-future"}),
        ({"test_result": "negative", "test_date": "2026-03-03"}, set()),
        ({"birth_year": 2027}, {"birth-not-in-the-future"}),
        ({"birth_year": 2026}, set()),
    ],
)
def test_days_that_cannot_be_are_noticed(told: Mapping[str, Any], rules: set[str]) -> None:
    assert broken(arriving(**told), "2026-03-03") == rules


def test_nothing_answered_breaks_no_rule() -> None:
    assert broken({}, "2026-03-03") == set()
