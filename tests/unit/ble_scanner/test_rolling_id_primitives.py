"""The ciphers beneath the identifiers, against NIST SP 800-38A (F.1.1, F.5.1) and RFC 5869 (A.3)."""

import pytest

from wire.aes import counter_stream, encrypt_blocks, hkdf_sha256

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
PLAIN = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
COUNTER = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")


def test_each_block_is_encrypted_on_its_own():
    expected = bytes.fromhex("3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf")
    assert encrypt_blocks(KEY, PLAIN) == expected
    assert encrypt_blocks(KEY, PLAIN[16:]) == expected[16:]
    assert encrypt_blocks(KEY, b"") == b""


def test_the_counter_counts_up_and_the_stream_may_end_anywhere():
    expected = bytes.fromhex("874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff")
    assert counter_stream(KEY, COUNTER, PLAIN) == expected
    assert counter_stream(KEY, COUNTER, PLAIN[:21]) == expected[:21]
    assert counter_stream(KEY, COUNTER, expected) == PLAIN


def test_a_key_is_derived_without_salt():
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    assert hkdf_sha256(b"\x0b" * 22, b"", 42).hex() == expected


def test_wrong_lengths_are_refused():
    for key, blocks in ((b"", PLAIN), (KEY[:-1], PLAIN), (KEY, PLAIN[:-1])):
        with pytest.raises(ValueError):
            encrypt_blocks(key, blocks)
    for key, counter in ((KEY[:-1], COUNTER), (KEY, COUNTER[:-1])):
        with pytest.raises(ValueError):
            counter_stream(key, counter, PLAIN)
