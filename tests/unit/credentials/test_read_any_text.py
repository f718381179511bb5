"""Whatever is held before the camera, there is an answer, and it is well formed."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from credentials.pass_qr import Pass, encode_pass
from credentials.read import MAX_CHARACTERS, read
from credentials.types import Credential, Unreadable
from credentials.venue_qr import Venue, encode_venue
from tests.unit.credentials.invented import ISSUER, NOW, PLACE, TRUST, bhyt, cccd, look, personal, verdict

KINDS = {"cccd", "bhyt", "personal-qr", "venue-qr", "pass", "passport"}
REASONS = {"ok", "bad_schema", "unknown_issuer", "bad_signature", "expired", "revoked", "not_fresh", "clock_unset"}
REASONS |= {"not_now"}
UNREADABLE = {
    "empty",
    "too_long",
    "not_text",
    "foreign_poster",
    "certificate_not_supported_yet",
    "unknown_link",
    "unknown_code",
}
WARNINGS = {
    "impossible_birth_date",
    "impossible_issue_date",
    "impossible_valid_from",
    "impossible_valid_to",
    "birth_in_future",
    "issued_before_birth",
    "sex_against_number",
    "birth_year_against_number",
    "missing_address",
    "damaged_text",
    "no_identity",
}
PASSPORT = "P<UTOTHU<<VAN<MAU<<<<<<<<<<<<<<<<<<<<<<<<<<< T000000014UTO9006153F3301018<<<<<<<<<<<<<<<8"
SAMPLES = [
    cccd(),
    cccd() + "||||",
    bhyt(),
    bhyt(f0="0000000001"),
    personal(),
    personal(number="******000001", birth="1999-**-**"),
    PLACE,
    PASSPORT,
    encode_pass(Pass(bytes(16), int(NOW.timestamp()) + 60), ISSUER),
    encode_venue(Venue("a", "Chợ Thử"), ISSUER, "check.example"),
    '{"data":{"hdr":{"t":"icao.vacc"}},"sig":{}}',
]
any_character = st.characters()  # lone surrogates too
FRAGMENTS = [
    *("|", "||", "$", "<", "*", "-", "/", "Nam", "Nữ", "N", "099099000001", "05061999", "1999-06-05", "0", "1", " "),
    *("GP1:", "GPV1:", "/GPV1/", "https://", "tokhaiyte.vn", "HC1:", "{", "}", '"', "GD4010000000001", "\ufeff", "\r"),
    *("05/06/1999", "54", "01 - 000", "?", "\ufffd", "\x00", "\u0301", "٣", "é", "\ud800"),
]
fragments = st.sampled_from(FRAGMENTS)
clocks = st.none() | st.datetimes() | st.datetimes(timezones=st.just(UTC))


def assert_well_formed(seen: Credential | Unreadable) -> None:
    if isinstance(seen, Unreadable):
        assert seen.reason in UNREADABLE
        return
    assert seen.kind in KINDS
    assert seen.reason in REASONS
    assert set(seen.warnings) <= WARNINGS
    assert (seen.status == "valid") == (seen.reason == "ok")
    assert seen.normal_form is None or seen.normal_form.strip() == seen.normal_form != ""
    assert seen.status == "invalid" or seen.normal_form or "no_identity" in seen.warnings
    json.dumps(dict(seen.fields), ensure_ascii=False).encode("utf-8")


@given(st.text(any_character, max_size=200) | st.lists(fragments, max_size=25).map("".join), clocks)
@example("", None)
@example(cccd("099226000001", birth="31129999", issued="31129999"), datetime.max)
@example(cccd(), datetime.min.replace(tzinfo=UTC))
@example(cccd(birth="01010001"), datetime.min)
def test_no_text_and_no_clock_makes_it_raise(text: str, now: datetime | None) -> None:
    assert_well_formed(read(text, now=now, trust=TRUST))


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    for text in (data.decode("utf-8", "surrogateescape"), data.decode("latin-1"), data.decode("utf-8", "replace")):
        assert_well_formed(look(text))


@given(st.sampled_from(SAMPLES), st.data())
def test_no_damage_to_a_good_code_makes_it_raise(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(st.just("") | fragments | st.text(any_character, max_size=3)) + text[end:]
    assert_well_formed(look(text))


@given(st.lists(st.text(max_size=12) | fragments, min_size=4, max_size=16).map("|".join))
def test_no_row_of_fields_makes_it_raise(text: str) -> None:
    assert_well_formed(look(text))


@pytest.mark.parametrize("text", SAMPLES[:6])
def test_a_code_cut_anywhere_never_counts_as_another_identity(text: str) -> None:
    whole = look(text).normal_form
    for end in range(len(text)):
        assert look(text[:end]).normal_form in (None, whole)


@pytest.mark.parametrize("text", ["", " ", "\ufeff", "\r\n", "\ufeff \t\r\n"])
def test_nothing_is_called_empty(text: str) -> None:
    assert verdict(text) == (None, "unreadable", "empty")


def test_a_text_longer_than_any_code_is_not_looked_at() -> None:
    assert verdict("a" * MAX_CHARACTERS) == (None, "unreadable", "unknown_code")
    assert verdict("a" * (MAX_CHARACTERS + 1)) == (None, "unreadable", "too_long")
    assert verdict(cccd() + "|" * MAX_CHARACTERS) == (None, "unreadable", "too_long")


def test_bytes_that_are_no_utf8_are_the_scanners_fault() -> None:
    text = cccd().encode("cp1258", "replace").decode("utf-8", "surrogateescape")
    assert verdict(text) == (None, "unreadable", "not_text")


def test_an_unreadable_text_answers_like_a_credential() -> None:
    seen = look("abc|def")
    assert (seen.kind, seen.status, seen.warnings, seen.normal_form, seen.fields) == (None, "unreadable", (), None, {})
