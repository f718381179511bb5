"""HPKE through an agreement that is made elsewhere: the same as the library's, and as the RFC's own example."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.vault.custody import Custody, SeedKey
from wire.crypto import AgreedKey, SealingKey, agree_x25519, kid_of, seal_on_phone, wrap_key
from wire.hpke import Aead, key_schedule
from wire.refusal import Refused

SEED = bytes.fromhex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
KEY = SeedKey(SEED)


def test_the_example_of_rfc_9180_appendix_a_2_1() -> None:
    enc = bytes.fromhex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a")
    assert KEY.public.hex() == "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"
    info = b"Ode on a Grecian Urn"
    made = key_schedule(agree_x25519(SEED, enc), enc, KEY.public, info, Aead.CHACHA20_POLY1305)
    assert made.key.hex() == "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91"
    assert made.nonce.hex() == "5c4d98150661b848853b547f"


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40), st.binary(max_size=80))
def test_what_is_sealed_opens_by_agreement_as_by_the_key_itself(plain: bytes, info: bytes, said: bytes) -> None:
    by_key, by_agreement = SealingKey(SEED), AgreedKey(KEY.public, KEY.agree)
    wrapped, from_phone = wrap_key(plain, KEY.public, info), seal_on_phone(said, KEY.public, info)
    assert by_agreement.unwrap(wrapped, info) == by_key.unwrap(wrapped, info) == plain
    assert by_agreement.open_from_phone(from_phone, info) == by_key.open_from_phone(from_phone, info) == said


@given(st.binary(max_size=120))
def test_hostile_bytes_are_refused_and_nothing_else(data: bytes) -> None:
    for opened in (AgreedKey(KEY.public, KEY.agree).unwrap, AgreedKey(KEY.public, KEY.agree).open_from_phone):
        with pytest.raises(Refused, match="cannot_open"):
            opened(data, b"info")


def test_a_point_of_small_order_is_refused() -> None:
    with pytest.raises(Refused, match="cannot_open"):
        AgreedKey(KEY.public, KEY.agree).unwrap(bytes(32) + bytes(48), b"info")


def test_each_record_is_opened_by_the_key_that_it_names() -> None:
    old, new = SeedKey(os.urandom(32)), SeedKey(os.urandom(32))
    custody = Custody([old, new])
    for key in (old, new):
        sealed = wrap_key(b"k" * 32, key.public, b"info")
        assert custody.sealing(kid_of(key.public)).unwrap(sealed, b"info") == b"k" * 32
    custody.forget([kid_of(old.public)])
    with pytest.raises(Refused, match="cannot_open"):
        custody.sealing(kid_of(old.public))
