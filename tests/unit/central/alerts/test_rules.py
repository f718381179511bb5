"""The pure rules of alerts: the breaker, the channels, call-back codes, flags, sealed letters."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.alerts.breaker import Asked, Share, judge
from central.alerts.callbacks import code_hash, new_code
from central.alerts.contacts import places_in
from central.alerts.improbable import Seen, flags_in, is_closed
from central.alerts.limits import FILE, HOUR_MS, MINUTE_MS, limits, read_limits
from central.alerts.lists import end_of
from central.alerts.push_web import read_subscription
from central.alerts.reachable import Ways, channels_for, email_of, language_of, phone_of, takes_texts, ways_in
from central.alerts.sealing import Letter, make_sender_key, open_letter, seal_letter, sender_key, sender_public
from central.alerts.senders import Never, load_carriers
from central.places.places import Place
from wire.crypto import SealingKey
from wire.exposures import MOST_UNTILS
from wire.refusal import Refused

LIMITS = limits()
CODE = b"c" * 16
DAY = 1_790_000_000_000 // 86_400_000 * 86_400_000 - 7 * HOUR_MS  # midnight in Viet Nam


def at(hour: int, minute: int = 0) -> int:
    return DAY + hour * HOUR_MS + minute * MINUTE_MS


MARKET = Place(1, "v-a", "Chợ Mẫu", "market", "99001", "99", 5 * 60, 18 * 60)
NEXT_DOOR = Place(2, "v-b", "Trường Giả Định", "school", "99001", "99")
OTHER_WARD = Place(3, "v-c", "Phòng khám Mẫu", "hospital", "99002", "99")
FAR = Place(4, "v-d", "Cửa khẩu Mẫu", "border", "98001", "98")
PLACES = {place.number: place for place in (MARKET, NEXT_DOOR, OTHER_WARD, FAR)}


def test_an_ordinary_release_is_let_go() -> None:
    assert judge(Asked(40, [Share(1, 20, 1000), Share(2, 9, 10)], 2), LIMITS) == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Asked(LIMITS.most_passes + 1, [], 0), "too_many_people"),
        (Asked(1, [Share(1, 21, 40)], 0), "most_of_a_place"),
        (Asked(1, [], LIMITS.most_releases_hour), "too_many_releases"),
    ],
)
def test_the_breaker_holds_what_is_unusual_and_says_why(asked: Asked, code: str) -> None:
    assert [why.code for why in judge(asked, LIMITS)] == [code]
    fewer = replace(asked, people=asked.people - 1, shares=[s._replace(exposed=20) for s in asked.shares])
    assert judge(replace(fewer, earlier=max(0, asked.earlier - 1)), LIMITS) == []


@pytest.mark.parametrize("old", ["most_passes = 500", "most_share = 0.5", "least_visitors = 20"])
def test_a_table_of_limits_without_sense_is_refused(old: str) -> None:
    text = FILE.read_text("utf-8")
    for wrong in (old.split(" =")[0] + " = 0", old.split(" =")[0] + ' = "viele"', ""):
        with pytest.raises(Refused, match="bad_limits"):
            read_limits(text.replace(old, wrong))


@pytest.mark.parametrize(
    ("ways", "channels"),
    [
        (Ways((b"e" * 8,), carries=True), ("gate",)),
        (Ways((b"e" * 8,)), ("visit",)),  # a number that a gate offered and nobody took
        (Ways((b"e" * 8,), "84900000102", carries=True), ("gate", "sms")),
        (Ways(phone="84900000102"), ("sms",)),
        (Ways(phone="842400000099"), ("call",)),  # a fixed line takes no text
        (Ways(email="thu@example.vn"), ("email",)),
        (Ways((b"e" * 8,), push=(b"e" * 8,), carries=True), ("gate", "push")),
        (Ways(), ("visit",)),
    ],
)
def test_everybody_has_a_channel_or_somebody_who_goes_there(ways: Ways, channels: tuple[str, ...]) -> None:
    assert channels_for(ways, {"sms", "email", "push"}) == channels
    assert channels_for(ways, ()) and set(channels_for(ways, ())) <= {"gate", "call", "visit"}


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0900 000 102", "84900000102"),
        ("+84 900.000.102", "84900000102"),
        ("0084900000102", "84900000102"),
        ("+856 20 5555 1234", "8562055551234"),
        ("84900000102", "84900000102"),
        ("113", ""),
        ("0900 000 10", ""),
        ("không có", ""),
        ("+0900000102", ""),
        ("", ""),
        ("٠٩٠٠٠٠٠١٠٢", ""),
    ],
)
def test_a_phone_is_a_number_that_can_be_dialled_or_none(written: str, number: str) -> None:
    assert phone_of(written) == number
    assert takes_texts(number) is bool(number)


@given(st.text(max_size=40))
def test_no_text_breaks_what_reads_ways(text: str) -> None:
    assert phone_of(text) == "" or phone_of(text).isdigit()
    assert "\n" not in email_of(text)
    assert language_of(text) in ("", "vi", "en", "zh", "ko", "ja", "km", "lo", "th")


def test_the_newest_record_that_says_something_counts() -> None:
    opened = [
        ({"language": "km"}, {}),
        ({"phone": "0900000102"}, {"email": ["thu@example.vn"]}),
        ({"phone": "0900000999"}, {}),
    ]
    assert ways_in(opened) == Ways((), "84900000102", "thu@example.vn", "km")
    assert email_of("thu@example.vn\nBcc: ai-do@example.vn") == ""


def test_places_are_read_from_either_form_of_a_reason() -> None:
    assert places_in('[["visit", 7, 1, 0, 1, false], {"kind": "visit", "place": 9}, ["seat", 0, 1, 0, 1, false]]') == (
        7,
        9,
    )


def test_a_code_is_typed_as_it_is_heard() -> None:
    code = new_code(lambda count: bytes(range(count)))
    assert code == "0123456789ab"
    assert code_hash(" OI23456789AB\n") == code_hash(code)
    assert code_hash("0123456789ac") != code_hash(code)


def test_ends_lie_three_hours_apart_and_a_list_has_room_for_all() -> None:
    assert end_of(at(4)) == at(4) and end_of(at(4, 1)) == at(7)
    assert len({end_of(at(hour)) for hour in range(30 * 24 + 3)}) < MOST_UNTILS
    with pytest.raises(Refused, match="bad_limits"):
        read_limits(FILE.read_text("utf-8").replace("listed_days = 14", "listed_days = 31"))


@pytest.mark.parametrize(
    ("visits", "kinds"),
    [
        ([(1, at(9)), (2, at(9, 0) + 30_000)], ["two_places"]),
        ([(1, at(9)), (2, at(9, 5))], []),
        ([(1, at(9)), (3, at(9, 9))], ["two_places"]),
        ([(1, at(9)), (3, at(9, 10))], []),
        ([(1, at(9)), (4, at(9, 44))], ["two_places"]),
        ([(1, at(9)), (1, at(9))], []),
        ([(1, at(3, 29))], ["closed"]),
        ([(1, at(3, 30))], []),
        ([(1, at(19, 30))], []),
        ([(1, at(19, 31))], ["closed"]),
        ([*((2, at(6 + hour)) for hour in range(5)), (4, at(12))], ["far_device"]),
        ([*((2, at(6 + hour)) for hour in range(5)), (4, at(14))], []),
    ],
)
def test_a_code_where_it_can_hardly_be_is_flagged(visits: list[tuple[int, int]], kinds: list[str]) -> None:
    seen = [Seen(CODE, when, place) for place, when in visits]
    assert [flag.kind for flag in flags_in(seen, PLACES, LIMITS)] == kinds


def test_two_people_at_two_places_are_no_flag() -> None:
    assert flags_in([Seen(CODE, at(9), 1), Seen(b"d" * 16, at(9), 4)], PLACES, LIMITS) == []


def test_a_night_market_is_open_past_midnight() -> None:
    night = replace(MARKET, opens_min=18 * 60, closes_min=2 * 60)
    assert [is_closed(night, at(hour), 60) for hour in (0, 3, 4, 16, 17, 23)] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]
    assert not is_closed(NEXT_DOOR, at(3), 0)


def test_a_letter_is_opened_by_the_sender_alone_and_its_length_tells_little(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="sender_away"):
        sender_public(tmp_path)
    make_sender_key(tmp_path)
    key, public = sender_key(tmp_path), sender_public(tmp_path)
    make_sender_key(tmp_path)
    assert sender_key(tmp_path).public == key.public == public
    letters = [Letter("84900000102", "", "Xin chào"), Letter("84900000103", "", "Xin chào bạn, " * 9)]
    sealed = [seal_letter(letter, public) for letter in letters]
    assert [open_letter(one, key) for one in sealed] == letters
    assert len(sealed[0]) == len(sealed[1]) != len(seal_letter(Letter("1", "", "x" * 400), public))
    for broken in (sealed[0][:-1], sealed[0][:80] + sealed[1][80:], b""):
        with pytest.raises(Refused):
            open_letter(broken, key)
    with pytest.raises(Refused):
        open_letter(sealed[0], SealingKey(b"o" * 32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"endpoint": "https://fcm.googleapis.com/x"}',
        '{"endpoint": "http://fcm.googleapis.com/x", "keys": {"p256dh": "a", "auth": "b"}}',
        '{"endpoint": "https://10.0.0.1/x", "keys": {"p256dh": "a", "auth": "b"}}',
        '{"endpoint": "https://evil.example/fcm.googleapis.com", "keys": {"p256dh": "a", "auth": "b"}}',
        '{"endpoint": "https://evilpush.apple.com/x", "keys": {"p256dh": "a", "auth": "b"}}',
        '{"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": 1, "auth": "b"}}',
    ],
)
def test_a_subscription_names_a_push_service_or_nothing(text: str) -> None:
    with pytest.raises(Never):
        read_subscription(text)


@pytest.mark.parametrize(
    "text",
    [
        "[sms",
        '[sms]\nhost = "smsc.example"\nsystem_id = "a"\npassword = "b"\nsource = "YTE"\ntls = false',
        '[email]\nhost = "mail.example"\nfrom = "a@b.vn"\ntls = "none"',
        '[email]\nhost = "mail.example"\nfrom = "a@b.vn"\ntls = "perhaps"',
        '[sms]\nhost = "smsc.example"',
    ],
)
def test_a_sender_that_is_not_well_described_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "sender.toml").write_text(text)
    with pytest.raises(Refused, match="bad_sender"):
        load_carriers(tmp_path)


def test_a_centre_without_senders_promises_none(tmp_path: Path) -> None:
    assert load_carriers(tmp_path).by_channel == {}
    (tmp_path / "sender.toml").write_text(
        '[links]\nbase = "https://y-te.example/"\n[email]\nhost = "mail.example"\nfrom = "a@b.vn"\n'
        '[sms]\nhost = "smsc.example"\nsystem_id = "a"\npassword = "b"\nsource = "YTE"'
    )
    found = load_carriers(tmp_path)
    assert (sorted(found.by_channel), found.base) == (["email", "sms"], "https://y-te.example")
