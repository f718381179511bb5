"""What a form or a sheet says of a place, what may be the same place, and how counts are shown."""

import pytest

from central.authority.days import HOUR_MS, MINUTE_MS
from central.kiosk_toml import KINDS as KIOSK_KINDS
from central.places.kinds import KINDS, kiosk_kind
from central.safety.opening import ALWAYS
from central.venues import counts
from central.venues.asking import clock_of, read_capacity, read_hours, read_phone, read_point
from central.venues.likeness import Known, distance_m, plain, why_alike
from central.venues.rosters import numbered, read_rows
from central.venues.words import WORDS
from central.venues.words_kinds import KIND_WORDS
from wire.refusal import Refused


@pytest.mark.parametrize(("text", "people"), [("150", 150), ("1.200", 1200), ("1,200", 1200), ("200000", 200_000)])
def test_a_capacity_is_read_as_people_write_it(text: str, people: int) -> None:
    assert read_capacity(text) == people


@pytest.mark.parametrize("text", ["", "0", "-3", "nhiều", "200001", "1e3", "٣"])
def test_a_capacity_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="bad_capacity"):
        read_capacity(text)


@pytest.mark.parametrize("text", ["0912 345 678", "+84912345678", "84912345678", "0084 912 345 678"])
def test_a_mobile_number_is_read_in_every_form(text: str) -> None:
    assert read_phone(text) == "84912345678"


@pytest.mark.parametrize("text", ["", "02812345678", "+4915112345678", "091234567", "09123456789", "abc", "1" * 40])
def test_only_mobile_numbers_of_viet_nam_get_a_text(text: str) -> None:
    with pytest.raises(Refused, match="bad_phone"):
        read_phone(text)


@pytest.mark.parametrize(
    ("opens", "closes", "hours"),
    [
        ("05:30", "18:00", (330, 1080)),
        ("", "", (None, None)),
        ("18:00", "02:00", (1080, 120)),
        ("0:00", "24:00", (0, 1440)),
    ],
)
def test_hours_may_be_those_of_a_night_market(opens: str, closes: str, hours: tuple[int | None, int | None]) -> None:
    assert read_hours(opens, closes) == hours
    assert clock_of(330) == "05:30" and clock_of(None) == ""


@pytest.mark.parametrize(
    ("opens", "closes"), [("5", "18"), ("05:30", ""), ("25:00", "26:00"), ("06:00", "06:00"), ("24:30", "3:00")]
)
def test_hours_that_cannot_be_are_refused(opens: str, closes: str) -> None:
    with pytest.raises(Refused, match="bad_hours"):
        read_hours(opens, closes)


def test_a_point_lies_in_viet_nam_and_truong_sa_too() -> None:
    assert read_point("16.4637", "107.5909") == (16_463_700, 107_590_900)
    assert read_point("8,6450", "111,9200") == (8_645_000, 111_920_000)
    for lat, lon in (("51.5", "0"), ("nan", "nan"), ("10", ""), ("1e999", "1")):
        with pytest.raises(Refused, match="bad_point"):
            read_point(lat, lon)


def test_alike_are_places_of_one_phone_or_of_like_names_nearby() -> None:
    here = Known("Chợ Đông Ba", "19789", 16_470_000, 107_590_000, b"t" * 16)
    assert why_alike(here, Known("CHO DONG BA", "19789", 16_470_500, 107_590_000)) == ("name", "near")
    assert why_alike(here, Known("Siêu thị Khác", "1", tag=b"t" * 16)) == ("phone",)
    assert why_alike(here, Known("Chợ Đông Ba", "00004", 21_000_000, 105_000_000)) == ()
    assert why_alike(here, Known("Siêu thị Khác", "19789", 16_470_001, 107_590_001)) == ()
    assert distance_m(here, Known("x", "", 16_479_000, 107_590_000)) == pytest.approx(1000.8, abs=1)
    assert plain("Đường số 3/2, TP. Huế") == "duong so 3 2 tp hue"


def test_every_kind_has_words_and_settings_for_its_kiosk() -> None:
    assert set(KIND_WORDS) == set(KINDS)
    assert {kiosk_kind(kind) for kind in KINDS} == set(KIOSK_KINDS)
    assert all(vi and en for vi, en in WORDS.values())


def test_a_sheet_of_a_class_is_read_and_numbers_are_made_without_one() -> None:
    rows = read_rows([{"label": "A1", "name": "TRẦN VĂN MẪU", "opens": "6:00", "closes": "14:00"}])
    assert (rows[0].label, rows[0].shift) == ("A1", "06:00-14:00")
    assert "MẪU" not in repr(rows), "no name in a traceback either"
    assert [one.label for one in numbered("Ghế", 2)] == ["Ghế 1", "Ghế 2"]


def test_fewer_than_five_people_are_not_told_apart() -> None:
    assert [counts.shown(n) for n in (0, 1, 4, 5)] == ["0", "<5", "<5", "5"]
    assert counts.blurred([0, 1, 4, 9]) == (0, 5, 5, 9)


def test_the_busiest_ten_minutes_are_told_only_of_enough_scans() -> None:
    at = 100 * HOUR_MS
    assert counts._busiest([at, at + 1]) is None
    assert counts._busiest([at + n * MINUTE_MS // 2 for n in range(20)]) == 2.0
    assert counts._inside([(1, False, 3), (2, True, 2), (3, False, 1)], ALWAYS, 4) == 1
