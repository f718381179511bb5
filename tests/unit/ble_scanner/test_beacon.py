"""What an advertisement says, rule by rule. The examples are put together from the published layouts."""

import pytest

from ble_scanner.beacon import parse_decoded, parse_payload
from ble_scanner.sighting import Sighting

BASE = "-0000-1000-8000-00805f9b34fb"
ID = bytes.fromhex("130CEA6472130C185D8643DF")
BLUEZONE = "0303564E 0FFFB522 130CEA6472130C185D8643DF"
RPI, AEM = bytes.fromhex("8be6cd371c5c891604bfbe49df845096"), bytes.fromhex("72033874")
EXPOSURE = "03036FFD 17166FFD 8be6cd371c5c891604bfbe49df845096 72033874"
UUID = "2F234454CF6D4A0FADF2F4911BA9FFA6"
PLACE = bytes.fromhex(UUID + "00010002")
IBEACON = f"1AFF4C000215 {UUID} 0001 0002 C5"
ALTBEACON = f"1BFF1801BEAC {UUID} 0001 0002 C5 09"
LISTED = "0303AAFE"
IOS_SERVICE = "1107 67A607ADD1172FA1C44BF573564E0000"
TOKEN = "b8dfb78955b6d6a909cded686b081ce77fbb3833"


def heard(*structures: str) -> tuple[Sighting, ...]:
    return parse_payload(bytes.fromhex("".join(structures)))


def frame(data: str) -> str:
    """Eddystone service data."""
    return f"{3 + len(bytes.fromhex(data)):02x} 16 AAFE {data}"


@pytest.mark.parametrize(
    ("advertisement", "expected"),
    [
        (f"020102 {BLUEZONE}", Sighting("bluezone", ID)),
        (f"02011A {EXPOSURE}", Sighting("exposure-notification", RPI, None, AEM)),
        (f"020106 {IBEACON}", Sighting("ibeacon", PLACE, -59)),
        (f"02011A {ALTBEACON}", Sighting("altbeacon", PLACE, -59, b"\x09")),
        (
            f"020106 {LISTED} 1516AAFE 00 E7 00010203040506070809 010203040506",
            Sighting("eddystone-uid", bytes.fromhex("00010203040506070809010203040506"), -25),
        ),
        (
            f"020106 {LISTED} 0D16AAFE 10 E7 02 676F6F676C65 00",
            Sighting("eddystone-url", b"\x02google\x00", -25),
        ),
        (
            f"020106 {LISTED} 1116AAFE 20 00 0BB8 1980 00000064 000003E8",
            Sighting("eddystone-tlm", extra=bytes.fromhex("20000BB8198000000064000003E8")),
        ),
        (
            f"020106 {LISTED} 0D16AAFE 30 E7 EC31AE4CB8ABC2D8",
            Sighting("eddystone-eid", bytes.fromhex("EC31AE4CB8ABC2D8"), -25),
        ),
        (f"02011A {IOS_SERVICE} 0909 426C75657A6F6E65", Sighting("bluezone-ios")),
        ("02011A 14FF4C000108 000000000000000000000000000000", Sighting("bluezone-ios")),
        (f"0303FFFF 1716FFFF {TOKEN}", Sighting("tracetogether-token", bytes.fromhex(TOKEN))),
        ("1107 F918C24C09FE F080 6A4F 9515 FCB32AB8 020A04", Sighting("opentrace", power=4)),
        ("1107 D3F44376562F E89F C94B 0E49 D333E017 05FFFF034142", Sighting("opentrace")),
        ("1107 A831 0BEF6794 88A8 9447 50C5 8642BAA6", Sighting("opentrace")),
        ("0303F6FC", Sighting("herald")),
        ("1107 9BFD5BD67245 1E80 D342 4647 AF328142", Sighting("herald")),
    ],
)
def test_each_format_is_recognised(advertisement, expected):
    assert heard(advertisement) == (expected,)


@pytest.mark.parametrize(
    "advertisement",
    [
        "",
        "00",
        "020106",
        "0FFFB522 130CEA6472130C185D8643DF",  # Bluezone's company without its service: somebody else's 12 bytes
        "0303564E",
        "0303564E 0EFFB522 130CEA6472130C185D8643",
        "0303564E 10FFB522 130CEA6472130C185D8643DF00",
        "0303564E 0FFF22B5 130CEA6472130C185D8643DF",
        "03036FFD",
        "03036FFD 16166FFD 8be6cd371c5c891604bfbe49df845096 720338",
        "03036FFD 1716AAFE 8be6cd371c5c891604bfbe49df845096 72033874",
        f"19FF4C000215 {UUID} 0001 0002",
        f"1AFF4D000215 {UUID} 0001 0002 C5",
        f"1AFF4C000214 {UUID} 0001 0002 C5",
        f"19FF1801BEAC {UUID} 0001 0002",
        "0909 426C75657A6F6E65",  # a headset may be called Bluezone
        "14FF4C000110 000000000000000000000000000000",
        "14FF4C000100 080000000000000000000000000000",
        "13FF4C000108 0000000000000000000000000000",
        f"1716FFFF {TOKEN}",
        f"0303FFFF 1616FFFF {TOKEN[:-2]}",
        f"0303FFFF 1816FFFF {TOKEN}00",
        "05FFFF034142",
        "1106 000102030405060708090A0B0C0D0E0F",
    ],
)
def test_what_is_nothing_of_ours_says_nothing(advertisement):
    assert heard(advertisement) == ()


def test_two_structures_of_one_company_are_both_read():
    nearby = "0BFF4C001006031E4B1C2C00"
    overflow = "14FF4C000108 000000000000000000000000000000"
    assert heard(nearby, IBEACON) == heard(IBEACON, nearby) == (Sighting("ibeacon", PLACE, -59),)
    assert set(heard(overflow, IBEACON)) == {Sighting("bluezone-ios"), Sighting("ibeacon", PLACE, -59)}


def test_one_advertisement_may_say_several_things_and_each_once():
    found = heard(EXPOSURE, BLUEZONE, EXPOSURE, "020A08")
    assert set(found) == {Sighting("bluezone", ID, 8), Sighting("exposure-notification", RPI, 8, AEM)}
    assert len(found) == 2


def test_an_iphone_is_one_presence_however_it_shows():
    overflow = "14FF4C000108 000000000000000000000000000000"
    assert heard(overflow, IOS_SERVICE, "020A0C") == (Sighting("bluezone-ios", power=12),)


def test_a_scan_response_behind_the_advertisement_and_its_padding_is_read_too():
    advertisement = bytes.fromhex("0303564E").ljust(31, b"\0")
    assert parse_payload(advertisement + bytes.fromhex(BLUEZONE[9:])) == (Sighting("bluezone", ID),)
    assert parse_payload(bytes.fromhex(IBEACON).ljust(62, b"\0")) == (Sighting("ibeacon", PLACE, -59),)


def test_an_extended_advertisement_is_read_to_its_end():
    filling = b"".join(bytes((200, 0x2B)) + bytes(199) for _ in range(8))
    assert parse_payload(filling + bytes.fromhex(IBEACON)) == (Sighting("ibeacon", PLACE, -59),)


@pytest.mark.parametrize("structure", [IBEACON, ALTBEACON[:-2] + "09", EXPOSURE[9:]])
def test_a_structure_that_is_cut_off_says_nothing(structure):
    whole = bytes.fromhex(structure)
    assert parse_payload(whole)
    for length in range(len(whole)):
        assert parse_payload(whole[:length]) == ()


def test_what_stands_before_a_structure_that_is_too_long_is_kept():
    assert heard(IBEACON, "FF16AAFE") == (Sighting("ibeacon", PLACE, -59),)


def test_a_service_may_be_one_of_many_and_in_lists_that_are_split():
    assert heard("0702 0A180F18564E", BLUEZONE[9:]) == (Sighting("bluezone", ID),)
    assert heard("03020A18", "0303564E", BLUEZONE[9:]) == (Sighting("bluezone", ID),)
    assert heard("0402564E0F", BLUEZONE[9:]) == (Sighting("bluezone", ID),)


@pytest.mark.parametrize("service", ["0505 564E0000", "1107 FB349B5F80000080001000 00564E0000"])
def test_a_short_service_may_be_sent_in_its_long_forms(service):
    assert heard(service, BLUEZONE[9:]) == (Sighting("bluezone", ID),)


@pytest.mark.parametrize("form", ["1920 6FFD0000", "2521 FB349B5F80000080001000 006FFD0000"])
def test_service_data_may_be_sent_in_its_long_forms(form):
    assert heard(form, RPI.hex(), AEM.hex()) == (Sighting("exposure-notification", RPI, None, AEM),)


def test_exposure_notification_needs_no_list_but_its_own_service_data():
    assert heard(EXPOSURE[9:]) == (Sighting("exposure-notification", RPI, None, AEM),)


def test_an_altbeacon_may_be_of_any_company_and_lack_its_reserved_byte():
    assert heard(f"1BFF4C00BEAC {UUID} 0001 0002 C5 09") == (Sighting("altbeacon", PLACE, -59, b"\x09"),)
    assert heard(f"1AFFE000BEAC {UUID} 0001 0002 C5") == (Sighting("altbeacon", PLACE, -59, b"\0"),)


def test_the_overflow_area_may_hold_other_apps_too_and_other_messages_behind_it():
    assert heard("14FF4C00012C 000000800000000000000000000001") == (Sighting("bluezone-ios"),)
    assert heard("1BFF4C000108 000000000000000000000000000000 10054B1C2C005F") == (Sighting("bluezone-ios"),)


def test_eddystone_needs_its_service_in_the_list():
    uid = frame("00 E7 00010203040506070809 010203040506")
    assert heard(uid) == heard("0303ABFE", uid) == ()
    assert len(heard(uid, LISTED)) == len(heard("0302AAFE", uid)) == 1


@pytest.mark.parametrize("kind", ["01", "0F", "11", "21", "31", "40", "50", "F0"])
def test_other_frames_of_eddystone_are_not_guessed_at(kind):
    assert heard(LISTED, frame(kind + "E7" + "00" * 18)) == ()


def test_a_uid_may_come_with_its_two_reserved_bytes_or_without_and_not_shorter():
    uid = "00 E7 00010203040506070809 010203040506"
    assert heard(LISTED, frame(uid)) == heard(LISTED, frame(uid + "0000")) == heard(LISTED, frame(uid + "00"))
    assert heard(LISTED, frame(uid[:-2])) == ()


@pytest.mark.parametrize("url", ["10", "10E7", "10E702", "10E70400", "10E704676F6F", "10E702" + "61" * 18])
def test_a_url_without_a_body_or_a_scheme_or_with_too_long_a_body_is_none(url):
    assert heard(LISTED, frame(url)) == ()


def test_a_url_of_the_greatest_length_is_read():
    assert heard(LISTED, frame("10E702" + "61" * 17)) == (Sighting("eddystone-url", b"\x02" + b"a" * 17, -25),)


def test_telemetry_of_any_version_is_handed_on_and_has_no_identity():
    for data in ("2000" + "00" * 12, "2001" + "AA" * 16, "2002" + "00" * 12):
        assert heard(LISTED, frame(data)) == (Sighting("eddystone-tlm", extra=bytes.fromhex(data)),)
    assert heard(LISTED, frame("2000" + "00" * 11)) == ()


def test_telemetry_with_a_wrong_length_byte_is_taken_for_what_there_is():
    assert heard(LISTED, "1516AAFE", "2000" + "00" * 12) == (Sighting("eddystone-tlm", extra=b"\x20" + bytes(13)),)
    assert heard(LISTED, "1116AAFE", "2000" + "00" * 11) == ()


@pytest.mark.parametrize(("byte", "power"), [("C5", -59), ("00", 0), ("7F", 127), ("80", -128), ("FF", -1)])
def test_power_is_a_signed_byte(byte, power):
    assert heard(f"1AFF4C000215 {UUID} 0001 0002 {byte}")[0].power == power
    assert heard("0303F6FC", f"020A{byte}")[0].power == power
    assert heard(LISTED, frame(f"30{byte}0001020304050607"))[0].power == power


def test_the_decoded_form_says_the_same():
    decoded = parse_decoded(
        "Bluezone",
        [(0x004C, bytes.fromhex("1006031E4B1C2C00")), (0x22B5, ID), (0x0118, b"\xbe\xac" + PLACE + b"\xc5\x09")],
        [(f"0000fd6f{BASE}", RPI + AEM), (f"0000180f{BASE}", b"\x64")],
        [f"00004e56{BASE}", "00004e56-73f5-4bc4-a12f-17d1ad07a667", f"0000180f{BASE}"],
        None,
    )
    assert set(decoded) == {
        Sighting("bluezone", ID),
        Sighting("altbeacon", PLACE, -59, b"\x09"),
        Sighting("exposure-notification", RPI, None, AEM),
        Sighting("bluezone-ios"),
    }


def test_a_decoded_advertisement_with_nothing_in_it_says_nothing():
    assert parse_decoded(None, (), (), (), None) == parse_decoded("Bluezone", {}.items(), {}.items(), [], -4) == ()
