"""Passports and cards with printed lines: the check digits decide, and nothing is guessed that they do not confirm."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.mrz import check_digit, normal_form
from credentials.read import read
from credentials.states import country_of
from credentials.trust import Trust
from credentials.types import Credential
from tests.unit.credentials.invented import NOW, cccd, look, verdict
from tests.unit.credentials.test_read_any_text import assert_well_formed
from tests.unit.credentials.travel_documents import card, citizen_card, passport, small_card

BROKEN = ("passport", "invalid", "bad_schema")
LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def swap(lines: Sequence[str], line: int, place: int, sign: str) -> str:
    """The lines with one sign exchanged, joined as a reader sends them."""
    changed = list(lines)
    changed[line] = changed[line][:place] + sign + changed[line][place + 1 :]
    return "\r".join(changed)


def test_the_specimen_of_the_standard_reads_as_the_standard_says() -> None:
    seen = look("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\rL898902C36UTO7408122F1204159ZE184226B<<<<<10")
    assert (seen.kind, seen.status, seen.normal_form) == ("passport", "valid", "UTO-L898902C3")
    assert (seen.fields["surname"], seen.fields["given_names"]) == ("ERIKSSON", "ANNA MARIA")
    assert (seen.fields["birth_date"], seen.fields["expiry_date"]) == ("1974-08-12", "2012-04-15")


def test_a_passport_gives_what_a_form_needs_and_nothing_of_its_optional_data() -> None:
    seen = look("\r".join(passport(personal="PRIVATE0001")))
    assert seen.fields == {
        "document": "P",
        "number": "T00000001",
        "issuer": "UTO",
        "nationality": None,
        "surname": "THU",
        "given_names": "VAN MAU",
        "name": "THU VAN MAU",
        "birth_date": "1990-06-15",
        "sex": "female",
        "expiry_date": "2033-01-01",
    }
    assert "PRIVATE" not in repr(seen) + str(dict(seen.fields))


@pytest.mark.parametrize("lines", [passport(), card(), small_card()], ids=["TD3", "TD1", "TD2"])
@pytest.mark.parametrize("between", ["\r", "\n", "\r\n", " ", "", "\n\n"])
def test_every_size_is_read_however_its_lines_are_joined(lines: Sequence[str], between: str) -> None:
    assert verdict(between.join(lines)) == ("passport", "valid", "ok")
    assert verdict(between.join(lines).lower() + between) == ("passport", "valid", "ok")


def test_fillers_read_as_quotation_marks_are_fillers() -> None:
    assert verdict("\r".join(passport()).replace("<<", "«")) == ("passport", "valid", "ok")


@pytest.mark.parametrize(
    ("birth", "place", "read_as", "holds"),
    [
        ("900615", 14, "O", True),
        ("910615", 14, "I", True),
        ("950615", 14, "S", True),
        ("920615", 14, "Z", True),
        ("900618", 18, "B", True),
        ("900615", 14, "I", False),
        ("900615", 14, "G", False),
    ],
)
def test_misread_digits_are_set_right_only_where_the_check_digits_agree(
    birth: str, place: int, read_as: str, holds: bool
) -> None:
    text = swap(passport(birth=birth), 1, place, read_as)
    assert verdict(text) == (("passport", "valid", "ok") if holds else BROKEN)


def test_misread_letters_of_names_and_states_are_set_right() -> None:
    upper, lower = passport(names="THU<<BOI<SOZ")
    seen = look(f"{upper.replace('BOI', '801').replace('SOZ', '502').replace('UTO', 'UT0')}\r{lower}")
    assert (seen.fields["name"], seen.fields["issuer"]) == ("THU BOI SOZ", "UTO")


def test_a_number_is_never_changed_since_letters_and_digits_may_stand_in_it() -> None:
    lines = passport(number="T00000001")
    assert verdict(swap(lines, 1, 1, "O")) == BROKEN


@pytest.mark.parametrize("lines", [passport(), card(), small_card(), citizen_card()], ids=["TD3", "TD1", "TD2", "back"])
def test_no_single_wrong_digit_in_number_birth_or_expiry_goes_unseen(lines: Sequence[str]) -> None:
    for line, text in enumerate(lines):
        for place, sign in enumerate(text):
            if sign in DIGITS:
                for other in DIGITS.replace(sign, ""):
                    seen = look(swap(lines, line, place, other))
                    assert (seen.status, seen.reason) == ("invalid", "bad_schema"), (line, place, other)


@pytest.mark.parametrize(
    "text",
    [
        "\r".join(passport())[:-1],
        "\r".join(passport()) + "<",
        passport()[0][:40] + "\r" + passport()[1],
        "\r".join(reversed(passport())).replace("T", "P", 1),
        "\r".join(passport(names="")),
        "\r".join(passport(number="<<<<<<<<<")),
        "\r".join(passport(number="T1<00001")),
        "\r".join(passport(issuer="")),
        "\r".join(passport(names="TH7<<VAN")),
        swap(passport(), 1, 14, "X"),
    ],
    ids=[
        "cut",
        "longer",
        "short line",
        "lines swapped",
        "no name",
        "no number",
        "hole",
        "no issuer",
        "digit",
        "letter",
    ],
)
def test_a_broken_zone_is_called_a_broken_passport(text: str) -> None:
    assert verdict(text) == BROKEN


def test_a_number_longer_than_nine_signs_goes_on_in_the_optional_data() -> None:
    assert look("\n".join(card(number="T00000002734"))).normal_form == "UTO-T00000002734"
    spoilt = swap(card(number="T00000002734"), 0, 16, "9")
    assert verdict(spoilt) == BROKEN


def test_the_same_number_of_two_countries_is_two_identities() -> None:
    one, other = look("\r".join(passport())), look("\r".join(passport(issuer="D", nationality="D")))
    assert (one.normal_form, other.normal_form) == ("UTO-T00000001", "D-T00000001")
    assert other.normal_form == normal_form("D", "T00000001")
    assert other.fields["nationality"] == "DE"


def test_front_and_back_of_a_citizen_card_are_one_person() -> None:
    back = look("\n".join(citizen_card()))
    assert isinstance(back, Credential)
    assert (back.kind, back.normal_form, back.warnings) == ("cccd", look(cccd()).normal_form, ())
    assert set(look(cccd()).fields) <= set(back.fields)
    assert back.fields["birth_date"] == "1999-06-05"


def test_a_citizen_card_against_its_own_number_is_doubted() -> None:
    warnings = look("\n".join(citizen_card(sex="F", birth="980605"))).warnings
    assert warnings == ("sex_against_number", "birth_year_against_number")


def test_misread_letters_in_the_number_of_a_citizen_card_are_set_right() -> None:
    text = "\n".join(citizen_card()).replace("099099", "O99O99")
    assert look(text).normal_form == "099099000001"


def test_the_number_of_a_passport_never_goes_on_in_its_optional_data() -> None:
    number, own = "T00000001", f"23{check_digit('T0000000123')}"
    upper, lower = passport(number, personal=own)
    open_end = lower[:9] + "<" + lower[10:-1]
    whole = open_end + check_digit(open_end[:10] + open_end[13:20] + open_end[21:43])
    assert verdict(f"{upper}\r{whole}") == BROKEN


def test_a_card_of_viet_nam_with_letters_in_its_number_is_a_travel_document() -> None:
    assert look("\n".join(card(issuer="VNM", code="ID"))).normal_form == "VNM-T00000002"


def test_a_card_of_viet_nam_of_another_layout_is_a_travel_document() -> None:
    assert look("\n".join(card(issuer="VNM"))).normal_form == "VNM-T00000002"
    assert look("\n".join(card(issuer="VNM"))).fields["nationality"] == "VN"


@pytest.mark.parametrize(
    ("birth", "now", "born"),
    [
        ("250131", NOW, "2025-01-31"),
        ("260201", NOW, "2026-02-01"),  # a day of grace for every time zone
        ("260202", NOW, "1926-02-02"),
        ("900615", NOW, "1990-06-15"),
        ("330101", None, "2033-01-01"),
        ("330103", None, "1933-01-03"),
        ("90<<<<", NOW, "1990"),
        ("9006<<", NOW, "1990-06"),
        ("<<<<<<", NOW, None),
    ],
)
def test_a_birth_is_never_later_than_now_or_the_expiry(birth: str, now: datetime | None, born: str | None) -> None:
    assert look("\r".join(passport(birth=birth, expiry="330101")), now).fields["birth_date"] == born


def test_a_day_that_no_calendar_has_is_a_warning() -> None:
    seen = look("\r".join(passport(birth="900230")))
    assert (seen.status, seen.warnings, seen.fields["birth_date"]) == ("valid", ("impossible_birth_date",), None)


def test_an_expiry_is_told_and_not_judged() -> None:
    assert look("\r".join(passport(expiry="991231"))).fields["expiry_date"] == "2099-12-31"
    assert look("\r".join(passport(expiry="950712"))).fields["expiry_date"] == "1995-07-12"
    assert look("\r".join(passport(expiry="950712"))).warnings == ()
    assert look("\r".join(passport(expiry="331301"))).fields["expiry_date"] is None


@pytest.mark.parametrize("text", ["<" * 88, "P<UTO", "P<UTO<<" + "Đ" * 60, "V" + "\r".join(passport())[1:], "P" * 88])
def test_what_only_looks_like_a_zone_is_unknown(text: str) -> None:
    assert verdict(text) == (None, "unreadable", "unknown_code")


@settings(deadline=None)
@given(
    number=st.text(LETTERS + DIGITS, min_size=1, max_size=9),
    surname=st.text(LETTERS, min_size=1, max_size=12),
    given_name=st.text(LETTERS, max_size=12),
    sex=st.sampled_from("MF<"),
    born=st.dates(date(1927, 1, 1), date(2026, 1, 31)),
    issuer=st.sampled_from(["VNM", "D", "GBD", "UTO", "XXA"]),
)
def test_what_is_printed_is_what_is_read(
    number: str, surname: str, given_name: str, sex: str, born: date, issuer: str
) -> None:
    names = f"{surname}<<{given_name}"
    seen = look("\r".join(passport(number, names, f"{born:%y%m%d}", sex, issuer=issuer, nationality=issuer)))
    assert (seen.status, seen.normal_form) == ("valid", f"{issuer}-{number}")
    assert seen.fields["name"] == f"{surname} {given_name}".strip()
    assert seen.fields["birth_date"] == born.isoformat()


SAMPLES = ["\r".join(lines) for lines in (passport(), card(), small_card(), citizen_card(), card(number="T" * 14))]
CLOCKS = st.none() | st.datetimes() | st.datetimes(timezones=st.just(UTC))


@settings(deadline=None)
@given(st.sampled_from(SAMPLES), st.data(), CLOCKS)
def test_no_damage_and_no_clock_makes_it_raise(text: str, data: st.DataObject, now: datetime | None) -> None:
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 8)))
        piece = st.text(LETTERS + DIGITS + "< \r«", max_size=8) | st.text(max_size=3)
        text = text[:start] + data.draw(piece) + text[end:]
    seen = read(text, now=now, trust=Trust.NONE)
    if seen.kind == "passport":
        assert (seen.status == "valid") == (seen.reason == "ok") == (seen.normal_form is not None)
    else:
        assert_well_formed(seen)


@settings(deadline=None)
@given(st.sampled_from("PACI"), st.text(LETTERS + DIGITS + "<", min_size=59, max_size=99), CLOCKS)
def test_no_row_of_its_signs_makes_it_raise(first: str, text: str, now: datetime | None) -> None:
    read(first + text, now=now, trust=Trust.NONE)


@pytest.mark.parametrize("lines", SAMPLES)
def test_a_zone_cut_anywhere_never_counts_as_another_identity(lines: str) -> None:
    whole = look(lines).normal_form
    for end in range(len(lines)):
        assert look(lines[:end]).normal_form in (None, whole)


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert [check_digit(data) for data in ("520727", "AB2134<<<", "<", "")] == ["3", "5", "0", "0"]


def test_countries_have_three_letters_on_documents_and_two_in_forms() -> None:
    pairs = [("VNM", "VN"), ("D", "DE"), ("DEU", "DE"), ("GBD", "GB"), ("RKS", "XK"), ("XXA", None), ("", None)]
    assert [country_of(code) for code, _ in pairs] == [country for _, country in pairs]
