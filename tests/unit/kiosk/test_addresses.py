"""Today's province and ward are found in an address as cards write it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.lists import address_codes


@pytest.mark.parametrize(
    ("address", "codes"),
    [
        ("Thôn Thử Nghiệm, Xã Mẫu, Hà Nội", {"province": "01"}),
        ("Số 0, Phường Sài Gòn, TP. Hồ Chí Minh", {"province": "79", "ward": "26740"}),
        ("Số 0, phường sài gòn, TPHCM", {"province": "79", "ward": "26740"}),
        ("Ấp Thử, Xã Mỹ Thọ, Đồng Tháp", {"province": "82", "ward": "30076"}),
        ("Ấp Thử, Phường Mỹ Tho, Tỉnh Đồng Tháp", {"province": "82", "ward": "28261"}),
        ("Làng Mẫu, Xã Thử, Huyện Giả Định, Kon Tum", {"province": "51"}),
        ("Phường Thử, Thành phố Cao Lãnh, Đồng Tháp", {"province": "82"}),  # a city then, a smaller ward now
        ("Hoà Bình", {"province": "25"}),
        ("Nơi nào đó", {}),
        ("", {}),
        (",,,", {}),
    ],
)
def test_the_address_of_a_card_gives_todays_codes(address: str, codes: dict[str, str]) -> None:
    assert address_codes(address) == codes


@settings(deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from([",", "Hà Nội", "Xã", " ", "TP."]), max_size=8).map("".join))
def test_any_address_may_be_asked_for(address: str) -> None:
    assert set(address_codes(address)) <= {"province", "ward"}
