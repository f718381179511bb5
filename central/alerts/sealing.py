"""Addresses and texts on their way to the sender, sealed: the web process seals, only the sending job opens.

    sender.key      job `send`   X25519, opens the outbox
    sender.public   web          seals to it

    sealed = wrapped key (80 bytes) + ChaCha20-Poly1305(content key, nonce 0, CBOR [to, subject, text] padded)

Each message has a content key of its own, used once. Padded to multiples of 256 bytes: a length tells no language.
"""

import os
from pathlib import Path
from typing import NamedTuple

from central.files import write_private
from wire import cbor
from wire.crypto import ContentKey, SealingKey, wrap_key
from wire.refusal import Refused

KEY, PUBLIC = "sender.key", "sender.public"
INFO = b"gatepost/1 message"
_WRAPPED_BYTES = 80
_PAD = 256
_MOST_BYTES = 16_384


class Letter(NamedTuple):
    """`to` is a phone (digits), an e-mail address or a push subscription; `subject` is "" but for e-mail."""

    to: str
    subject: str
    text: str


def make_sender_key(folder: Path) -> None:
    """Make the pair where there is none. An existing one is never overwritten."""
    if not (folder / KEY).exists():
        write_private(folder / KEY, os.urandom(32).hex().encode() + b"\n")
    if not (folder / PUBLIC).exists():
        write_private(folder / PUBLIC, sender_key(folder).public.hex().encode() + b"\n")


def sender_key(folder: Path) -> SealingKey:
    """For the sending job alone."""
    return SealingKey(bytes.fromhex((folder / KEY).read_text()))


def sender_public(folder: Path) -> bytes:
    """What others seal to. Raises Refused("sender_away") while the sender has never run here."""
    try:
        return bytes.fromhex((folder / PUBLIC).read_text())
    except FileNotFoundError as error:
        raise Refused("sender_away", "run `python -m central jobs` first") from error


def seal_letter(letter: Letter, public: bytes) -> bytes:
    """Sealed bytes, for the sender alone."""
    plain = cbor.dumps(list(letter))
    content = os.urandom(32)
    padded = plain + b"\0" * (-(len(plain) + 4) % _PAD) + len(plain).to_bytes(4, "big")
    return wrap_key(content, public, INFO) + ContentKey(content).seal(0, padded, INFO)


def open_letter(sealed: bytes, key: SealingKey) -> Letter:
    """The letter. Raises Refused: cannot_open, bad_schema."""
    content = ContentKey(key.unwrap(sealed[:_WRAPPED_BYTES], INFO))
    padded = content.open(0, sealed[_WRAPPED_BYTES:], INFO)
    length = int.from_bytes(padded[-4:], "big")
    match cbor.loads(padded[:length], _MOST_BYTES):
        case [str(to), str(subject), str(text)]:
            return Letter(to, subject, text)
    raise Refused("bad_schema", "letter")
