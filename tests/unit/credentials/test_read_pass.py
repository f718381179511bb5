"""Our own pass, named by what an attacker or a bad day would do to it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.pass_qr import Pass, encode_pass, encode_rotating, sign_pass
from credentials.read import read
from credentials.trust import Trust
from tests.unit.credentials.invented import BROKEN_PASS, HOLDER, ISSUER, NOW, STRANGER, TRUST, look, verdict
from wire import base45, cbor
from wire.crypto import sign1
from wire.refusal import Refused

ID = bytes(range(16))
SOON = int(NOW.timestamp()) + 3600
PRINTED = Pass(ID, SOON, companions=2, outcome=7)
ROTATING = Pass(ID, SOON, holder=HOLDER.public)
SIGNED = sign_pass(ROTATING, ISSUER)


def shown(at: datetime = NOW, **changed: object) -> str:
    """A rotating pass as the holder's phone shows it at `at`."""
    told = {"signed": SIGNED, "pass_id": ID, "holder": HOLDER} | changed
    return encode_rotating(**told, unix_s=int(at.timestamp()))  # type: ignore[arg-type]


def raw(*fields: object) -> str:
    """A pass whose signed contents are `fields`, whatever they are."""
    return "GP1:" + base45.encode(sign1(cbor.dumps(list(fields)), ISSUER, "pass"))


def test_a_printed_pass_is_valid_until_it_ends() -> None:
    text = encode_pass(PRINTED, ISSUER)
    seen = look(text)
    assert (seen.kind, seen.status, seen.reason) == ("pass", "valid", "ok")
    assert seen.normal_form == ID.hex()
    assert seen.fields == {
        "id": ID.hex(),
        "expires": "2026-01-31T07:42:00Z",
        "companions": 2,
        "outcome": 7,
        "form": "printed",
    }
    end = datetime.fromtimestamp(SOON, UTC)
    assert look(text, now=end - timedelta(microseconds=1)).status == "valid"
    assert verdict(text, now=end) == ("pass", "invalid", "expired")


def test_small_letters_and_line_ends_do_no_harm() -> None:
    text = encode_pass(PRINTED, ISSUER)
    assert look(text.lower() + "\r\n") == look(text)


def test_a_fresh_rotating_pass_is_valid() -> None:
    seen = look(shown())
    assert (seen.status, seen.reason, seen.normal_form) == ("valid", "ok", ID.hex())
    assert seen.fields["form"] == "rotating"


@pytest.mark.parametrize(
    ("slots", "reason"), [(-2, "not_fresh"), (-1, "ok"), (0, "ok"), (1, "ok"), (2, "not_fresh"), (2880, "not_fresh")]
)
def test_a_film_of_a_pass_is_worth_one_slot_more(slots: int, reason: str) -> None:
    assert look(shown(NOW - timedelta(seconds=30 * slots))).reason == reason


def test_half_a_photograph_is_not_fresh() -> None:
    assert verdict("GP1:" + base45.encode(SIGNED)) == ("pass", "invalid", "not_fresh")


def test_a_slot_signed_by_another_phone_is_refused() -> None:
    assert verdict(shown(holder=STRANGER)) == ("pass", "invalid", "bad_signature")


def test_a_slot_signed_for_another_pass_is_refused() -> None:
    assert verdict(shown(pass_id=bytes(16))) == ("pass", "invalid", "bad_signature")


def test_a_slot_number_that_was_moved_is_refused() -> None:
    _, slot, signature = cbor.loads(base45.decode(shown(NOW - timedelta(days=1))[4:]), 1024)
    moved = "GP1:" + base45.encode(cbor.dumps([SIGNED, slot + 2880, signature]))
    assert verdict(moved) == ("pass", "invalid", "bad_signature")


def test_a_printed_pass_dressed_up_as_rotating_is_broken() -> None:
    assert verdict(shown(signed=sign_pass(PRINTED, ISSUER))) == BROKEN_PASS


def test_an_unknown_issuer_is_named() -> None:
    forged = encode_pass(PRINTED, STRANGER)
    assert verdict(forged) == ("pass", "invalid", "unknown_issuer")
    assert look(forged).fields == {}
    assert look(encode_pass(PRINTED, ISSUER), trust=Trust.NONE).reason == "unknown_issuer"


def test_an_issuer_of_posters_cannot_issue_passes() -> None:
    only_posters = Trust(venues=TRUST.venues)
    assert look(encode_pass(PRINTED, ISSUER), trust=only_posters).reason == "unknown_issuer"


def test_a_signature_made_for_another_purpose_is_refused() -> None:
    payload = cbor.dumps([ID, SOON, 0, None, None])
    poster = "GP1:" + base45.encode(sign1(payload, ISSUER, "venue"))
    assert verdict(poster) == ("pass", "invalid", "bad_signature")


@pytest.mark.parametrize("text", [encode_pass(PRINTED, ISSUER), shown()], ids=["printed", "rotating"])
def test_a_revoked_pass_is_revoked_whatever_the_clock_says(text: str) -> None:
    trust = Trust(TRUST.passes, TRUST.venues, frozenset({ID}))
    for now in (NOW, None, NOW + timedelta(days=9)):
        seen = look(text, now=now, trust=trust)
        assert (seen.status, seen.reason, seen.normal_form) == ("invalid", "revoked", ID.hex())


@pytest.mark.parametrize("text", [encode_pass(PRINTED, ISSUER), shown()], ids=["printed", "rotating"])
def test_an_unset_clock_proves_no_pass(text: str) -> None:
    assert verdict(text, now=None) == ("pass", "invalid", "clock_unset")
    guessed = read(text, now=NOW, trust=TRUST, clock_synced=False)
    assert (guessed.status, guessed.reason, guessed.normal_form) == ("invalid", "clock_unset", ID.hex())


def test_a_clock_set_back_revives_no_photograph() -> None:
    assert look(shown(), now=NOW - timedelta(days=30)).reason == "not_fresh"


def test_a_time_without_a_zone_is_utc() -> None:
    assert look(encode_pass(PRINTED, ISSUER), now=NOW.replace(tzinfo=None)).status == "valid"


@pytest.mark.parametrize(
    "text",
    [
        "GP1:",
        "gp1:?",
        "GP1:AAA",
        "GP1:" + "A" * 4000,
        "GP1:Ⅷ",
        "GP1:ſ" + encode_pass(PRINTED, ISSUER)[5:],
        "GP1:" + base45.encode(b"\x83"),
        "GP1:" + base45.encode(cbor.dumps([SIGNED, -1, bytes(64)])),
        "GP1:" + base45.encode(cbor.dumps([SIGNED, 2**63, bytes(64)])),
        "GP1:" + base45.encode(cbor.dumps([SIGNED, 1, bytes(63)])),
        "GP1:" + base45.encode(cbor.dumps(["text", 1, bytes(64)])),
        encode_pass(PRINTED, ISSUER)[:-3],
        "GP1:" + base45.encode(sign1(b"\xff", ISSUER, "pass")),
        "GP1:" + base45.encode(sign1(bytes(2000), ISSUER, "pass")),
        raw(),
        raw(ID[:15], SOON, 0, None, None),
        raw(ID, SOON, 10, None, None),
        raw(ID, SOON, -1, None, None),
        raw(ID, SOON, True, None, None),
        raw(ID, -1, 0, None, None),
        raw(ID, 2**60, 0, None, None),
        raw(ID, float(SOON), 0, None, None),
        raw(ID, SOON, 0, "negative", None),
        raw(ID, SOON, 0, 2**40, None),
        raw(ID, SOON, 0, None, bytes(31)),
        raw(ID, SOON, 0, None, None, None),
    ],
)
def test_a_pass_in_another_form_is_broken(text: str) -> None:
    assert verdict(text) == BROKEN_PASS


def test_a_holder_key_that_is_no_point_of_the_curve_is_refused() -> None:
    odd = Pass(ID, SOON, holder=b"\xff" * 32)
    assert look(shown(signed=sign_pass(odd, ISSUER))).reason == "bad_signature"


def test_the_centre_cannot_issue_what_no_gate_would_take() -> None:
    for wrong in ({"pass_id": b""}, {"companions": 10}, {"expires": -1}, {"holder": b"short"}, {"outcome": 2**31}):
        with pytest.raises(Refused):
            Pass(**{"pass_id": ID, "expires": SOON} | wrong)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="printed"):
        encode_pass(ROTATING, ISSUER)


passes = st.builds(
    Pass,
    st.binary(min_size=16, max_size=16),
    st.integers(int(NOW.timestamp()) + 1, 253_402_300_799),
    st.integers(0, 9),
    st.none() | st.integers(-(2**31), 2**31 - 1),
)


@given(passes)
def test_every_pass_reads_as_it_was_written(content: Pass) -> None:
    text = encode_pass(content, ISSUER)
    assert text == text.strip()
    seen = look(text)
    assert (seen.status, seen.normal_form) == ("valid", content.pass_id.hex())
    assert (seen.fields["companions"], seen.fields["outcome"]) == (content.companions, content.outcome)


@given(st.sampled_from([encode_pass(PRINTED, ISSUER), shown()]), st.data())
def test_a_pass_with_one_changed_character_is_never_valid(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(4, len(text) - 1))
    other = data.draw(
        st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:").filter(lambda c: c != text[place])
    )
    assert look(text[:place] + other + text[place + 1 :]).status == "invalid"


def at_local(hour: int, minute: int = 0) -> datetime:
    """That time in Viet Nam on the day of NOW."""
    return NOW.replace(hour=0, minute=0) + timedelta(hours=hour - 7, minutes=minute)


@pytest.mark.parametrize(
    ("shift", "hour", "minute", "reason"),
    [
        ((360, 840), 4, 59, "not_now"),  # 06:00 to 14:00, with an hour before and after
        ((360, 840), 5, 0, "ok"),
        ((360, 840), 14, 59, "ok"),
        ((360, 840), 15, 0, "not_now"),
        ((1320, 360), 21, 0, "ok"),  # over midnight
        ((1320, 360), 3, 0, "ok"),
        ((1320, 360), 6, 59, "ok"),
        ((1320, 360), 12, 0, "not_now"),
        ((0, 1439), 23, 59, "ok"),
    ],
)
def test_a_pass_for_a_shift_counts_in_its_hours(shift: tuple[int, int], hour: int, minute: int, reason: str) -> None:
    far = int(NOW.timestamp()) + 10 * 86_400
    seen = look(encode_pass(Pass(ID, far, shift=shift), ISSUER), now=at_local(hour, minute))
    assert (seen.reason, seen.normal_form) == (reason, ID.hex())
    assert seen.fields["shift"] == "-".join(f"{m // 60:02d}:{m % 60:02d}" for m in shift)


def test_a_shift_that_has_ended_says_that_it_has_ended_and_an_unset_clock_proves_no_shift() -> None:
    text = encode_pass(Pass(ID, SOON, shift=(360, 840)), ISSUER)
    assert look(text, now=NOW + timedelta(days=2)).reason == "expired"
    assert look(text, now=None).reason == "clock_unset"


@pytest.mark.parametrize("shift", [[], [1], [1, 1], [-1, 5], [5, 1440], [True, 5], [1, 2, 3], None, "x"])
def test_a_shift_out_of_range_is_refused(shift: object) -> None:
    assert verdict(raw(ID, SOON, 0, None, None, shift)) == ("pass", "invalid", "bad_schema")
