"""A text to a manager's phone. The pages seal it and never see a number again: the sending job alone opens the address.

`venue:HASH` as the address of a letter stands for the sealed phone of the registration with that hash.
"""

from sqlalchemy.engine import Connection

from central.alerts.sealing import Letter, seal_letter, sender_public
from central.alerts.sending import ready
from central.keys import Keyring
from central.statements import run
from wire.refusal import Refused


def can_text(connection: Connection) -> bool:
    """Whether this centre sends short messages."""
    return "sms" in ready(connection).channels


def seal_phone(ring: Keyring, phone: str) -> bytes:
    """The number for the sender alone; nothing at a centre that has no sender yet: its wards read codes out."""
    try:
        return seal_letter(Letter(phone, "", ""), sender_public(ring.folder))
    except Refused:
        return b""


def send_text(connection: Connection, ring: Keyring, registration: bytes, text: str, now_ms: int, ends_ms: int) -> None:
    """Put a text into the outbox, for the phone of a registration (by its hash); it is not sent after `ends_ms`."""
    letter = Letter(f"venue:{registration.hex()}", "", text)
    sealed = seal_letter(letter, sender_public(ring.folder))
    sql = (
        "INSERT INTO message (release, reach, kind, channel, sealed, state, tries, next_ms, ends_ms, far_id, why)"
        " VALUES (NULL, NULL, 'notice', 'sms', ?, 'waiting', 0, ?, ?, '', '')"
    )
    run(connection, sql, (sealed, now_ms, ends_ms))
