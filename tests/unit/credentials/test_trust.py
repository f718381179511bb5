"""The list of issuers: what is taken, and what a person reads when it is not."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.pass_qr import Pass, encode_pass
from credentials.trust import MAX_CHARACTERS, Trust, load_trust
from tests.unit.credentials.invented import ISSUER, NOW, STRANGER, look
from wire.refusal import Refused


def as_hex(data: bytes) -> str:
    return data.hex()


def as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def as_unpadded_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize("write", [as_hex, as_base64, as_unpadded_base64url, lambda data: data.hex().upper()])
def test_keys_may_be_written_in_hex_and_both_base64(write) -> None:  # type: ignore[no-untyped-def]
    issuer = {"kid": write(ISSUER.kid), "key": write(ISSUER.public)}
    revoked = bytes(range(240, 256))
    trust = load_trust(json.dumps({"pass": [issuer], "venue-qr": [issuer], "revoked": [write(revoked)]}))
    assert trust == Trust({ISSUER.kid: ISSUER.public}, {ISSUER.kid: ISSUER.public}, frozenset({revoked}))


def test_a_list_that_was_loaded_lets_its_issuers_in() -> None:
    text = encode_pass(Pass(bytes(16), int(NOW.timestamp()) + 60), ISSUER)
    trust = load_trust(json.dumps({"pass": [{"key": ISSUER.public.hex()}]}))
    assert look(text, trust=trust).status == "valid"


@pytest.mark.parametrize("text", ["{}", "\ufeff{}", '{"dcc": [1, 2], "smart": {}}', '{"pass": [], "revoked": []}'])
def test_an_empty_list_and_sections_of_a_newer_kiosk_are_no_fault(text: str) -> None:
    assert load_trust(text) == Trust.NONE


@pytest.mark.parametrize(
    ("listed", "where"),
    [
        ([], "a JSON object"),
        (None, "a JSON object"),
        ({"pass": {}}, "pass: a list"),
        ({"pass": ["x"]}, "pass[0]"),
        ({"pass": [{}]}, "pass[0].key"),
        ({"pass": [{"key": None}]}, "pass[0].key"),
        ({"pass": [{"key": ISSUER.public.hex()[:-2]}]}, "pass[0].key"),
        ({"pass": [{"key": "z" * 64}]}, "pass[0].key"),
        ({"venue-qr": [{"key": ISSUER.public.hex()}, {"key": "é"}]}, "venue-qr[1].key"),
        ({"pass": [{"key": ISSUER.public.hex(), "kid": "00"}]}, "pass[0].kid"),
        ({"revoked": ["00" * 15]}, "revoked[0]"),
        ({"revoked": [7]}, "revoked[0]"),
        ({"revoked": "00"}, "revoked: a list"),
    ],
)
def test_a_broken_list_is_refused_and_the_place_named(listed: object, where: str) -> None:
    with pytest.raises(Refused) as refused:
        load_trust(json.dumps(listed))
    assert refused.value.reason == "malformed"
    assert where in refused.value.detail


def test_a_kid_of_another_key_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        load_trust(json.dumps({"pass": [{"kid": STRANGER.kid.hex(), "key": ISSUER.public.hex()}]}))
    assert refused.value.reason == "kid_mismatch"
    assert ISSUER.kid.hex() in refused.value.detail


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"pass": NaN', "\x00"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="malformed"):
        load_trust(text)


def test_a_list_without_end_is_refused() -> None:
    with pytest.raises(Refused, match="too_large"):
        load_trust(" " * (MAX_CHARACTERS + 1))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kid", "key"]), inner, max_size=2),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["pass", "venue-qr", "revoked", "x"]), json_values, max_size=4))
def test_any_json_is_taken_or_refused(listed: dict[str, object]) -> None:
    try:
        assert isinstance(load_trust(json.dumps(listed)), Trust)
    except Refused as refused:
        assert refused.reason in ("malformed", "kid_mismatch")
