"""The file that a backup is: whole and under the right passphrase, or refused."""

import io
import os
from collections.abc import Iterator

import pytest

from central import sealed_file
from wire.refusal import Refused

PASSPHRASE = "mật khẩu thử nghiệm"


def sealed(data: bytes) -> bytes:
    """`data` in a sealed file."""
    file = io.BytesIO()
    writer = sealed_file.SealedWriter(file, PASSPHRASE)
    for start in range(0, len(data), 70_000):
        writer.write(data[start : start + 70_000])
    writer.close()
    return file.getvalue()


def opened(data: bytes, passphrase: str = PASSPHRASE) -> bytes:
    """What a sealed file holds."""
    return sealed_file.SealedReader(io.BytesIO(data), passphrase).read()


@pytest.fixture(scope="module")
def long_one() -> Iterator[tuple[bytes, bytes]]:
    """2.5 MB and its sealed form: three chunks."""
    plain = os.urandom(2_500_000)
    yield plain, sealed(plain)


def test_it_comes_back(long_one: tuple[bytes, bytes]) -> None:
    assert opened(long_one[1]) == long_one[0]
    assert opened(sealed(b"")) == b""


@pytest.mark.parametrize("cut", [1, 17, 1 << 20])
def test_a_cut_file_is_refused(long_one: tuple[bytes, bytes], cut: int) -> None:
    with pytest.raises(Refused):
        opened(long_one[1][:-cut])


def test_a_file_cut_between_two_chunks_is_refused(long_one: tuple[bytes, bytes]) -> None:
    head = len(sealed_file.MAGIC) + 16
    with pytest.raises(Refused) as refused:
        opened(long_one[1][: head + 4 + (1 << 20) + 16])
    assert refused.value.reason == "cut"


def test_a_wrong_passphrase_and_an_altered_byte_are_refused(long_one: tuple[bytes, bytes]) -> None:
    with pytest.raises(Refused):
        opened(long_one[1], "another passphrase")
    changed = bytearray(long_one[1])
    changed[1_500_000] ^= 1
    with pytest.raises(Refused):
        opened(bytes(changed))


def test_another_file_is_refused() -> None:
    with pytest.raises(Refused):
        opened(b"PK\x03\x04 something else")
