"""Where each case key is held: a file of the key folder, so that a month's key can be destroyed in every place.

    case-keys.json   {kid: {"places": {place: done | null}, "destroyed_ms": ms | null}}; nothing secret

A place is "file", "module", "cards of HOLDER" or "backup FILE". When a key was in use, the root documents say.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from central.files import write_private
from central.keys import Keyring
from wire.crypto import kid_of

NAME = "case-keys.json"
FILE, MODULE = "file", "module"


class Period(NamedTuple):
    """When records were sealed to a key: from the root that named it to the one that named another; None: still."""

    kid: bytes
    from_ms: int
    to_ms: int | None

    @property
    def name(self) -> str:
        """As people call it: its kid in hex."""
        return self.kid.hex()

    @property
    def month(self) -> str | None:
        """YYYY-MM, Viet Nam's, in which its period ended; None while it is in use."""
        if self.to_ms is None:
            return None
        return (datetime.fromtimestamp(self.to_ms / 1000, UTC) + timedelta(hours=7)).strftime("%Y-%m")


def periods(ring: Keyring) -> list[Period]:
    """Every case key of this centre, oldest first."""
    found: list[Period] = []
    for root in ring.roots():
        kid = kid_of(root.recipients["case"])
        if not found or found[-1].kid != kid:
            if found:
                found[-1] = found[-1]._replace(to_ms=root.issued_ms)
            found.append(Period(kid, root.issued_ms, None))
    return found


def read_register(folder: Path) -> dict[str, dict[str, Any]]:
    """kid (hex) -> what is known of it; empty where nobody has written anything yet."""
    path = folder / NAME
    found: dict[str, dict[str, Any]] = json.loads(path.read_text()) if path.exists() else {}
    return found


def held_at(folder: Path, kid: bytes, *places: str) -> None:
    """Write down that a key lies there too."""
    register = read_register(folder)
    entry = register.setdefault(kid.hex(), {"places": {}, "destroyed_ms": None})
    for place in places:
        entry["places"].setdefault(place, None)
    _write(folder, register)


def gone_from(folder: Path, kid: bytes, done: dict[str, str], destroyed_ms: int | None = None) -> None:
    """Write down that a key is at these places no more, and how (place -> done); `destroyed_ms`: and nowhere else."""
    register = read_register(folder)
    entry = register.setdefault(kid.hex(), {"places": {}, "destroyed_ms": None})
    entry["places"].update(done)
    entry["destroyed_ms"] = destroyed_ms or entry["destroyed_ms"]
    _write(folder, register)


def places_of(folder: Path, kid: bytes) -> list[str]:
    """Where a key still lies, as far as anybody has written it down."""
    entry = read_register(folder).get(kid.hex(), {"places": {}})
    return sorted(place for place, done in entry["places"].items() if done is None)


def destroyed_kids(folder: Path) -> frozenset[bytes]:
    """The keys that were destroyed: cards of them are not taken any more, nor a file that a backup brought back."""
    return frozenset(bytes.fromhex(kid) for kid, entry in read_register(folder).items() if entry["destroyed_ms"])


def _write(folder: Path, register: dict[str, dict[str, Any]]) -> None:
    write_private(folder / NAME, json.dumps(register, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")
