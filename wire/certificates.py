"""X.509 for the broker's mutual TLS: one private authority, certificates for kiosks, brokers and the centre itself.

- Keys are EC P-256: what every TLS library, TPM and broker takes. Batches are signed by the device's Ed25519 key
  instead; a certificate only opens the door to the broker.
- A device's common name is its id (brokers give rights by it); nothing else of a request is believed.
- Extensions are those that RFC 5280 asks for and that Python 3.13's strict verification checks: basic constraints, key
  usage, subject and authority key identifiers.
- Everything is PEM bytes in and out; times are aware datetimes, serial numbers come from the caller.
- Making a key draws from the operating system's randomness: the library offers no other way.
"""

import hashlib
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wire.refusal import Refused
from wire.topics import check_device

MAX_CSR_BYTES = 8 * 1024

_CLIENT, _SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority: its private key and its own certificate, both PEM."""

    key: bytes
    certificate: bytes


def make_tls_key() -> bytes:
    """A new EC P-256 private key, PEM (PKCS 8, not encrypted: keep the file at 0600)."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def make_csr(key: bytes, common_name: str) -> bytes:
    """A certificate request (PKCS 10, PEM) for `common_name`, signed by the PEM key."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(common_name))
    return builder.sign(_load_key(key), hashes.SHA256()).public_bytes(Encoding.PEM)


def make_ca(common_name: str, serial: int, not_before: datetime, not_after: datetime) -> Authority:
    """A new authority that may sign certificates and revocation lists, but no further authority."""
    pem = make_tls_key()
    key = _load_key(pem)
    builder = _builder(_name(common_name), _name(common_name), key.public_key(), serial, not_before, not_after)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(authority=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return Authority(pem, builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))


def issue(ca: Authority, csr: bytes, common_name: str, serial: int, not_before: datetime, not_after: datetime) -> bytes:
    """A client certificate (PEM) for the key in `csr`, whose common name must be exactly `common_name`.

    Raises Refused: bad_device, bad_csr, wrong_name.
    """
    check_device(common_name)
    request = _read_csr(csr)
    if common_name_of(csr) != common_name:
        raise Refused("wrong_name", "the request names another device")
    return _issue(ca, request, common_name, serial, not_before, not_after, (_CLIENT,), ())


def issue_server(
    ca: Authority, csr: bytes, hosts: Sequence[str], serial: int, not_before: datetime, not_after: datetime
) -> bytes:
    """A server certificate (PEM) for `hosts`, DNS names or IP addresses, at least one. Raises Refused("bad_csr")."""
    names = tuple(_host(host) for host in hosts)
    return _issue(ca, _read_csr(csr), hosts[0], serial, not_before, not_after, (_SERVER,), names)


def make_crl(ca: Authority, revoked: Mapping[int, datetime], issued: datetime, next_update: datetime) -> bytes:
    """A revocation list (PEM) of serial numbers and when each was revoked, for the broker's `crlfile`."""
    issuer = x509.load_pem_x509_certificate(ca.certificate)
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject)
    builder = builder.last_update(issued).next_update(next_update)
    for serial, when in revoked.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(_load_key(ca.key), hashes.SHA256()).public_bytes(Encoding.PEM)


def common_name_of(csr: bytes) -> str:
    """The one common name that a request asks for. Raises Refused("bad_csr")."""
    names = _read_csr(csr).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(names) != 1:
        raise Refused("bad_csr", "exactly one common name expected")
    return str(names[0].value)


def fingerprint(certificate: bytes) -> bytes:
    """SHA-256 (32 bytes) over the DER form of a PEM certificate, as browsers and openssl show it."""
    return hashlib.sha256(x509.load_pem_x509_certificate(certificate).public_bytes(Encoding.DER)).digest()


def serial_of(certificate: bytes) -> int:
    """The serial number of a PEM certificate."""
    return x509.load_pem_x509_certificate(certificate).serial_number


def _read_csr(csr: bytes) -> x509.CertificateSigningRequest:
    if len(csr) > MAX_CSR_BYTES:
        raise Refused("bad_csr", "too large")
    try:
        request = x509.load_pem_x509_csr(csr)
        public, valid = request.public_key(), request.is_signature_valid
        names_readable = list(request.subject)
    except Exception as error:  # the parser meets hostile bytes and documents no closed list of errors
        raise Refused("bad_csr", type(error).__name__) from error
    if not valid or names_readable is None:
        raise Refused("bad_csr", "its signature")
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise Refused("bad_csr", "an EC P-256 key expected")
    return request


def _issue(
    ca: Authority,
    request: x509.CertificateSigningRequest,
    common_name: str,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    purposes: Sequence[x509.ObjectIdentifier],
    hosts: Sequence[x509.GeneralName],
) -> bytes:
    issuer, key = x509.load_pem_x509_certificate(ca.certificate), _load_key(ca.key)
    public = _ec(request.public_key())
    builder = _builder(_name(common_name), issuer.subject, public, serial, not_before, not_after)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(authority=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    builder = builder.add_extension(by, critical=False)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    serial: int,
    not_before: datetime,
    not_after: datetime,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    return builder.serial_number(serial).not_valid_before(not_before).not_valid_after(not_after)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _load_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Refused("bad_key", "an EC key expected")
    return key


def _ec(key: object) -> ec.EllipticCurvePublicKey:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Refused("bad_csr", "an EC P-256 key expected")
    return key
