"""The citizen card: what is a card, what is a broken card, and what is only odd."""

import unicodedata

import pytest

from tests.unit.credentials.invented import ADDRESS, BROKEN_CCCD, NOW, cccd, look, verdict

WOMAN = {"number": "099194000002", "birth": "28021994", "sex": "Nữ"}
GIRL_OF_2023 = {"number": "099323000005", "birth": "01022023", "sex": "Nữ", "issued": "01082024"}


@pytest.mark.parametrize(
    "text",
    [
        cccd(),
        cccd(
            "099194000002",
            "000000002",
            "Lê Thị Ví Dụ",
            "28021994",
            "Nữ",
            "Số 0 Đường Giả Định, Phường Mẫu, TP. Hồ Chí Minh",
            "01012021",
        ),
        cccd("099305000003", "", "Ksor H’Thử", "31122005", "Nữ", "Làng Mẫu, Xã Thử, Đà Nẵng", "02022022"),
        cccd(
            "099310000004",
            "",
            "NGUYỄN THỊ KIỂM TRA",
            "09092010",
            "Nữ",
            "Ấp Giả Định, Xã Thử, Cần Thơ",
            "10102024",
        ),
        cccd("099099000001", "", "Trần Văn Thử", "05061999", "Nam", ADDRESS, "01082024", "", "", "", ""),
        cccd(
            "099323000005",
            "",
            "Bé Thử Nghiệm",
            "01022023",
            "Nữ",
            ADDRESS,
            "01082024",
            "",
            "Trần Văn Thử",
            "Lê Thị Ví Dụ",
            "",
        ),
    ],
    ids=["2021", "2021-with-old-number", "apostrophe", "capitals", "2024-empty", "2024-parents"],
)
def test_a_whole_card_is_valid_without_a_warning(text: str) -> None:
    seen = look(text)
    assert (seen.kind, seen.status, seen.reason, seen.warnings) == ("cccd", "valid", "ok", ())
    assert seen.normal_form == text[:12]


def test_fields_have_english_names_and_iso_dates() -> None:
    assert look(cccd(old_number="000000002")).fields == {
        "number": "099099000001",
        "old_number": "000000002",
        "name": "Trần Văn Thử",
        "birth_date": "1999-06-05",
        "sex": "male",
        "address": ADDRESS,
        "issue_date": "2022-03-15",
    }


def test_parents_named_on_a_card_of_2024_are_not_kept() -> None:
    seen = look(cccd(**GIRL_OF_2023) + "||Trần Văn Thử|Lê Thị Ví Dụ|")
    assert "Lê Thị Ví Dụ" not in str(dict(seen.fields))


@pytest.mark.parametrize(
    "text",
    [
        cccd("09909900001"),
        cccd("0990990000012"),
        cccd("09909900000O"),
        cccd("٠٩٩٠٩٩٠٠٠٠٠١"),
        "099099000001|Trần Văn Thử|05061999|Nam|Xã Mẫu|15032022",
        cccd(birth="05/06/1999", issued="15/03/2022"),
        cccd(birth="5061999"),
        cccd(birth=""),
        cccd(issued=""),
        cccd(issued="15-03-2022"),
        cccd(name=""),
        cccd(sex=""),
        cccd(sex="Khác"),
        cccd(old_number="12345678"),
        cccd(old_number="abc"),
        cccd().rpartition("|")[0],
        cccd(address="Số 1|Ngõ 2"),
    ],
    ids=[
        "11-digits",
        "13-digits",
        "letter-O",
        "arabic-digits",
        "slot-of-old-number-missing",
        "slashes",
        "7-digit-birth",
        "no-birth",
        "no-issue-date",
        "dashes",
        "no-name",
        "no-sex",
        "unknown-sex",
        "8-digit-old-number",
        "letters-in-old-number",
        "cut-short",
        "pipe-in-address",
    ],
)
def test_a_card_with_a_broken_field_is_a_broken_card_and_not_an_unknown_code(text: str) -> None:
    assert verdict(text) == BROKEN_CCCD
    assert look(text).normal_form is None


@pytest.mark.parametrize(
    "text", ["abc|def", "|||", "|" * 200, "099099000001", "099099000001||Trần Văn Thử", "a|b|c|d|e|f|g"]
)
def test_pipes_or_a_number_alone_are_no_card(text: str) -> None:
    assert verdict(text) == (None, "unreadable", "unknown_code")


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        (cccd(**WOMAN | {"birth": "29021994"}), ("impossible_birth_date",)),
        (cccd(birth="00001999"), ("impossible_birth_date",)),
        (cccd(issued="31022022"), ("impossible_issue_date",)),
        (cccd(sex="Nữ"), ("sex_against_number",)),
        (cccd(birth="05061998"), ("birth_year_against_number",)),
        (cccd("099299000001"), ("birth_year_against_number",)),
        (cccd(issued="01011999"), ("issued_before_birth",)),
        (cccd("099226000001", birth="02022026", issued="03022026"), ("birth_in_future",)),
        (cccd(address=""), ("missing_address",)),
    ],
    ids=[
        "no-29-february",
        "day-zero",
        "issue-date",
        "sex",
        "year",
        "century",
        "issued-before-birth",
        "unborn",
        "no-address",
    ],
)
def test_what_is_implausible_is_named_and_not_refused(text: str, warnings: tuple[str, ...]) -> None:
    seen = look(text)
    assert (seen.status, seen.reason, seen.warnings) == ("valid", "ok", warnings)
    assert seen.normal_form == text[:12]


def test_an_impossible_date_is_not_kept() -> None:
    assert look(cccd(birth="31061999")).fields["birth_date"] is None


def test_an_unset_clock_calls_nobody_unborn() -> None:
    newborn = cccd("099226000001", birth="02022026", issued="03022026")
    assert look(newborn, now=None).warnings == ()


def test_a_clock_in_the_past_does_not_warn_of_the_issue_date() -> None:
    assert look(cccd(issued="01082030"), now=NOW).warnings == ()


def test_born_tomorrow_is_today_somewhere() -> None:
    assert look(cccd("099226000001", birth="01022026", issued="01022026")).warnings == ()


@pytest.mark.parametrize(
    ("number", "birth", "sex"),
    [("099099000001", "05061999", "Nam"), ("099199000001", "05061999", "Nữ"), ("099205000001", "05062005", "Nam")]
    + [(f"099{2 * c}10000001", f"0506{1900 + 100 * c + 10}", "Nam") for c in range(5)]
    + [(f"099{2 * c + 1}10000001", f"0506{1900 + 100 * c + 10}", "Nữ") for c in range(5)],
)
def test_each_century_has_its_two_digits(number: str, birth: str, sex: str) -> None:
    assert look(cccd(number, birth=birth, sex=sex, issued=birth), now=None).warnings == ()


@pytest.mark.parametrize("place", ["001", "000", "099", "100", "999"])
def test_no_place_of_birth_is_refused(place: str) -> None:
    assert look(cccd(place + "099000001")).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        cccd(name="Trn Vn Th", address="Thn Th Nghim, X Mu, H Ni"),
        cccd(name="Tr?n V?n Th?"),
        cccd(name="Tr\ufffdn V\ufffdn Th\ufffd"),
        cccd(name="Tráº§n VÄƒn Thá»\xad"),
        cccd(name="Tra62n Va8n Thu73"),
        cccd(name="Tr蘯ｧn V\u0083n"),
        cccd(name="Nguyn Th An"),
        cccd(name="Qunh Anh"),
        cccd(name="inh Gia Thu"),
        cccd(name="Nguyn Kim Phong"),
        cccd(name="HUNH AN"),
        cccd(name="L Hong Nam"),
        cccd(name="H H"),
        cccd(address="Thn Th Nghim, X Mu, H Ni"),
        cccd(address="Thôn Th?, Xã M?u"),
        cccd(address="ThÃ´n Thá»­ Nghiá»‡m"),
        cccd(**WOMAN | {"sex": "N"}, name="Lê Thị Ví Dụ"),
        cccd(**WOMAN | {"sex": "N?"}),
        cccd(**WOMAN | {"sex": "Nu"}),
        cccd(**WOMAN | {"sex": "N\ufffd"}),
        cccd(**WOMAN | {"sex": "Ná»¯"}),
    ],
)
def test_letters_lost_or_replaced_by_a_scanner_are_a_warning(text: str) -> None:
    seen = look(text)
    assert (seen.kind, seen.status, seen.reason) == ("cccd", "valid", "ok")
    assert "damaged_text" in seen.warnings


@pytest.mark.parametrize(
    "name",
    [
        "Ksor H Thử",
        "K Thử",
        "K’Thử",
        "H' Thử",
        "Y Thử Niê",
        "Y",
        "R’Ô Thử",
        "Rah Lan Thu",
        "Thử",
        "Nguyễn Quỳnh Thử",
        "Quý",
        "trần văn thử",
        "Lê M. Thử",
        "Ƀi Čô Ñi Ĕ Ŏ Ŭ Ĭ",
        "A-lăng Thử",
        "LÝ THỬ",
        "Trần  Văn Thử",
    ],
)
def test_a_name_of_any_people_of_the_country_is_whole(name: str) -> None:
    assert look(cccd(name=name)).warnings == ()


@pytest.mark.parametrize(
    "address",
    [
        "TDP 3, TT. Mẫu, TX. Thử",
        "Tp Mẫu, Kp 3, Ql 1",
        "Số 12/3B, Đ. 30/4, P. 3, Q. 1, TP HCM",
        "Ia O, Ia Grai, Gia Lai",
        "Buôn M’Drắk, Cư M'gar",
        "12 (gác 2), KDC số 5; nhà #3",
    ],
)
def test_abbreviations_and_names_without_marks_do_not_damage_an_address(address: str) -> None:
    assert look(cccd(address=address)).warnings == ()


@pytest.mark.parametrize(
    "dressed",
    [
        "\ufeff" + cccd(),
        cccd() + "\r\n",
        "  " + cccd() + "\t\r",
        unicodedata.normalize("NFD", cccd()),
        cccd(sex="NAM"),
        cccd().replace("|", " | "),
    ],
    ids=["bom", "crlf", "spaces", "nfd", "capitals", "spaced-pipes"],
)
def test_what_cables_and_editors_add_changes_nothing(dressed: str) -> None:
    assert look(dressed) == look(cccd())


def test_nobody_finds_a_name_in_a_log() -> None:
    assert "Thử" not in repr(look(cccd()))
    assert "099099000001" not in repr(look(cccd()))
