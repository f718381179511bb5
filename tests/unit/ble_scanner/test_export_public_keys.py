"""The public key of an authority: what a technician may hand over, and what is refused."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from tests.unit.ble_scanner.exports import AUTHORITY, pem_of
from wire.ecdsa import MAX_PEM_BYTES, read_p256_pem
from wire.refusal import Refused

SIGNATURE = AUTHORITY.sign(b"keys", ec.ECDSA(hashes.SHA256()))


def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test")])
    builder = x509.CertificateBuilder(name, name, AUTHORITY.public_key(), 7)
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2020, 2, 1, tzinfo=UTC)
    )
    return builder.sign(AUTHORITY, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_a_public_key_or_a_certificate_that_has_long_ended_verifies() -> None:
    for pem in (pem_of(AUTHORITY), certificate(), pem_of(AUTHORITY).replace(b"\n", b"\r\n")):
        key = read_p256_pem(pem)
        assert key.verifies(SIGNATURE, b"keys")
        assert not key.verifies(SIGNATURE, b"Keys")


@pytest.mark.parametrize(
    "signature",
    [b"", b"\x30", SIGNATURE[:-1], SIGNATURE + b"\0", b"\x30\x06\x02\x01\0\x02\x01\0"],
    ids=["empty", "one-byte", "cut", "longer", "zeros"],  # ECDSA signs anew in each process
)
def test_what_is_no_signature_does_not_verify(signature: bytes) -> None:
    assert not read_p256_pem(pem_of(AUTHORITY)).verifies(signature, b"keys")


def test_other_kinds_of_keys_and_files_are_refused() -> None:
    other_curve = ec.derive_private_key(7, ec.SECP384R1())
    other_kind = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    private = AUTHORITY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    broken = certificate()[:200] + certificate()[204:]
    for pem in (
        pem_of(other_curve),
        other_kind.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        private,
        broken,
        b"",
        b"-----BEGIN CERTIFICATE-----\n",
        bytes(MAX_PEM_BYTES + 1),
    ):
        with pytest.raises(Refused) as refused:
            read_p256_pem(pem)
        assert refused.value.reason == "bad_key"
