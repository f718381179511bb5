"""The end of a case key: when nothing that it sealed may be kept any longer, it is destroyed wherever it lies.

- Not the key of today, nor one to which a record within its legal limit is sealed, nor while a legal hold runs and a
  record of that key is still there.
- Every place in the register must be dealt with: files and hardware modules here, cards and backups by their holders,
  who say so by name. Once n - k + 1 of n cards are burnt the rest are worth nothing; all of them are asked for.
- What was done is signed (central.rights.certificates) and noted. From then on those records are noise.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import cbor2
from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Purpose
from central.keys import Keyring
from central.rights.certificates import keep
from central.rights.limits import limits
from central.statements import run
from central.vault.custody import OFFLINE, CaseKey, SeedKey
from central.vault.register import FILE, MODULE, Period, destroyed_kids, gone_from, periods, places_of
from wire.crypto import kid_of
from wire.refusal import Refused

_DAY_MS = 86_400_000
_HEAD_BYTES = 96  # of a sealed record: its envelope and key id stand before (wire.envelope)
_CHUNK = 5_000
_ARRAY_OF_5 = 0x85


class Destroyed(NamedTuple):
    """What was done: the certificate's number, how many records are unreadable from now on, place -> how."""

    certificate: int
    records: int
    places: dict[str, str]


def destroy_case_key(
    connection: Connection, ring: Keyring, name: str, keys: Sequence[CaseKey], told: Iterable[str], now_ms: int
) -> Destroyed:
    """Destroy the case key `name` (its kid in hex, or YYYY-MM of the month in which its period ended).

    `keys` are those at hand (files, a module); `told` are places that their holders have dealt with, by their
    name in the register or by a pattern for several.

    Raises Refused: key_unknown, key_in_use, key_destroyed, within_limit, held, place_unknown, places (which are left).
    """
    period = find_period(ring, name)
    limit = limits().of("sealed_records")
    records, newest = count_sealed(connection, period.kid)
    if newest is not None and newest > limit.before(now_ms):
        raise Refused("within_limit", f"a record of it may be kept until {newest + limit.days * _DAY_MS}")
    if records and _holds_run(connection, now_ms):
        raise Refused("held", "a legal hold runs, and records of this key are there")
    listed = places_of(ring.folder, period.kid)
    done = _said_to_be_gone(told, listed)
    left = [place for place in listed if place not in (*done, FILE, MODULE)]
    if left:
        raise Refused("places", "; ".join(left))
    # First the key, then the word that it is gone: a power cut between them leaves a command to repeat.
    done |= {place: "not there any more" for place in listed if place in (FILE, MODULE)}
    for key in keys:
        if kid_of(key.public) == period.kid:
            done[FILE if isinstance(key, SeedKey) else MODULE] = key.destroy()
    facts = {
        "kid": period.kid,
        "places": done,
        "counts": [["sealed_records", records, 0, period.from_ms, period.to_ms]],
    }
    number = keep(connection, ring, f"key:{period.name}", facts, now_ms)
    look = Look("command", "case_key_destroyed", Purpose.UPKEEP, period.name, detail={"records": records})
    note(connection, look, now_ms)
    gone_from(ring.folder, period.kid, done, now_ms)
    return Destroyed(number, records, done)


def _said_to_be_gone(told: Iterable[str], listed: Sequence[str]) -> dict[str, str]:
    """place -> how, for each that somebody named; "backup *" names them all. Raises Refused("place_unknown")."""
    done: dict[str, str] = {}
    for pattern in told:
        meant = [place for place in listed if fnmatchcase(place, pattern)]
        if not meant:
            raise Refused("place_unknown", pattern[:80])
        done |= dict.fromkeys(meant, "said so by name")
    return done


def find_period(ring: Keyring, name: str) -> Period:
    """The period of that name. Raises Refused: key_unknown, key_in_use (today's), key_destroyed."""
    found = [period for period in periods(ring) if name in (period.name, period.month)]
    if len(found) != 1:
        raise Refused("key_unknown", f"{len(found)} case keys of that name")
    if found[0].to_ms is None:
        raise Refused("key_in_use", "kiosks seal to it: keys rotate-case first")
    if found[0].kid in destroyed_kids(ring.folder):
        raise Refused("key_destroyed", found[0].name)
    return found[0]


def count_sealed(connection: Connection, kid: bytes) -> tuple[int, int | None]:
    """(how many records that are still there are sealed to `kid`, when the newest of them came)."""
    count, newest = 0, None
    sql = "SELECT DISTINCT stream, key_id FROM wrapped_key WHERE vault_to = ?"
    used: dict[int, set[int]] = {}
    for stream, key_id in run(connection, sql, (kid,)):
        used.setdefault(stream, set()).add(key_id)
    for stream, key_ids in used.items():
        for key_id, received_ms in _records(connection, stream):
            if key_id in key_ids:
                count += 1
                newest = max(newest or 0, received_ms)
    return count, newest


def own_files(folder: Path) -> list[SeedKey]:
    """The case keys that lie as files, today's and those of periods before."""
    paths = sorted((folder / OFFLINE).glob("case*.key"))
    return [SeedKey(bytes.fromhex(path.read_text()), path) for path in paths]


def _records(connection: Connection, stream: int) -> Iterator[tuple[int, int]]:
    """(key id, received ms) of the records of a stream that were not emptied; their heads alone are read."""
    after, sql = (
        0,
        (
            f"SELECT seq, received_ms, substr(sealed, 1, {_HEAD_BYTES}) FROM raw_record"
            " WHERE stream = ? AND seq > ? AND length(sealed) > 0 ORDER BY seq LIMIT ?"
        ),
    )
    while True:
        rows = run(connection, sql, (stream, after, _CHUNK)).all()
        for seq, received_ms, head in rows:
            after = seq
            key_id = _key_id(bytes(head))
            if key_id is not None:
                yield key_id, received_ms
        if len(rows) < _CHUNK:
            return


def _key_id(head: bytes) -> int | None:
    """The key id behind the envelope; None for a record that nobody could open anyway."""
    if head[:1] != bytes([_ARRAY_OF_5]):
        return None
    decoder = cbor2.CBORDecoder(io.BytesIO(head[1:]))
    try:
        decoder.decode()
        key_id = decoder.decode()
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError):
        return None
    return key_id if isinstance(key_id, int) else None


def _holds_run(connection: Connection, now_ms: int) -> bool:
    sql = "SELECT 1 FROM legal_hold WHERE signed_ms IS NOT NULL AND lifted_ms IS NULL AND ends_ms > ? LIMIT 1"
    return run(connection, sql, (now_ms,)).first() is not None
