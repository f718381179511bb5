"""Place codes: of the national apps, of other countries, and links that only look like one."""

import pytest

from tests.unit.credentials.invented import BROKEN_PLACE, PLACE, look, verdict

GROUP = "0123456789abcdef01234567"


def test_a_place_of_the_national_app_is_known_by_its_group() -> None:
    seen = look(PLACE)
    assert (seen.kind, seen.status, seen.reason, seen.warnings) == ("venue-qr", "valid", "ok", ())
    assert seen.normal_form == GROUP
    assert seen.fields == {"place_id": GROUP, "system": "tokhaiyte"}


@pytest.mark.parametrize(
    "text",
    [
        PLACE.upper(),
        PLACE.replace("https", "http"),
        PLACE.replace("tokhaiyte.vn", "qr.tokhaiyte.vn"),
        PLACE.replace("tokhaiyte.vn", "tokhaiyte.vn:443"),
        PLACE.replace("tokhaiyte.vn", "tokhaiyte.vn."),
        PLACE.replace("tokhaiyte.vn", "qr.pccovid.gov.vn"),
        f"https://tokhaiyte.vn/?groupId={GROUP}&page=Group.checkin&lang=vi",
        PLACE + "#top",
    ],
)
def test_the_same_place_by_another_way_is_the_same_place(text: str) -> None:
    assert look(text).normal_form == GROUP


def test_a_short_link_of_pc_covid_is_a_place() -> None:
    seen = look("https://qr.pccovid.gov.vn/AbCdEf")
    assert (seen.status, seen.normal_form, seen.fields["system"]) == ("valid", "AbCdEf", "pc-covid")


@pytest.mark.parametrize(
    "text",
    [
        "https://tokhaiyte.vn/",
        PLACE[:-1],
        PLACE + "0",
        PLACE.replace("0123", "zzzz"),
        PLACE + f"&groupId={GROUP}",
        PLACE.replace("Group.checkin", "Group.delete"),
        f"https://tokhaiyte.vn/?groupId={GROUP}",
        "https://qr.pccovid.gov.vn/toolong",
        "https://qr.pccovid.gov.vn/AbCdEf?x=1",
    ],
)
def test_a_national_place_with_a_broken_id_is_a_broken_place(text: str) -> None:
    assert verdict(text) == BROKEN_PLACE


@pytest.mark.parametrize(
    "text",
    [
        PLACE.replace("tokhaiyte.vn", "tokhaiyte.vn.elsewhere.example"),
        PLACE.replace("tokhaiyte.vn", "nottokhaiyte.vn"),
        PLACE.replace("tokhaiyte.vn", "notpccovid.gov.vn"),
        PLACE.replace("tokhaiyte.vn", "tokhaiyte.vn@elsewhere.example"),
        PLACE.replace("tokhaiyte.vn", "elsewhere.example\\@tokhaiyte.vn"),
        PLACE.replace("tokhaiyte.vn", "user@tokhaiyte.vn"),
        PLACE.replace("tokhaiyte.vn", "tokhaiyte.vn:8443"),
        PLACE.replace("tokhaiyte.vn", "tokhaiyte.vn:port"),
        PLACE.replace("tokhaiyte.vn", "tоkhaiyte.vn"),
        PLACE.replace("/?", "/ ?"),
        "https://elsewhere.example/?next=https://tokhaiyte.vn/&page=Group.checkin&groupId=" + GROUP,
        "https://[::1/?page=Group.checkin&groupId=" + GROUP,
        "https://",
        "https:///tokhaiyte.vn/?page=Group.checkin&groupId=" + GROUP,
        "https://tokhaiyte.vn/?" + "&".join(["page=Group.checkin"] * 40),
    ],
    ids=[
        "as-subdomain",
        "as-ending",
        "as-ending-2",
        "as-user",
        "backslash",
        "with-user",
        "odd-port",
        "no-port",
        "cyrillic-o",
        "space",
        "in-query",
        "ipv6",
        "empty",
        "no-host",
        "flood",
    ],
)
def test_a_link_that_only_looks_national_is_nobodys(text: str) -> None:
    assert verdict(text) == (None, "unreadable", "unknown_link")


@pytest.mark.parametrize(
    "text",
    [
        "UKC19TRACING:1:eyJhbGciOiJFUzI1NiJ9.e30.AAAA",
        "NZCOVIDTRACER:e30=",
        "https://e.coronawarn.app?v=1#CAESEwgBEgdG",
        "https://E.CORONAWARN.APP/?v=1#CAESEwgBEgdG",
        "https://venue.example/VENDOR#data/CWA1/CAESEwgBEgdG",
        "https://qr.notify-me.ch?v=2#CAESEwgB",
        "https://tracer.example/app#data=NZCOVIDTRACER:e30=",
    ],
)
def test_a_poster_of_another_country_is_called_a_poster(text: str) -> None:
    assert verdict(text) == (None, "unreadable", "foreign_poster")


@pytest.mark.parametrize(
    "text",
    [
        "HC1:6BF+70790T9WJWG",
        "hc1:6bf+70790t9wjwg",
        "HC2:NEWER",
        "shc:/56762909524320603460",
        "NZCP:/1/2KCEVIQEIVVWK6",
        "B64:UEsDBBQ",
        '{"data":{"hdr":{"t":"icao.vacc","v":1,"is":"UTO"},"msg":{}},"sig":{}}',
        '{"data":{"hdr":{"t":"VDS-NC"}}}',
    ],
)
def test_a_health_certificate_is_named_until_it_can_be_read(text: str) -> None:
    assert verdict(text) == (None, "unreadable", "certificate_not_supported_yet")


@pytest.mark.parametrize("text", ['{"data":{}}', "{", "{" * 4000, "[" * 4000, '{"data":' * 400, "HC1", "NZCP", "{}"])
def test_json_that_is_no_certificate_is_unknown(text: str) -> None:
    assert verdict(text) == (None, "unreadable", "unknown_code")
