"""Our signed poster."""

import base64
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.trust import Trust
from credentials.venue_qr import Venue, encode_venue
from tests.unit.credentials.invented import BROKEN_PLACE, ISSUER, NOW, STRANGER, TRUST, look, verdict
from wire import cbor
from wire.crypto import sign1
from wire.refusal import Refused

SOON = int(NOW.timestamp()) + 3600
MARKET = Venue("cho-thu-01", "Chợ Thử Nghiệm", "Cổng 2", SOON)
POSTER = encode_venue(MARKET, ISSUER, "check.example")
BARE = encode_venue(MARKET, ISSUER)


def raw(*fields: object) -> str:
    """A poster whose signed contents are `fields`, whatever they are."""
    return unpadded(sign1(cbor.dumps(list(fields)), ISSUER, "venue"))


def unpadded(message: bytes) -> str:
    """A bare poster of any bytes."""
    return "GPV1:" + base64.b32encode(message).decode().rstrip("=")


@pytest.mark.parametrize("text", [POSTER, BARE, POSTER.lower(), BARE.lower(), POSTER + "/"])
def test_a_poster_reads_alike_as_link_and_as_text_in_either_case(text: str) -> None:
    seen = look(text)
    assert (seen.kind, seen.status, seen.reason) == ("venue-qr", "valid", "ok")
    assert seen.normal_form == "cho-thu-01"
    assert seen.fields == {
        "place_id": "cho-thu-01",
        "name": "Chợ Thử Nghiệm",
        "gate": "Cổng 2",
        "expires": "2026-01-31T07:42:00Z",
        "system": "gatepost",
    }


def test_a_poster_fits_the_alphanumeric_mode_of_a_qr_code() -> None:
    assert set(POSTER) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def test_the_host_proves_nothing_and_changes_nothing() -> None:
    assert look(encode_venue(MARKET, ISSUER, "elsewhere.example")) == look(POSTER)
    assert look(encode_venue(MARKET, STRANGER, "tokhaiyte.vn")).reason == "unknown_issuer"


def test_a_poster_ends_when_it_says_so() -> None:
    end = datetime.fromtimestamp(SOON, tz=NOW.tzinfo)
    assert look(POSTER, now=end - timedelta(seconds=1)).status == "valid"
    assert look(POSTER, now=end).reason == "expired"
    assert look(POSTER, now=None).reason == "clock_unset"


def test_a_poster_without_an_end_needs_no_clock() -> None:
    assert look(encode_venue(Venue("a", "Trường Mẫu"), ISSUER), now=None).status == "valid"


def test_an_issuer_of_passes_cannot_make_posters() -> None:
    assert look(POSTER, trust=Trust(passes=TRUST.passes)).reason == "unknown_issuer"


def test_a_pass_cannot_be_turned_into_a_poster() -> None:
    message = sign1(cbor.dumps(["a", "b", None, None]), ISSUER, "pass")
    assert look(unpadded(message)).reason == "bad_signature"


@pytest.mark.parametrize(
    "text",
    [
        "GPV1:",
        "GPV1:1",
        "GPV1:AAAAAAAA",
        "GPV1:" + "A" * 4000,
        "https://check.example/GPV1/",
        "https://check.example/gpv1/0",
        BARE + "A",
        BARE[:-1],
        BARE + "=",
        BARE[:40] + "ı" + BARE[41:],
        unpadded(sign1(b"\xff", ISSUER, "venue")),
        unpadded(sign1(bytes(1100), ISSUER, "venue")),
        raw(),
        raw("", "b", None, None),
        raw("a" * 65, "b", None, None),
        raw("a b", "c", None, None),
        raw("a", "", None, None),
        raw("a", "b\x00", None, None),
        raw("a", "b", "", None),
        raw("a", "b", None, -1),
        raw("a", "b", None, True),
        raw("a", "b", 1, None),
        raw(b"a", "b", None, None),
    ],
)
def test_a_poster_in_another_form_is_broken(text: str) -> None:
    assert verdict(text) == BROKEN_PLACE


def test_nobody_can_print_what_no_gate_would_take() -> None:
    for wrong in ({"place_id": "ä"}, {"name": "x" * 121}, {"gate": "\n"}, {"expires": 2**40}):
        with pytest.raises(Refused):
            Venue(**{"place_id": "a", "name": "b"} | wrong)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="host"):
        encode_venue(MARKET, ISSUER, "check.example/elsewhere")


printable = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
venues = st.builds(
    Venue,
    st.text("abcXYZ019._-", min_size=1, max_size=64),
    printable,
    st.none() | printable,
    st.none() | st.integers(SOON, 253_402_300_799),
)


@given(venues, st.sampled_from([None, "check.example"]))
def test_every_poster_reads_as_it_was_written(venue: Venue, host: str | None) -> None:
    seen = look(encode_venue(venue, ISSUER, host))
    assert (seen.status, seen.normal_form) == ("valid", venue.place_id)
    assert (seen.fields["name"], seen.fields["gate"]) == (venue.name, venue.gate)


@given(st.data())
def test_a_poster_with_one_changed_character_is_never_valid(data: st.DataObject) -> None:
    place = data.draw(st.integers(len("GPV1:"), len(BARE) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").filter(lambda c: c != BARE[place]))
    assert look(BARE[:place] + other + BARE[place + 1 :]).status == "invalid"
