"""The personal QR of Decision 1405, plain and starred."""

import pytest

from tests.unit.credentials.invented import BROKEN_PERSONAL, look, personal, verdict

QID = "000000000000000001"
ON_BEHALF = personal(
    "B00000003", "NGUYEN THI KIEM TRA", "2010-09-09", "1", "000000000000000003", f"{QID}<2<00<0000000001"
)


def test_fields_have_english_names_and_iso_dates() -> None:
    seen = look(personal())
    assert (seen.kind, seen.status, seen.reason, seen.warnings) == ("personal-qr", "valid", "ok", ())
    assert seen.fields == {
        "number": "099099000001",
        "name": "TRAN VAN THU",
        "birth_date": "1999-06-05",
        "qid": QID,
        "declared_by": "self",
        "sex": "male",
        "declarer_qid": None,
        "health_insurance_number": "GD4010000000001",
        "phone": "0000000001",
    }


def test_on_behalf_of_somebody_names_the_declarer() -> None:
    seen = look(ON_BEHALF)
    assert (seen.status, seen.warnings, seen.normal_form) == ("valid", (), "000000000000000003")
    assert seen.fields["declared_by"] == "other"
    assert (seen.fields["declarer_qid"], seen.fields["sex"]) == (QID, "female")
    assert seen.fields["health_insurance_number"] is None


def test_the_qid_is_the_identity_and_the_number_only_without_it() -> None:
    assert look(personal()).normal_form == QID
    assert look(personal(qid="")).normal_form == "099099000001"
    assert look(personal(number="b00000003", qid="")).normal_form == "B00000003"


def test_a_starred_number_is_never_an_identity() -> None:
    assert look(personal(number="******000001", birth="1999-**-**")).normal_form == QID
    nobody = look(personal(number="******000001", qid=""))
    assert (nobody.status, nobody.warnings, nobody.normal_form) == ("valid", ("no_identity",), None)


def test_a_starred_qid_is_no_identity_either() -> None:
    assert look(personal(qid="****0001")).normal_form == "099099000001"


@pytest.mark.parametrize(
    ("birth", "kept"),
    [("1999-**-**", "1999"), ("1999-06-**", "1999-06"), ("1999-**-05", "1999"), ("1999-06-05", "1999-06-05")],
)
def test_a_starred_birthday_is_kept_as_far_as_it_is_known(birth: str, kept: str) -> None:
    assert look(personal(birth=birth)).fields["birth_date"] == kept


@pytest.mark.parametrize(
    ("extra", "sex"),
    [
        ("", None),
        ("0<00<", "unknown"),
        ("2", "female"),
        ("<1<00<0000000001", "male"),
        (f"{QID}<2<00<0000000001", "female"),
        ("1<00<0000000001<c2lnbmF0dXJl<more", "male"),
    ],
    ids=["empty", "unknown-sex", "sex-alone", "empty-declarer", "declarer-in-type-0", "signature"],
)
def test_extra_parts_may_be_missing_or_more(extra: str, sex: str | None) -> None:
    seen = look(personal(number="B00000003", extra=extra))
    assert (seen.status, seen.fields["sex"]) == ("valid", sex)


@pytest.mark.parametrize(
    "text",
    [
        personal(name=""),
        personal(number=""),
        personal(number="12 34 56"),
        personal(declared_by="2"),
        personal(declared_by=""),
        personal(birth="99-06-05") + "<",
        personal(birth="1999/06/05"),
        personal(birth="19990605"),
        personal(birth="1999-6-5"),
        personal(qid="a b"),
        personal(qid="0" * 65),
        personal(extra="9<00<0000000001"),
        personal(extra="male"),
        personal() + "|more",
        personal().replace("|0|", "|"),
    ],
    ids=[
        "no-name",
        "no-number",
        "spaced-number",
        "type-2",
        "no-type",
        "short-year",
        "slashes",
        "no-dashes",
        "short-day",
        "spaced-qid",
        "long-qid",
        "sex-9",
        "sex-word",
        "7-fields",
        "5-fields",
    ],
)
def test_a_broken_field_makes_a_broken_personal_qr(text: str) -> None:
    assert verdict(text) == BROKEN_PERSONAL


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        (personal(birth="1999-02-30"), ("impossible_birth_date",)),
        (personal(birth="1999-13-**"), ("impossible_birth_date",)),
        (personal("B00000003", birth="2027-**-**"), ("birth_in_future",)),
        (personal(extra="2<00<"), ("sex_against_number",)),
        (personal(birth="1998-**-**"), ("birth_year_against_number",)),
        (personal(name="TR?N V?N TH?"), ("damaged_text",)),
        (personal(name="TR\ufffdN"), ("damaged_text",)),
    ],
)
def test_what_is_implausible_is_named_and_not_refused(text: str, warnings: tuple[str, ...]) -> None:
    seen = look(text)
    assert (seen.status, seen.reason, seen.warnings) == ("valid", "ok", warnings)


def test_the_declarers_number_is_not_held_against_the_child() -> None:
    assert look(personal(birth="2010-09-09", declared_by="1", extra=f"{QID}<2<00<")).warnings == ()


def test_a_scanner_with_caps_lock_changes_no_name() -> None:
    assert look(personal(name="tran van thu")).fields["name"] == "TRAN VAN THU"


def test_letters_that_capitals_never_had_are_not_missed() -> None:
    assert look(personal(name="T** V** THU")).warnings == ()
    assert look(personal(name="LE H BRO")).warnings == ()
