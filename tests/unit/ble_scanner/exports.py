"""Export archives made here, signed with a key of the test, and one that an authority published."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ble_scanner.published.export_messages import TEKSignatureList, TemporaryExposureKeyExport
from wire.ecdsa import P256Key, read_p256_pem

HEADER = b"EK Export v1    "
AUTHORITY = ec.derive_private_key(0x6761746570_6F7374, ec.SECP256R1())
STRANGER = ec.derive_private_key(0x7374_72616E676572, ec.SECP256R1())

# SwissCovid's export of 2020-08-26, one key, as public test code of a research project holds it in hex; the public key
# is the production key in the source of the SwissCovid app for iOS (Environment.swift).
SWISS_EXPORT = bytes.fromhex(
    "454b204578706f7274207631202020200900a6455f000000001120c2455f000000001a0263682001280132310a1163682e61646d696e2e6261"
    "672e647033741a02763122033232382a13312e322e3834302e31303034352e342e332e323a1c0a109e170a4ead6589e6b621b32e1d28b45310"
    "0018c0cca201209001"
)
SWISS_SIGNATURE = bytes.fromhex(
    "0a80010a310a1163682e61646d696e2e6261672e647033741a02763122033232382a13312e322e3834302e31303034352e342e332e32100118"
    "0122473045022061bb594ba5413a4d475818726c61f5f6754ccf9ddc2636b826ab0cd004b82002022100cbed2773953259a2ae2f9b55a8174c"
    "22c518ddf2e909e46f59b7365f9e71d649"
)
SWISS_PEM = b"""-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEK2k9nZ8guo7JP2ELPQXnUkqDyjjJ
mYmpt9Zy0HPsiGXCdI3SFmLr204KNzkuITppNV5P7+bXRxiiY04NMrEITg==
-----END PUBLIC KEY-----
"""


def pem_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half."""
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public(private: ec.EllipticCurvePrivateKey = AUTHORITY) -> P256Key:
    """The public half, as the product holds it."""
    return read_p256_pem(pem_of(private))


def message(**fields: object) -> bytes:
    """An export.bin: keys and revised_keys are lists of dicts of the message's own fields."""
    defaults = {"start_timestamp": 1596153600, "end_timestamp": 1596240000, "region": "704", "batch_num": 1}
    made = TemporaryExposureKeyExport(**defaults | {"batch_size": 1} | fields)
    return HEADER + made.SerializeToString()


def signed(content: bytes, *by: ec.EllipticCurvePrivateKey) -> bytes:
    """The export.sig of these bytes, a signature each."""
    made = [
        {"signature_info": {"verification_key_id": "704"}, "signature": key.sign(content, ec.ECDSA(hashes.SHA256()))}
        for key in by
    ]
    return TEKSignatureList(signatures=made).SerializeToString()


def archive(content: bytes, signatures: bytes, **more: bytes) -> bytes:
    """The zip of both; `more` entries have _ for the dot in their names."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("export.bin", content)
        zipped.writestr("export.sig", signatures)
        for name, bytes_ in more.items():
            zipped.writestr(name.replace("_", "."), bytes_)
    return made.getvalue()


def export_zip(**fields: object) -> bytes:
    """A whole archive, signed by AUTHORITY."""
    content = message(**fields)
    return archive(content, signed(content, AUTHORITY))


def key(number: int, **fields: object) -> dict[str, object]:
    """A made-up diagnosis key of 2020-08-01."""
    return {"key_data": number.to_bytes(16, "big"), "rolling_start_interval_number": 2660400} | fields
