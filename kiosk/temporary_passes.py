"""Passes that a gate gives out itself, good for a day at this gate: a number that tells nothing.

To visitors who show no card it is drawn at random; to those who checked in with one it is named by that check-in.

The key is made once and lies in the data folder. Other gates do not know it: there a person looks, as with any issuer
that is new to them.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from credentials.pass_qr import Pass, encode_pass
from credentials.types import Credential, Unreadable
from wire.crypto import signing_key

FILE = "pass.key"
LIFE_S = 24 * 3600
_SEED_BYTES = 32
_DRIFT_S = 300


class TemporaryPasses:
    """`folder` is the data folder; `now_s` gives Unix time in s."""

    def __init__(
        self, folder: Path, now_s: Callable[[], int], random_bytes: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._now_s, self._random_bytes = now_s, random_bytes
        self._key = signing_key(_seed_in(folder / FILE, random_bytes))

    @property
    def issuers(self) -> dict[bytes, bytes]:
        """Key id -> public key: what a gate must trust to read them."""
        return {self._key.kid: self._key.public}

    def new(self, companions: int = 0) -> tuple[Credential, str]:
        """A pass for somebody and up to nine companions: as the gate reads it, and the text of its code."""
        expires = self._now_s() + LIFE_S
        content = Pass(self._random_bytes(16), expires, companions)
        code = Credential("pass", "valid", "ok", (), content.pass_id.hex(), {"companions": companions})
        return code, encode_pass(content, self._key)

    def of_check_in(self, pass_id: bytes) -> str:
        """The text of the code of a pass that stands for a check-in (wire.envelope.pass_of)."""
        return encode_pass(Pass(pass_id, self._now_s() + LIFE_S), self._key)


def _seed_in(path: Path, random_bytes: Callable[[int], bytes]) -> bytes:
    """The seed that lies there; drawn anew when it is missing or was cut short with the power."""
    if path.exists() and len(seed := path.read_bytes()) == _SEED_BYTES:
        return seed
    seed = random_bytes(_SEED_BYTES)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(seed)
        os.fsync(file.fileno())
    fresh.replace(path)
    return seed


def given_out_here(code: Credential | Unreadable, now: datetime | None) -> Credential | Unreadable:
    """A pass that one's own key has signed, held to what this gate gives out: a day, and never a clearance.

    The key lies on the card; whoever steals it must not be able to make more of it than this gate does.
    """
    if not isinstance(code, Credential) or code.status != "valid":
        return code
    ends = datetime.fromisoformat(str(code.fields["expires"]))
    if now is not None and ends > now + timedelta(seconds=LIFE_S + _DRIFT_S):
        return Credential("pass", "invalid", "unknown_issuer")
    return replace(code, fields={**code.fields, "outcome": None})
