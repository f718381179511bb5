"""The root document: which key may sign what, and to whom records are sealed. It rotates itself as in TUF.

    root = COSE_Sign("root", CBOR ["root", "all", version, issued ms, expires ms,
           {"roots": [public...], "threshold": k, "roles": {role: [public...]},
            "recipients": {"ingest": public, "case": public}}])

- The first root is pinned when the device enrols. A next one needs `threshold` signatures of the OLD roots and
  `threshold` of its OWN: neither a thief of new keys nor a thief of old ones can swap it alone.
- Versions go up one by one; a skipped version is refused, since the link between the two is missing.
- Roles: "receipt", "bulletin:<kind>", "pass", "venue". Recipients are X25519 keys.
- An expired root still names the receipt key (an outbox must drain) but signs in no new bulletin (wire.bulletin).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wire import cbor
from wire.crypto import SigningKey, kid_of, sign_many, verify_many
from wire.refusal import Refused

MAX_ROOT_BYTES = 32 * 1024
PURPOSE = "root"
_MAX_KEYS = 32
_NUMBER_END = 1 << 53


@dataclass(frozen=True, slots=True)
class Root:
    """A verified root. Times in Unix ms; keys are raw 32-byte public keys."""

    version: int
    issued_ms: int
    expires_ms: int
    roots: tuple[bytes, ...]
    threshold: int
    roles: Mapping[str, tuple[bytes, ...]]
    recipients: Mapping[str, bytes]

    def keys(self, role: str) -> dict[bytes, bytes]:
        """kid -> public key of everyone who may sign as `role`."""
        return {kid_of(public): public for public in self.roles.get(role, ())}


def encode_root(root: Root, signers: Sequence[SigningKey]) -> bytes:
    """The signed document; `signers` must hold enough of the old and of the new root keys."""
    body = {
        "roots": list(root.roots),
        "threshold": root.threshold,
        "roles": {role: list(keys) for role, keys in root.roles.items()},
        "recipients": dict(root.recipients),
    }
    payload = cbor.dumps(["root", "all", root.version, root.issued_ms, root.expires_ms, body])
    return sign_many(payload, signers, PURPOSE)


def pin_root(message: bytes, fingerprint: bytes) -> Root:
    """The first root of a device: it must be the one whose root keys hash to `fingerprint` (see fingerprint_of).

    Raises Refused: too_large, malformed, bad_root, foreign, bad_signature.
    """
    root = _read(message)
    if fingerprint_of(root) != fingerprint:
        raise Refused("foreign", "not the root this device was told to trust")
    _require(message, root)
    return root


def read_pinned(message: bytes) -> Root:
    """The first root again, from where it was kept after pin_root: its own signatures must still hold."""
    root = _read(message)
    _require(message, root)
    return root


def accept_root(current: Root, message: bytes, now_ms: int | None) -> Root:
    """The next root. `now_ms` is None while the clock is unset: expiry cannot be judged then.

    Raises Refused: too_large, malformed, bad_root, rollback, unchanged, skipped, expired, bad_signature.
    """
    new = _read(message)
    if new.version == current.version:
        raise Refused("unchanged", str(new.version))
    if new.version < current.version:
        raise Refused("rollback", f"{new.version} after {current.version}")
    if new.version > current.version + 1:
        raise Refused("skipped", f"{new.version} after {current.version}")
    if now_ms is not None and new.expires_ms <= now_ms:
        raise Refused("expired", "root")
    _require(message, current)
    _require(message, new)
    return new


def fingerprint_of(root: Root) -> bytes:
    """16 bytes over the sorted root keys and the threshold: what a label or a kiosk.toml can carry."""
    return hashlib.sha256(cbor.dumps([root.threshold, sorted(root.roots)])).digest()[:16]


def _require(message: bytes, root: Root) -> None:
    good, _ = verify_many(message, PURPOSE, {kid_of(public): public for public in root.roots})
    if len(good) < root.threshold:
        raise Refused("bad_signature", f"{len(good)} of {root.threshold} root signatures")


def _read(message: bytes) -> Root:
    if len(message) > MAX_ROOT_BYTES:
        raise Refused("too_large", "root")
    _, payload = verify_many(message, PURPOSE, {})
    match cbor.loads(payload, MAX_ROOT_BYTES):
        case [
            "root",
            "all",
            int(version),
            int(issued),
            int(expires),
            {
                "roots": list(roots),
                "threshold": int(threshold),
                "roles": dict(roles),
                "recipients": dict(recipients),
                **more,
            },
        ] if (
            not more
            and cbor.whole(version, issued, expires, threshold)
            and 0 < version < _NUMBER_END
            and 0 <= issued <= expires < _NUMBER_END
            and _are_keys(roots)
            and 1 <= threshold <= len({kid_of(public) for public in roots})
        ):
            if not all(type(role) is str and len(role) <= 40 and _are_keys(keys) for role, keys in roles.items()):
                raise Refused("bad_root", "roles")
            if set(recipients) != {"ingest", "case"} or not _are_keys(list(recipients.values())):
                raise Refused("bad_root", "recipients")
            by_role = {role: tuple(keys) for role, keys in roles.items()}
            return Root(version, issued, expires, tuple(roots), threshold, by_role, dict(recipients))
    raise Refused("bad_root", "its fields")


def _are_keys(items: object) -> bool:
    return isinstance(items, list) and len(items) <= _MAX_KEYS and all(type(k) is bytes and len(k) == 32 for k in items)
