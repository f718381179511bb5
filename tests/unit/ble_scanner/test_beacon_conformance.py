"""Advertisements that public projects publish, with what those projects say of them.

Sources: AltBeacon/android-beacon-library (BeaconParserTest, AltBeaconParserTest, GattBeaconTest,
OverflowAreaBeaconTest), citruz/beacontools (tests/test_parser.py), frawau/aioblescan (tests/test_eddystone.py),
reelyactive/advlib and advlib-ble-services (test/unit), custom-components/ble_monitor, ttu/ruuvitag-sensor, examples in
the documents of gateways; captures of Exposure Notification and of TraceTogether tokens
(tardate/LittleArduinoProjects, Equipment/TraceTogetherToken; their frame as in sheepymeh/shokudou).
"""

from collections.abc import Iterator

import pytest

from ble_scanner.air.eddystone import expanded_url
from ble_scanner.beacon import parse_decoded, parse_payload
from ble_scanner.sighting import Sighting

FEAA = "0000feaa-0000-1000-8000-00805f9b34fb"
FD6F = "0000fd6f-0000-1000-8000-00805f9b34fb"

# An advertisement on one line or two, its padding shortened; then what it says: kind, identifier, power, extra.
PUBLISHED = """
# android-beacon-library
02011a1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c509000000
= altbeacon 2f234454cf6d4a0fadf2f4911ba9ffa600010002 -59 09
02011a1aff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c5000000
= altbeacon 2f234454cf6d4a0fadf2f4911ba9ffa600010002 -59 00
02011a1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600050003be020e09526164426561636f6e20555342020a0300
000000
= altbeacon 2f234454cf6d4a0fadf2f4911ba9ffa600050003 -66 02
0201061bffaabbbeace2c56db5dffb48d2b060d0f5a71096e000010004c500000000
= altbeacon e2c56db5dffb48d2b060d0f5a71096e000010004 -59 00
0201061bffe000beac7777772e626c756b692e636f6d000100010001abaa000000
= altbeacon 7777772e626c756b692e636f6d000100010001ab -86 00
02011a1bff1801beac0102030405060708090a0b0c0d0e0f1011121314c509
= altbeacon 0102030405060708090a0b0c0d0e0f1011121314 -59 09
02011a1aff1801ffff2f234454cf6d4a0fadf2f4911ba9ffa600010002c509
= nothing
02011a1aff180112342f234454cf6d4a0fadf2f4911ba9ffa600010002c5
= nothing
02011a16ff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c509000000
= nothing
02010604ffe000be
= nothing
0201060303aafe1516aafe00e70001020304050607080901020304050600000000
= eddystone-uid 00010203040506070809010203040506 -25 -
0201060303aafe0d16aafe10e702676f6f676c65000c09526164426561636f6e204700000000
= eddystone-url 02676f6f676c6500 -25 -
0201060303aafe0d16aafe10e70102030405060708090a0b0c0d0e0f0102030405060708090a0b0c0d0e0f00000000
= eddystone-url 0102030405060708 -25 -
0201060303aafe1516aafe2001021203130414243405152535
= eddystone-tlm - - 2001021203130414243405152535
0201060303aafe0416aafe1000000000
= nothing
020106030334121516341200e72f234454f4911ba9ffa600000000000100000000
= nothing
0201040303d8fe1316d8fe00f203676f6f2e676c2f68714258453100000000
= nothing
0201060303aafe1516aafe00e72f234454f4911ba9ffa600000000000100000c09526164426561636f6e204700000000
= eddystone-uid 2f234454f4911ba9ffa6000000000001 -25 -
02011a020a0c0eff4c000f05a0336aa5f110025b0c14ff4c000156fe874900000000
= nothing

# beacontools
0201060303
= nothing
0201060303abfe1716aafe00e3123456789012346789010000000000010000
= nothing
0201060303aafe1716aafe01e3123456789012346789010000000000010000
= nothing
0201060303aafe1716aafe00e3123456789012346789010000000000010000
= eddystone-uid 12345678901234678901000000000001 -29 -
0303aafe1316aafe10f8036769746875620063697472757a
= eddystone-url 036769746875620063697472757a -8 -
0201060303aafe1116aafe20000b1813000000146700002ac4e4
= eddystone-tlm - - 20000b1813000000146700002ac4
0201060303aafe1116aafe2001414141414141414141414141deadbeff
= eddystone-tlm - - 2001414141414141414141414141
0201060303aafe0d16aafe30e34549445f74657374
= eddystone-eid 4549445f74657374 -29 -
0201061aff4c0002154142434445464748494041424344454600010002f8
= ibeacon 4142434445464748494041424344454600010002 -8 -
0201041aff4c0002150005000100001000800000805f9b013100026c66c3
= ibeacon 0005000100001000800000805f9b013100026c66 -61 -
02010403039afe17169afe2247a038d5eb032640000001414447faffffffff
= nothing

# aioblescan, without the frame of its host interface
0201060303aafe1516aafe10f6036d616b65636f6465002361626f7574
= eddystone-url 036d616b65636f6465002361626f7574 -10 -
0201060303aafe1516aafe00f600000000000000000063000000000058
= eddystone-uid 00000000000000000063000000000058 -10 -

# ble_monitor, ruuvitag-sensor, documents of gateways
02011a1aff4c000215e2c56db5dffb48d2b060d0f5a71096e000640000c5
= ibeacon e2c56db5dffb48d2b060d0f5a71096e000640000 -59 -
0201061aff4c000215eb6d469624be4663b15230d46b0e9cc9000d002ac0
= ibeacon eb6d469624be4663b15230d46b0e9cc9000d002a -64 -
0201061aff4c000215fda50693a4e24fb1afcfc6eb0764782527d10102c5
= ibeacon fda50693a4e24fb1afcfc6eb0764782527d10102 -59 -
0201061aff4c000215526164696f6c616e642d54100000000054630e42010a095431302d5741544348141618030acb640dd4
00540063535708020001061a
= ibeacon 526164696f6c616e642d54100000000054630e42 1 -
0201060303aafe1616aafe10ee037275752e76692f23416a7759414d4663
= eddystone-url 037275752e76692f23416a7759414d4663 -18 -
0201060303aafe1716aafe10f9037275752e76692f23416a5558314d417730
= eddystone-url 037275752e76692f23416a5558314d417730 -7 -
0303aafe1716aafe00e5b2b98de4c81c47c2b14e7500000000000000
= eddystone-uid b2b98de4c81c47c2b14e750000000000 -27 -
02011a020a070bff4c001006201e4e56b3a9
= nothing
0201061bff9904057ffffffefffe7fff7fff7fffffdefefffecbb8334c884f
= nothing

# captures of Exposure Notification
02011a03036ffd17166ffd037e630c6dc980d348892ff5a591d2c91ba49c91
= exposure-notification 037e630c6dc980d348892ff5a591d2c9 - 1ba49c91
02011a03036ffd17166ffd4fb6c1ab8ed38fb0ac9a664c33a2da21ac096709
= exposure-notification 4fb6c1ab8ed38fb0ac9a664c33a2da21 - ac096709
02011a03036ffd17166ffdf603d5f00d002e8eba6cd65090e530ec29fbe29e
= exposure-notification f603d5f00d002e8eba6cd65090e530ec - 29fbe29e

# captures of TraceTogether tokens, and of another service data of 20 bytes
0201060303ffff1716ffffb8dfb78955b6d6a909cded686b081ce77fbb3833
= tracetogether-token b8dfb78955b6d6a909cded686b081ce77fbb3833 - -
0201060303ffff1716ffffda652a96857c81ad9529c91a9e8d23ff7e713833
= tracetogether-token da652a96857c81ad9529c91a9e8d23ff7e713833 - -
0201060303ffff1716ffffdaa96da7dcfb4b099f3148355fa81600559f3820
= tracetogether-token daa96da7dcfb4b099f3148355fa81600559f3820 - -
17169ffe00000000
= nothing
"""
URLS = [
    ("02676f6f676c6500", "http://google.com/"),
    ("036769746875620063697472757a", "https://github.com/citruz"),
    ("036d616b65636f6465002361626f7574", "https://makecode.com/#about"),
    ("037275752e76692f23416a7759414d4663", "https://ruu.vi/#AjwYAMFc"),
    ("0367657470617265746f07", "https://getpareto.com"),
]
REELYACTIVE_MANUFACTURERS = [
    (0x004C, "0215b9407f30f5f8466eaff925556b57fe6d294c903974",
     "ibeacon b9407f30f5f8466eaff925556b57fe6d294c9039 116 -"),
    (0x004C, "0215000000000000000000000000000000001234567800", "ibeacon 0000000000000000000000000000000012345678 0 -"),
    (0x0118, "beac00010203040506070809101112131415161718190069",
     "altbeacon 0001020304050607080910111213141516171819 0 69"),
    (0x004C, "05120000000000000000011bc238fa0000000000", "nothing"),
    (0x004C, "071901022021880f00000049bcba4477206b0447472c771e53bbeb", "nothing"),
    (0x004C, "0c0e0026487bd5d243b3614ae30fddeb10020b00", "nothing"),
    (0x0008, "", "nothing"),
]  # fmt: skip
REELYACTIVE_SERVICES = [
    (FEAA, "00fc00112233445566778899aabbccddeeff0000", "eddystone-uid 00112233445566778899aabbccddeeff -4 -"),
    (FEAA, "10000367657470617265746f07", "eddystone-url 0367657470617265746f07 0 -"),
    (FEAA, "20000bb815000000004500000258", "eddystone-tlm - - 20000bb815000000004500000258"),
    (FEAA, "ff", "nothing"),
    (FD6F, "00112233445566778899aabbccddeeff40fc0000",
     "exposure-notification 00112233445566778899aabbccddeeff - 40fc0000"),
    (FD6F, "ff", "nothing"),
]  # fmt: skip


def rows() -> Iterator[tuple[str, Sighting | None]]:
    """The table: (advertisement in hexadecimal, what it says)."""
    advertisement = ""
    for line in PUBLISHED.split("\n"):
        if line.startswith("="):
            yield advertisement, said(line[2:])
            advertisement = ""
        elif not line.startswith("#"):
            advertisement += line


def said(words: str) -> Sighting | None:
    """A sighting by the words for it."""
    if words == "nothing":
        return None
    kind, identifier, power, extra = ["" if word == "-" else word for word in words.split()]
    return Sighting(kind, bytes.fromhex(identifier), int(power) if power else None, bytes.fromhex(extra))


@pytest.mark.parametrize(("advertisement", "expected"), list(rows()))
def test_advertisements_of_public_projects_are_read_as_they_read_them(advertisement, expected):
    assert parse_payload(bytes.fromhex(advertisement)) == ((expected,) if expected else ())


@pytest.mark.parametrize(("encoded", "address"), URLS)
def test_addresses_are_expanded_as_public_projects_expand_them(encoded, address):
    assert expanded_url(bytes.fromhex(encoded)) == address


def test_bytes_that_the_address_format_reserves_are_told_apart_from_text():
    assert expanded_url(b"\x01a\x0e\x20\x7f\xff") == "https://www.a%0E%20%7F%FF"


@pytest.mark.parametrize(("company", "data", "words"), REELYACTIVE_MANUFACTURERS)
def test_manufacturer_data_of_a_public_project_is_read_as_it_reads_it(company, data, words):
    expected = said(words)
    found = parse_decoded(None, [(company, bytes.fromhex(data))], [], [], None)
    assert found == ((expected,) if expected else ())


@pytest.mark.parametrize(("service", "data", "words"), REELYACTIVE_SERVICES)
def test_service_data_of_a_public_project_is_read_as_it_reads_it(service, data, words):
    expected = said(words)
    found = parse_decoded(None, [], [(service, bytes.fromhex(data))], [service], None)
    assert found == ((expected,) if expected else ())
