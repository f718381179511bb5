"""A place asks to be put on the map: described, the phone proven by a code, then it waits for the ward.

    asked --code--> waiting --ward--> confirmed | refused

- The link's secret alone leads to a registration; here stands its hash. The page of a registration shows no phone.
- A code has 6 digits, 15 minutes and 5 tries; 3 codes a registration, 7 a day for one phone.
- Where this centre sends no short messages the ward reads the code out to whoever comes or calls.
"""

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from central.keys import Keyring
from central.statements import run
from central.venues.asking import Said
from central.venues.tags import phone_tag
from central.venues.texting import can_text, seal_phone, send_text
from central.web.words import say
from wire.refusal import Refused

CODE_MS = 15 * 60_000
TRIES = 5
CODES = 3
_DAY_MS = 86_400_000
_A_DAY = 5  # registrations of one phone
_CODES_A_DAY = 7  # texts to one phone: whoever types somebody else's number must not pester them


@dataclass(frozen=True, slots=True)
class Registration:
    """A row of `registration` without its phone."""

    id: int
    hash: bytes
    state: str
    said: Said
    language: str
    tag: bytes
    code_ends_ms: int
    codes: int
    tries: int
    proven: str
    made_ms: int
    changed_ms: int
    reason: str
    place: int | None
    decided_by: str


_ROW = (
    "id, hash, state, language, phone_tag, code_ends_ms, codes, tries, proven, made_ms, changed_ms, reason, place,"
    " decided_by, name, kind, province, ward, address, capacity, lat_e6, lon_e6, opens_min, closes_min"
)


def new_secret() -> str:
    """What a registration's link holds: 128 random bits."""
    return secrets.token_urlsafe(16)


def register(
    connection: Connection, ring: Keyring, secret: str, said: Said, phone: str, language: str, now_ms: int
) -> None:
    """Keep what a manager says and send the first code. The same form sent twice is kept once.

    Raises Refused: bad_form (a secret that is not ours), too_many_of_phone.
    """
    if not 20 <= len(secret) <= 44 or not secret.replace("-", "").replace("_", "").isalnum():
        raise Refused("bad_form")
    if find(connection, secret) is not None:
        return
    tag = phone_tag(ring, phone)
    sql = "SELECT count(*) FROM registration WHERE phone_tag = ? AND made_ms > ?"
    if run(connection, sql, (tag, now_ms - _DAY_MS)).scalar_one() >= _A_DAY:
        raise Refused("too_many_of_phone")
    s, place = said, (said.name, said.kind, said.province, said.ward, said.address)
    sql = (
        "INSERT INTO registration (hash, state, name, kind, province, ward, address, lat_e6, lon_e6, capacity,"
        " opens_min, closes_min, language, phone, phone_tag, code_ends_ms, tries, codes, proven, made_ms, changed_ms,"
        " decided_by, reason) VALUES (?, 'asked', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '', ?, ?, '', '')"
    )
    more = (s.lat_e6, s.lon_e6, s.capacity, s.opens_min, s.closes_min, language, seal_phone(ring, phone), tag)
    run(connection, sql, (hash_of(secret), *place, *more, now_ms, now_ms))
    with suppress(Refused):  # the page then says that the ward reads one out
        send_code(connection, ring, secret, now_ms)


def send_code(connection: Connection, ring: Keyring, secret: str, now_ms: int) -> bool:
    """Send a (new) code; False where this centre sends no texts. Raises Refused: registration_unknown, codes_used."""
    found = wanted(connection, secret)
    if found.state != "asked" or not can_text(connection):
        return False
    sql = "SELECT sum(codes) FROM registration WHERE phone_tag = ? AND made_ms > ?"
    today = int(run(connection, sql, (found.tag, now_ms - _DAY_MS)).scalar() or 0)
    if found.codes >= CODES or today >= _CODES_A_DAY:
        raise Refused("codes_used")
    code = new_code(connection, found, now_ms)
    text = say(found.language, "venues.sms_code", code=code)
    send_text(connection, ring, found.hash, text, now_ms, now_ms + CODE_MS)
    return True


def new_code(connection: Connection, found: Registration, now_ms: int, by: str = "") -> str:
    """6 digits that count from now on, in place of older ones; `by` is "ward" where its office reads them out."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    sql = "UPDATE registration SET code = ?, code_ends_ms = ?, proven = ?, tries = 0, codes = codes + ? WHERE id = ?"
    counted = 0 if by else 1
    run(connection, sql, (_code_hash(found.hash, code), now_ms + CODE_MS, by, counted, found.id))
    return code


def prove(connection: Connection, secret: str, code: str, now_ms: int) -> bool:
    """Whether the code is right; the registration waits for the ward then. A wrong one costs a try.

    Raises Refused: registration_unknown, code_over (too late, or too many tries: ask for a new one).
    """
    found = wanted(connection, secret)
    if found.state != "asked":
        return True
    if found.code_ends_ms <= now_ms or found.tries >= TRIES:
        raise Refused("code_over")
    run(connection, "UPDATE registration SET tries = tries + 1 WHERE id = ?", (found.id,))
    kept = run(connection, "SELECT code FROM registration WHERE id = ?", (found.id,)).scalar_one()
    digits = "".join(code.split())[:12]
    if kept is None or not hmac.compare_digest(bytes(kept), _code_hash(found.hash, digits)):
        return False
    sql = "UPDATE registration SET state = 'waiting', proven = ?, code = NULL, changed_ms = ? WHERE id = ?"
    run(connection, sql, (found.proven or "sms", now_ms, found.id))
    return True


def find(connection: Connection, secret: str) -> Registration | None:
    """The registration of a link; None for a link that leads nowhere."""
    row = run(connection, f"SELECT {_ROW} FROM registration WHERE hash = ?", (hash_of(secret),)).first()
    return None if row is None else _of(row)


def wanted(connection: Connection, secret: str) -> Registration:
    """The same. Raises Refused("registration_unknown")."""
    found = find(connection, secret)
    if found is None:
        raise Refused("registration_unknown")
    return found


def registration_of(connection: Connection, number: int) -> Registration:
    """By its number. Raises Refused("registration_unknown")."""
    row = run(connection, f"SELECT {_ROW} FROM registration WHERE id = ?", (number,)).first()
    if row is None:
        raise Refused("registration_unknown")
    return _of(row)


def registrations(
    connection: Connection, states: tuple[str, ...], at_most: int, since_ms: int = 0
) -> list[Registration]:
    """Those of some states, oldest first."""
    sql = (
        f"SELECT {_ROW} FROM registration WHERE state IN ({', '.join('?' * len(states))}) AND changed_ms >= ?"
        " ORDER BY changed_ms, id LIMIT ?"
    )
    return [_of(row) for row in run(connection, sql, (*states, since_ms, at_most))]


def hash_of(secret: str) -> bytes:
    """As it stands in the table."""
    return hashlib.sha256(secret.encode()).digest()


def _code_hash(registration: bytes, code: str) -> bytes:
    return hashlib.sha256(registration + code.encode()).digest()


def _of(row: Any) -> Registration:
    r = tuple(row)
    name, kind, province, ward, address, capacity, lat, lon, opens, closes = r[14:]
    said = Said(name, kind, province, ward, address, capacity, lat, lon, opens, closes)
    return Registration(
        id=r[0],
        hash=bytes(r[1]),
        state=r[2],
        said=said,
        language=r[3],
        tag=bytes(r[4]),
        code_ends_ms=r[5],
        codes=r[6],
        tries=r[7],
        proven=r[8],
        made_ms=r[9],
        changed_ms=r[10],
        reason=r[11],
        place=r[12],
        decided_by=r[13],
    )
