"""A statement counts for its address, its time, its text and its pass; any other bytes are refused, never an error."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.phones.signed import WINDOW_MS, from_base64, read_object, read_statement, signed_bytes, to_base64
from credentials.pass_qr import Pass, sign_pass
from wire.crypto import SigningKey
from wire.refusal import Refused

NOW_MS = 1_790_000_000_000
ISSUER, HOLDER = SigningKey(bytes(32)), SigningKey(b"\1" * 32)
ISSUERS = {ISSUER.kid: ISSUER.public}
PATH = "/v/api/mine"


def said(body: str = "{}", at_ms: int = NOW_MS, path: str = PATH, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"expires": NOW_MS // 1000 + 60, "holder": HOLDER.public, **changes}
    shown = sign_pass(Pass(bytes(16), **fields), ISSUER)
    signature = HOLDER.sign_raw(signed_bytes(path, at_ms, body))
    return {"pass": to_base64(shown), "at_ms": at_ms, "body": body, "signature": to_base64(signature)}


def test_a_statement_is_read() -> None:
    found = read_statement(PATH, said('{"a": "đ"}'), ISSUERS, NOW_MS)
    assert (found.pass_id, found.body, found.at_ms) == (bytes(16), {"a": "đ"}, NOW_MS)


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        (said(path="/v/api/end"), "bad_signature"),
        (said() | {"at_ms": NOW_MS + 1}, "bad_signature"),
        (said() | {"body": "{ }"}, "bad_signature"),
        (said(at_ms=NOW_MS - WINDOW_MS - 1), "clock"),
        (said(at_ms=NOW_MS + WINDOW_MS + 1), "clock"),
        (said(expires=NOW_MS // 1000), "pass_expired"),
        (said(holder=None), "bad_pass"),
        (said("[]"), "bad_request"),
        (said("{"), "bad_request"),
        (said() | {"body": "\ud800"}, "bad_request"),
        (said() | {"signature": "AA=="}, "bad_signature"),
        (said() | {"pass": "AAAA"}, "bad_pass"),
        ({}, "bad_request"),
    ],
)
def test_what_is_not_the_holders_word_is_refused(given_: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_statement(PATH, given_, ISSUERS, NOW_MS)
    assert refused.value.reason == reason


def test_a_pass_of_another_centre_says_nothing() -> None:
    with pytest.raises(Refused, match="bad_pass"):
        read_statement(PATH, said(), {}, NOW_MS)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["pass", "at_ms", "body", "signature", "x"]), _JSON))
def test_any_json_is_refused_in_words(data: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        read_statement(PATH, data, ISSUERS, NOW_MS)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_are_an_object_or_refused(data: bytes | str) -> None:
    try:
        assert isinstance(read_object(data), dict)
    except Refused as refused:
        assert refused.reason == "bad_request"


@given(st.binary(max_size=64))
def test_base64_goes_there_and_back(data: bytes) -> None:
    assert from_base64(to_base64(data), 64) == data
    assert json.loads(json.dumps(to_base64(data))) == to_base64(data)
