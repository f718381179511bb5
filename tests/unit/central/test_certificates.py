"""The authority for the broker's TLS: what it signs, and what it will not sign."""

import hashlib
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from wire.certificates import (
    common_name_of,
    fingerprint,
    issue,
    issue_server,
    make_ca,
    make_crl,
    make_csr,
    make_tls_key,
    serial_of,
)
from wire.refusal import Refused

NOW = datetime(2026, 9, 21, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
CA = make_ca("Thử nghiệm", 7, NOW, LATER)


def test_a_device_gets_a_certificate_for_its_own_key_and_name() -> None:
    key = make_tls_key()
    certificate = x509.load_pem_x509_certificate(issue(CA, make_csr(key, "t-gate-1"), "t-gate-1", 8, NOW, LATER))
    assert certificate.subject.rfc4514_string() == "CN=t-gate-1"
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(CA.certificate))
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [purpose.dotted_string for purpose in purposes] == ["1.3.6.1.5.5.7.3.2"]


def test_a_request_for_another_name_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        issue(CA, make_csr(make_tls_key(), "t-gate-2"), "t-gate-1", 8, NOW, LATER)
    assert refused.value.reason == "wrong_name"


@pytest.mark.parametrize("name", ["centre.example", "T-GATE", "a/b", "+"])
def test_a_name_that_is_no_device_id_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        issue(CA, make_csr(make_tls_key(), name), name, 8, NOW, LATER)
    assert refused.value.reason == "bad_device"


def test_a_request_with_a_spoiled_signature_is_refused() -> None:
    lines = make_csr(make_tls_key(), "t-gate-1").decode().splitlines()
    middle = lines[4]
    lines[4] = middle[:5] + ("A" if middle[5] != "A" else "B") + middle[6:]
    with pytest.raises(Refused):
        issue(CA, "\n".join(lines).encode(), "t-gate-1", 8, NOW, LATER)


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader_of_requests(noise: bytes) -> None:
    wrapped = b"-----BEGIN CERTIFICATE REQUEST-----\n" + noise + b"\n-----END CERTIFICATE REQUEST-----\n"
    for data in (noise, wrapped):
        with pytest.raises(Refused):
            common_name_of(data)


def test_a_servers_certificate_names_hosts_and_addresses() -> None:
    pem = issue_server(CA, make_csr(make_tls_key(), "broker"), ["trung-tam.example", "127.0.0.1"], 9, NOW, LATER)
    names = x509.load_pem_x509_certificate(pem).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["trung-tam.example"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]


def test_a_revocation_list_names_the_serial() -> None:
    crl = x509.load_pem_x509_crl(make_crl(CA, {8: NOW}, NOW, LATER))
    assert crl.get_revoked_certificate_by_serial_number(8) is not None
    assert crl.get_revoked_certificate_by_serial_number(9) is None


def test_the_fingerprint_is_that_of_the_der_form() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=CA.certificate.decode())
    (der,) = context.get_ca_certs(binary_form=True)
    assert fingerprint(CA.certificate) == hashlib.sha256(der).digest()
    assert serial_of(CA.certificate) == 7
