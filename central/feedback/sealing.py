"""Words and pictures on their way to the moderators, sealed; and the key of codes and voices.

    feedback.key     officers' pages  X25519, opens words and pictures
    feedback.public  pages for all    seals to it
    feedback.codes   pages for all    HMAC: sender's codes, voices, digests of words

    sealed = wrapped key (80 bytes) + ChaCha20-Poly1305(content key, nonce 0, padded words or picture)

A stolen database shows no word that was not published, and nobody can find a text in it by guessing. The pair is made
where the centre's own keys lie; a machine that serves the pages for everybody alone is given the last two files.
"""

import hmac
import os
from pathlib import Path

from central.files import sync_folder, write_private
from wire.crypto import ContentKey, SealingKey, wrap_key
from wire.refusal import Refused

KEY, PUBLIC, CODES = "feedback.key", "feedback.public", "feedback.codes"
_OWN = "ca.key"  # lies where the centre's own keys do
_INFO = b"gatepost/1 feedback"
_WRAPPED_BYTES = 80
_PAD = 256


def make_keys(folder: Path) -> None:
    """Make what is not there yet. Raises Refused("feedback_away") where no centre's keys lie: it makes none there."""
    if all((folder / name).exists() for name in (PUBLIC, CODES)):
        return
    if not (folder / _OWN).exists():
        raise Refused("feedback_away", f"copy {PUBLIC} and {CODES} here")
    for name in (KEY, CODES):
        _write_once(folder / name, os.urandom(32))
    _write_once(folder / PUBLIC, _key(folder).public)


def open_words(sealed: bytes, folder: Path) -> str:
    """Sealed words as text; "" for none. Raises Refused("cannot_open")."""
    return open_bytes(sealed, folder).decode() if sealed else ""


def open_bytes(sealed: bytes, folder: Path) -> bytes:
    """What was sealed. Raises Refused("cannot_open")."""
    content = ContentKey(_key(folder).unwrap(sealed[:_WRAPPED_BYTES], _INFO))
    padded = content.open(0, sealed[_WRAPPED_BYTES:], _INFO)
    return padded[: int.from_bytes(padded[-4:], "big")]


def seal_words(words: str, folder: Path) -> bytes:
    """Sealed words; empty for none."""
    return seal_bytes(words.encode(), folder) if words else b""


def seal_bytes(plain: bytes, folder: Path) -> bytes:
    """Sealed for the moderators, padded to multiples of 256 bytes."""
    make_keys(folder)
    content = os.urandom(32)
    padded = plain + b"\0" * (-(len(plain) + 4) % _PAD) + len(plain).to_bytes(4, "big")
    public = bytes.fromhex((folder / PUBLIC).read_text())
    return wrap_key(content, public, _INFO) + ContentKey(content).seal(0, padded, _INFO)


def mac(folder: Path, what: str, *parts: bytes) -> bytes:
    """16 bytes that nobody can compute without feedback.codes. Each part is preceded by its length."""
    make_keys(folder)
    keyed = hmac.new(bytes.fromhex((folder / CODES).read_text()), f"gatepost/1 feedback {what}\n".encode(), "sha256")
    for part in parts:
        keyed.update(len(part).to_bytes(4, "big") + part)
    return keyed.digest()[:16]


def _key(folder: Path) -> SealingKey:
    try:
        return SealingKey(bytes.fromhex((folder / KEY).read_text()))
    except FileNotFoundError as error:
        raise Refused("cannot_open", f"{KEY} is not here") from error


def _write_once(path: Path, secret: bytes) -> None:
    """A key that is there is never written over: whoever links its file first has made it."""
    made = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    write_private(made, secret.hex().encode() + b"\n")
    try:
        os.link(made, path)
    except FileExistsError:
        return
    finally:
        made.unlink()
    sync_folder(path.parent)
