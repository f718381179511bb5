"""Signed documents that come down: orders, rules, exposure lists, revoked passes, texts, settings.

    bulletin = COSE_Sign1(key of role "bulletin:<kind>", purpose "bulletin",
               CBOR [kind, scope, name, version, issued ms, expires ms, body])
    body     = {"full": value}  or  {"base": version, "set": {...}, "remove": [...]}   (a delta on a map)

The rules of `accept`, each with its reason when it says no:
- bytes over 1 MiB: too_large; not of this form: malformed or bad_bulletin; a kind nobody has defined: unknown_kind
- the root itself has expired: root_expired (its owners have let it go; nothing new is believed until the next root)
- signed by nobody the root names for this kind: unknown_key or bad_signature
- for a place that is not here: foreign; another kind, scope or name than the current one: foreign
- expired when it comes: expired (with the clock unset, expiry cannot be judged and is left to the reader)
- an older version than the current one: rollback; the same version again: unchanged, or conflict if its bytes differ
- a delta without its base: wrong_base; one whose result would pass 1 MiB: too_large
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wire import cbor
from wire.crypto import SigningKey, sign1, verify1
from wire.refusal import Refused
from wire.root import Root

MAX_BULLETIN_BYTES = 1 << 20
_NUMBER_END = 1 << 53
PURPOSE = "bulletin"
KINDS = ("settings", "order", "form", "rules", "trust", "exposures", "ble_keys", "passes", "tags", "texts", "release")


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A verified bulletin with its body in full. Times in Unix ms."""

    kind: str
    scope: str
    name: str
    version: int
    issued_ms: int
    expires_ms: int
    body: Any

    def in_force(self, now_ms: int | None) -> bool:
        """Whether it may be acted on. An unset clock (None) proves no expiry: the last word stands."""
        return now_ms is None or now_ms < self.expires_ms


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a message is no bulletin for us."""

    reason: str
    detail: str = ""


def accept(
    current: Bulletin | None, message: bytes, root: Root, now_ms: int | None, scopes: frozenset[str]
) -> Bulletin | Rejected:
    """Judge `message` against the bulletin of the same kind, scope and name that is held now (None: none).

    `scopes` are the scopes this reader belongs to, "all" among them (see scopes_of). Never raises on any bytes.
    """
    try:
        if now_ms is not None and root.expires_ms <= now_ms:
            raise Refused("root_expired", str(root.version))
        new = _read(message, root)
        _compare(current, new, now_ms, scopes)
        return _resolved(current, new)
    except Refused as refusal:
        return Rejected(refusal.reason, refusal.detail)


def peek(message: bytes) -> tuple[str, str, str] | Rejected:
    """(kind, scope, name) that a message claims, unverified: to look up what is held. Never raises."""
    try:
        parts = cbor.loads(cbor.split_tag(message, 18), MAX_BULLETIN_BYTES)
        match cbor.loads(parts[2], MAX_BULLETIN_BYTES):
            case [str(kind), str(scope), str(name), *_]:
                return kind, scope, name
    except (Refused, TypeError, IndexError, KeyError):
        pass
    return Rejected("malformed")


def encode_bulletin(bulletin: Bulletin, key: SigningKey, *, base: "Bulletin | None" = None) -> bytes:
    """The signed bytes; with `base` only what changed since then (both bodies must be maps)."""
    b = bulletin
    body: dict[str, Any] = {"full": b.body} if base is None else _delta(base, b.body)
    return sign1(cbor.dumps([b.kind, b.scope, b.name, b.version, b.issued_ms, b.expires_ms, body]), key, PURPOSE)


def scopes_of(device: str, venue: str, ward: str = "", province: str = "") -> frozenset[str]:
    """Every scope that a device listens to."""
    named = (("device", device), ("venue", venue), ("ward", ward), ("province", province))
    return frozenset({"all", *(f"{kind}-{value}" for kind, value in named if value)})


def _read(message: bytes, root: Root) -> Bulletin:
    if len(message) > MAX_BULLETIN_BYTES:
        raise Refused("too_large", "bulletin")
    claimed = peek(message)
    if isinstance(claimed, Rejected):
        raise Refused(claimed.reason)
    if claimed[0] not in KINDS:
        raise Refused("unknown_kind", claimed[0][:24])
    _, payload = verify1(message, root.keys(f"bulletin:{claimed[0]}"), PURPOSE)
    match cbor.loads(payload, MAX_BULLETIN_BYTES):
        case [str(kind), str(scope), str(name), int(version), int(issued), int(expires), dict(body)] if (
            cbor.whole(version, issued, expires)
            and 0 < version < _NUMBER_END
            and max(len(scope), len(name)) <= 64
            and 0 <= issued <= expires < _NUMBER_END
        ):
            return Bulletin(kind, scope, name, version, issued, expires, body)
    raise Refused("bad_bulletin", "its fields")


def _compare(current: Bulletin | None, new: Bulletin, now_ms: int | None, scopes: frozenset[str]) -> None:
    if new.scope not in scopes:
        raise Refused("foreign", "for another place")
    if now_ms is not None and new.expires_ms <= now_ms:
        raise Refused("expired", new.kind)
    if current is None:
        return
    if (current.kind, current.scope, current.name) != (new.kind, new.scope, new.name):
        raise Refused("foreign", "another bulletin's successor")
    if new.version < current.version:
        raise Refused("rollback", f"{new.version} after {current.version}")
    if new.version == current.version:
        # A delta cannot be compared once it is resolved; the version alone says that it is known.
        known = "full" not in new.body or new.body["full"] == current.body
        raise Refused("unchanged" if known else "conflict", str(new.version))


def _resolved(current: Bulletin | None, new: Bulletin) -> Bulletin:
    match new.body:
        case {"full": value, **more} if not more:
            body = value
        case {"base": base, "set": dict(changed), "remove": list(removed), **more} if not more:
            if current is None or current.version != base or not isinstance(current.body, dict):
                raise Refused("wrong_base", str(base))
            body = {k: v for k, v in current.body.items() if k not in removed} | changed
            if len(cbor.dumps(body)) > MAX_BULLETIN_BYTES:
                raise Refused("too_large", "body after its delta")
        case _:
            raise Refused("bad_bulletin", "body")
    return Bulletin(new.kind, new.scope, new.name, new.version, new.issued_ms, new.expires_ms, body)


def _delta(base: Bulletin, body: Mapping[Any, Any]) -> dict[str, Any]:
    old = base.body
    changed = {k: v for k, v in body.items() if k not in old or old[k] != v}
    return {"base": base.version, "set": changed, "remove": [k for k in old if k not in body]}
