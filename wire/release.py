"""PURE. The body of a bulletin of kind `release`: which system a kiosk should run, and which kiosks begin.

    {"version": "2026.11.23", "url": "https://...", "size": bytes, "sha256": 32 bytes, "key_id": text,
     "not_before_ms": Unix ms, "salt": text, "share": 0..10000, "scopes": [scope, ...], "stop": bool}

One bulletin, named `system`, speaks to the whole country. The kiosk itself works out whether it is in:
- a version is three numbers without leading zeros, as 2026.11.23: what RAUC can compare;
- a release that was stopped is for nobody, and one whose time has not come is for nobody yet (an unset clock waits);
- whoever belongs to one of `scopes` is in (bulletin scopes: all, province-, ward-, venue-, device- and an id);
- whoever's bucket lies below `share` is in: bucket = first 4 bytes of SHA-256("salt/device"), big-endian, modulo
  10,000. A raised share keeps everybody who was in; another salt draws anew: the same gate is not always the first.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wire.refusal import Refused

KIND, NAME = "release", "system"
BUCKETS = 10_000
MOST_SCOPES = 500
MAX_SIZE = 4 << 30  # bytes of a bundle
_NUMBER_END = 1 << 53
_NUMBER = "(0|[1-9][0-9]{0,5})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")
_WORD = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Release:
    """`sha256` is of the bundle's bytes, `size` their count; `key_id` is SHA-256 of the signer's public key, in hex."""

    version: str
    url: str
    size: int
    sha256: bytes
    key_id: str
    not_before_ms: int
    salt: str
    share: int
    scopes: frozenset[str]
    stop: bool = False


def read_release(body: object) -> Release:
    """The release in a bulletin's body; keys that nobody knows yet are passed over. Raises Refused("bad_release")."""
    match body:
        case {
            "version": str(version),
            "url": str(url),
            "size": int(size),
            "sha256": bytes(digest),
            "key_id": str(key_id),
            "not_before_ms": int(begin),
            "salt": str(salt),
            "share": int(share),
            "scopes": list(scopes),
            "stop": bool(stop),
        } if all(type(number) is int for number in (size, begin, share)) and _right(scopes):
            release = Release(version, url, size, digest, key_id, begin, salt, share, frozenset(scopes), stop)
        case _:
            raise Refused("bad_release", "its fields")
    _check(release)
    return release


def write_release(release: Release) -> dict[str, Any]:
    """The body that `read_release` reads. Raises Refused("bad_release")."""
    _check(release)
    return {
        "version": release.version,
        "url": release.url,
        "size": release.size,
        "sha256": release.sha256,
        "key_id": release.key_id,
        "not_before_ms": release.not_before_ms,
        "salt": release.salt,
        "share": release.share,
        "scopes": sorted(release.scopes),
        "stop": release.stop,
    }


def bucket(device: str, salt: str) -> int:
    """0..9999, evenly drawn and the same for ever."""
    return int.from_bytes(hashlib.sha256(f"{salt}/{device}".encode()).digest()[:4]) % BUCKETS


def chosen(release: Release, device: str, scopes: Iterable[str]) -> bool:
    """Whether `device`, which belongs to `scopes`, is among those that the release speaks to."""
    return not release.scopes.isdisjoint(scopes) or bucket(device, release.salt) < release.share


def takes(release: Release, device: str, scopes: Iterable[str], now_ms: int | None) -> bool:
    """Whether `device` is to install it now. `now_ms` is None while the clock is unset."""
    begun = now_ms is not None and now_ms >= release.not_before_ms
    return begun and not release.stop and chosen(release, device, scopes)


def newer(version: str, than: str) -> bool:
    """Whether `version` is above `than`, number by number. Raises Refused("bad_release") for what is no version."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    if not _VERSION.fullmatch(version):
        raise Refused("bad_release", "its version")
    return tuple(map(int, version.split(".")))


def _right(scopes: list[Any]) -> bool:
    return len(scopes) <= MOST_SCOPES and all(isinstance(one, str) and _WORD.fullmatch(one) for one in scopes)


def _check(release: Release) -> None:
    _numbers(release.version)
    wrong = {
        "url": not release.url.startswith("https://") or len(release.url) > 500 or not release.url.isprintable(),
        "size": not 0 < release.size <= MAX_SIZE,
        "sha256": len(release.sha256) != 32,
        "key_id": not _WORD.fullmatch(release.key_id),
        "salt": not _WORD.fullmatch(release.salt),
        "not_before_ms": not 0 <= release.not_before_ms < _NUMBER_END,
        "share": not 0 <= release.share <= BUCKETS,
        "scopes": not _right(list(release.scopes)),
    }
    for name, bad in wrong.items():
        if bad:
            raise Refused("bad_release", name)
