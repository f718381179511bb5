"""A kiosk's first contact: a one-time token for a certificate and the keys to trust.

- The token is 128 random bits, printed once; the table keeps its SHA-256. It serves one device until it expires.
- The kiosk makes its own keys; only the public ones come here. The certificate's name must be the device's id.
- A reply can be lost: the same token with the same public key gets the same answer until it expires. With another key
  it is refused and alarmed: somebody has copied the token.
- An answer says nothing about a token's existence: unknown and forged look the same.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, update
from sqlalchemy.engine import Connection

from central.alarms import raise_alarm
from central.database import insert_rows
from central.keys import Keyring, new_serial
from central.registry import Device, add_device
from central.schema import enrolment_token
from central.statements import run
from wire.certificates import issue
from wire.crypto import kid_of
from wire.records import PUBLIC_PAGES
from wire.refusal import Refused
from wire.topics import check_device

TOKEN_DAYS = 7  # long enough to carry a card to a far market, short enough to matter
CERTIFICATE_DAYS = 3 * 365
MAX_REQUEST_BYTES = 16 * 1024

# code -> (HTTP status, Vietnamese, English): what the technician at the gate should do.
ERRORS: dict[str, tuple[int, str, str]] = {
    "bad_request": (
        400,
        "Yêu cầu cấp máy không đúng dạng. Hãy cài lại phần mềm của ki-ốt.",
        "The enrolment request is not in the right form. Reinstall the kiosk's software.",
    ),
    "bad_token": (
        403,
        "Mã cấp máy không đúng. Hãy kiểm tra tệp kiosk.toml hoặc xin mã mới ở trung tâm.",
        "The enrolment token is not right. Check kiosk.toml, or ask the centre for a new one.",
    ),
    "token_expired": (
        403,
        "Mã cấp máy đã hết hạn. Hãy xin mã mới ở trung tâm.",
        "The enrolment token has expired. Ask the centre for a new one.",
    ),
    "token_used": (
        403,
        "Mã này đã dùng cho một máy khác. Hãy báo trung tâm và xin mã mới.",
        "This token was already used by another kiosk. Tell the centre and ask for a new one.",
    ),
    "wrong_device": (
        403,
        "Mã này được cấp cho một máy khác. Hãy kiểm tra tên máy trong kiosk.toml.",
        "This token was made for another device. Check the device's id in kiosk.toml.",
    ),
    "bad_key": (
        400,
        "Khóa của ki-ốt không đúng dạng. Hãy cài lại phần mềm của ki-ốt.",
        "The kiosk's key is not in the right form. Reinstall the kiosk's software.",
    ),
    "key_in_use": (
        409,
        "Khóa này đã thuộc về một ki-ốt khác: thẻ nhớ có thể đã bị sao chép. Hãy ghi lại thẻ mới.",
        "This key already belongs to another kiosk: its card may be a copy. Write a fresh card.",
    ),
    "bad_csr": (
        400,
        "Yêu cầu chứng chỉ không đúng dạng. Hãy cài lại phần mềm của ki-ốt.",
        "The certificate request is not in the right form. Reinstall the kiosk's software.",
    ),
    "wrong_name": (
        400,
        "Chứng chỉ xin cấp mang tên một máy khác. Hãy kiểm tra tên máy trong kiosk.toml.",
        "The certificate request names another device. Check the device's id in kiosk.toml.",
    ),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a kiosk sends; `public` is 32 bytes, `csr` PEM."""

    token: str
    device: str
    public: bytes
    csr: bytes


def invite(connection: Connection, device: str, venue: str, gate: str, now_ms: int) -> str:
    """A one-time token for `device`. Raises Refused("bad_device")."""
    if device == PUBLIC_PAGES:
        raise Refused("bad_device", "this name speaks for every place: the public pages have it")
    token = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    expires = now_ms + TOKEN_DAYS * 86_400_000
    row = (_hash(token), check_device(device), venue, gate, expires, None, None, None)
    insert_rows(connection, enrolment_token, [row])
    return token


def read_request(body: object) -> Request:
    """The request in a JSON body. Raises Refused: bad_request, bad_key, bad_device."""
    match body:
        case {"token": str(token), "device": str(device), "public": str(public), "csr": str(csr)} if len(token) <= 128:
            pass
        case _:
            raise Refused("bad_request", "token, device, public and csr expected")
    try:
        key = bytes.fromhex(public)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Refused("bad_key", "64 hex digits expected")
    if not csr.isascii():
        raise Refused("bad_csr", "PEM expected")
    return Request(token, check_device(device), key, csr.encode())


def enrol(engine: Engine, ring: Keyring, brokers: Sequence[str], request: Request, now_ms: int) -> dict[str, Any]:
    """Spend the token: register the device and answer it. Raises Refused with a code of ERRORS.

    The alarm of a copied token is committed although the request is refused.
    """
    with engine.begin() as connection:
        answer, refusal = _try(connection, ring, brokers, request, now_ms)
    if refusal is not None:
        raise refusal
    return answer


def _try(
    connection: Connection, ring: Keyring, brokers: Sequence[str], request: Request, now_ms: int
) -> tuple[dict[str, Any], Refused | None]:
    hashed = _hash(request.token)
    lock = " FOR UPDATE" if connection.dialect.name == "postgresql" else ""
    sql = f"SELECT hash, device, venue, gate, expires_ms, used_public, answer FROM enrolment_token WHERE hash = ?{lock}"
    row = run(connection, sql, (hashed,)).first()
    if row is None or not hmac.compare_digest(bytes(row[0]), hashed):
        return {}, Refused("bad_token")
    _, device, venue, gate, expires_ms, used_public, answer = row
    if device != request.device:
        return {}, Refused("wrong_device")
    if used_public is not None and bytes(used_public) != request.public:
        raise_alarm(connection, "token_reused", device, "another key came with a token that was spent", now_ms)
        return {}, Refused("token_used")
    if now_ms >= expires_ms:
        return {}, Refused("token_expired")
    if used_public is not None:
        return dict(json.loads(answer)), None
    owner = run(connection, "SELECT id FROM device WHERE kid = ?", (kid_of(request.public),)).scalar()
    if owner not in (None, device):
        raise_alarm(connection, "cloned_card", device, "it came with another device's key", now_ms)
        return {}, Refused("key_in_use")
    try:
        new = _register(connection, ring, brokers, request, venue, gate, now_ms)
    except Refused as refusal:
        return {}, refusal
    spent = update(enrolment_token).where(enrolment_token.c.hash == hashed)
    connection.execute(spent.values(used_ms=now_ms, used_public=request.public, answer=json.dumps(new)))
    return new, None


def _register(
    connection: Connection,
    ring: Keyring,
    brokers: Sequence[str],
    request: Request,
    venue: str,
    gate: str,
    now_ms: int,
) -> dict[str, Any]:
    ca, serial = ring.authority(), new_serial()
    start = datetime.fromtimestamp(now_ms / 1000, UTC) - timedelta(days=1)  # the kiosk's clock may run late
    end = start + timedelta(days=CERTIFICATE_DAYS)
    certificate = issue(ca, request.csr, request.device, serial, start, end)
    kid = kid_of(request.public)
    add_device(connection, Device(request.device, venue, gate, request.public, kid, "active", now_ms, f"{serial:032x}"))
    return {
        "device": request.device,
        "venue": venue,
        "gate": gate,
        "certificate": certificate.decode(),
        "ca": ca.certificate.decode(),
        "roots": [base64.b64encode(message).decode() for message in ring.root_messages()],
        "brokers": list(brokers),
    }


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.strip().lower().encode()).digest()
