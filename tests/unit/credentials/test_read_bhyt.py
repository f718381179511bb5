"""The insurance card of both ages."""

import pytest

from tests.unit.credentials.invented import ADDRESS, BROKEN_BHYT, NAME, bhyt, bhyt_fields, look, verdict


def test_an_old_card_is_known_by_its_last_ten_digits() -> None:
    seen = look(bhyt())
    assert (seen.kind, seen.status, seen.reason, seen.warnings) == ("bhyt", "valid", "ok", ())
    assert seen.normal_form == "0000000001"


def test_both_ages_of_a_card_give_the_same_person() -> None:
    assert look(bhyt(f0="0000000001")).normal_form == look(bhyt()).normal_form


def test_fields_have_english_names_and_iso_dates() -> None:
    assert look(bhyt(f7="31/12/2022")).fields == {
        "number": "GD4010000000001",
        "name": NAME,
        "birth_date": "1999-06-05",
        "sex": "male",
        "address": ADDRESS,
        "first_care_place": "01 - 000",
        "valid_from": "2022-01-01",
        "valid_to": "2022-12-31",
    }


def test_a_lapsed_insurance_still_says_whose_card_it_is() -> None:
    assert look(bhyt(f7="31/12/2022")).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        bhyt(f1=NAME.encode().hex()[:-1]),
        bhyt(f1=NAME),
        bhyt(f1="54 72"),
        bhyt(f1="ff" * 9),
        bhyt(f1=""),
        bhyt(f4="c3" * 5),
        bhyt(f4="xyz"),
        bhyt().removesuffix("|$"),
        bhyt(f14=""),
        "|".join([*bhyt_fields()[:13], "$"]),
        "|".join(bhyt_fields()[:9]),
        bhyt(f0="GD401000000000"),
        bhyt(f0="000000001"),
        bhyt(f0="G14010000000001"),
        bhyt(f2="05061999"),
        bhyt(f2="5/6/1999"),
        bhyt(f3="3"),
        bhyt(f3="Nam"),
        bhyt(f5="somewhere"),
        bhyt(f6="-"),
        bhyt(f7="31122022"),
    ],
    ids=[
        "odd-hex",
        "no-hex",
        "spaced-hex",
        "not-utf8",
        "no-name",
        "address-not-utf8",
        "address-no-hex",
        "no-dollar",
        "empty-end",
        "14-fields",
        "cut-short",
        "14-character-code",
        "9-digit-code",
        "one-letter-code",
        "birth-without-slashes",
        "short-birth",
        "sex-3",
        "sex-word",
        "place",
        "valid-from",
        "valid-to",
    ],
)
def test_a_card_with_a_broken_field_is_a_broken_card(text: str) -> None:
    assert verdict(text) == BROKEN_BHYT
    assert look(text).fields == {}


@pytest.mark.parametrize(
    "text",
    [
        bhyt().lower(),
        bhyt(f1=NAME.encode().hex().upper()),
        bhyt(f4=""),
        bhyt(f7=""),
        bhyt(f13="anything"),
        bhyt() + "\r\n",
    ],
    ids=["small-letters", "capital-hex", "no-address", "empty-valid-to", "unknown-check", "crlf"],
)
def test_letter_case_and_fields_of_unknown_meaning_do_not_break_a_card(text: str) -> None:
    seen = look(text)
    assert (seen.status, seen.warnings, seen.normal_form) == ("valid", (), "0000000001")


def test_a_birthday_may_be_a_year_alone() -> None:
    seen = look(bhyt(f2="1940"))
    assert (seen.status, seen.warnings, seen.fields["birth_date"]) == ("valid", (), "1940")


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (bhyt(f2="31/06/1999"), "impossible_birth_date"),
        (bhyt(f2="05/06/2029"), "birth_in_future"),
        (bhyt(f6="31/06/2022"), "impossible_valid_from"),
        (bhyt(f7="00/00/2022"), "impossible_valid_to"),
        (bhyt(f1=b"Tr?n V?n Th?".hex()), "damaged_text"),
        (bhyt(f1="Tr\ufffdn".encode().hex()), "damaged_text"),
        (bhyt(f1=b"Tran\x00Van".hex()), "damaged_text"),
    ],
)
def test_what_is_implausible_is_named_and_not_refused(text: str, warning: str) -> None:
    seen = look(text)
    assert (seen.status, seen.reason, seen.warnings) == ("valid", "ok", (warning,))
