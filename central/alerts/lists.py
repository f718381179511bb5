"""The exposure lists of the scopes: from `exposure_entry` to signed bulletins.

- A list always shows a round number of entries (wire.exposures.padded_size). What is missing to it are random entries
  that stay where they are from version to version: else the difference of two lists would tell the real ones.
- An empty list is a list of random entries. A list is never taken away: gates that were off must hear that it is over.
"""

import os
from collections.abc import Callable, Iterable

from sqlalchemy.engine import Connection

from central.alerts.limits import DAY_MS, HOUR_MS
from central.bulletins import publish_bulletin
from central.keys import Keyring
from central.statements import run
from wire.exposures import ENTRY_BYTES, MOST_ENTRIES, exposures_body, padded_size

KIND = "exposures"
_LONGEST_MS = 30 * DAY_MS
_GRID_MS = 3 * HOUR_MS
Random = Callable[[int], bytes]


def end_of(ms: int) -> int:
    """The next of the moments, three hours apart, at which entries end: many share one, which then tells little.

    A list has room for 256 different ends: 32 days of them.
    """
    return -(-ms // _GRID_MS) * _GRID_MS


def mark(connection: Connection, scopes: Iterable[str]) -> None:
    """These scopes' lists have to be signed anew."""
    sql = (
        "INSERT INTO exposure_scope (scope, dirty, names) VALUES (?, 1, 0) ON CONFLICT (scope) DO UPDATE SET dirty = 1"
    )
    for scope in sorted(set(scopes)):
        run(connection, sql, (scope,))


def dirty_scopes(connection: Connection) -> list[str]:
    """Whose lists have to be signed anew."""
    return [scope for (scope,) in run(connection, "SELECT scope FROM exposure_scope WHERE dirty = 1 ORDER BY scope")]


def publish_scope(
    connection: Connection, ring: Keyring, scope: str, now_ms: int, random_bytes: Random = os.urandom
) -> int:
    """Sign the list of a scope as it is now; how many bulletins it takes."""
    run(connection, "DELETE FROM exposure_entry WHERE scope = ? AND until_ms <= ?", (scope, now_ms))
    shown = _shown(connection, scope)
    missing = padded_size(_people(connection, scope)) - len(shown)
    if missing > 0:
        shown.update(_add_nobodies(connection, scope, missing, shown, now_ms, random_bytes))
    elif missing < 0:
        for entry in _drop_nobodies(connection, scope, -missing):
            shown.pop(entry, None)
    before = run(connection, "SELECT names FROM exposure_scope WHERE scope = ?", (scope,)).scalar() or 0
    ordered = sorted(shown)
    parts = [ordered[at : at + MOST_ENTRIES] for at in range(0, len(ordered), MOST_ENTRIES)]
    for number in range(max(len(parts), before)):
        part = {entry: shown[entry] for entry in parts[number]} if number < len(parts) else {}
        _publish(connection, ring, scope, f"list-{number}", part, now_ms)
    sql = "UPDATE exposure_scope SET dirty = 0, published_ms = ?, names = ? WHERE scope = ?"
    run(connection, sql, (now_ms, max(len(parts), before), scope))
    return len(parts)


def _publish(connection: Connection, ring: Keyring, scope: str, name: str, part: dict[bytes, int], now_ms: int) -> None:
    sql = "SELECT expires_ms FROM bulletin WHERE kind = ? AND scope = ? AND name = ?"
    held = run(connection, sql, (KIND, scope, name)).scalar() or 0
    # A gate that was away takes nothing that is over: a later word lives as long as the one it replaces.
    until = max(held, now_ms + DAY_MS, *part.values())
    publish_bulletin(connection, ring, KIND, name, scope, exposures_body(part), until, now_ms)


def _shown(connection: Connection, scope: str) -> dict[bytes, int]:
    sql = "SELECT entry, max(until_ms) FROM exposure_entry WHERE scope = ? AND live = 1 GROUP BY entry"
    return {bytes(entry): int(until) for entry, until in run(connection, sql, (scope,))}


def _people(connection: Connection, scope: str) -> int:
    sql = "SELECT count(DISTINCT entry) FROM exposure_entry WHERE scope = ? AND live = 1 AND release <> 0"
    return int(run(connection, sql, (scope,)).scalar_one())


def _add_nobodies(
    connection: Connection, scope: str, count: int, shown: dict[bytes, int], now_ms: int, random_bytes: Random
) -> dict[bytes, int]:
    """Random entries, each with an end that a real one has: else the end would tell them apart."""
    ends = sorted(shown.values()) or [end_of(now_ms + _LONGEST_MS)]
    added: dict[bytes, int] = {}
    while len(added) < count:
        drawn = random_bytes(ENTRY_BYTES + 4)
        if (entry := drawn[:ENTRY_BYTES]) not in shown:
            added[entry] = ends[int.from_bytes(drawn[ENTRY_BYTES:], "big") % len(ends)]
    sql = (
        "INSERT INTO exposure_entry (scope, entry, release, contact, until_ms, live) VALUES (?, ?, 0, NULL, ?, 1)"
        " ON CONFLICT DO NOTHING"
    )
    for entry, until in added.items():
        run(connection, sql, (scope, entry, until))
    return added


def _drop_nobodies(connection: Connection, scope: str, count: int) -> list[bytes]:
    """The lowest ones; they are random."""
    sql = "SELECT entry FROM exposure_entry WHERE scope = ? AND release = 0 ORDER BY entry LIMIT ?"
    gone = [bytes(entry) for (entry,) in run(connection, sql, (scope, count))]
    for entry in gone:
        run(connection, "DELETE FROM exposure_entry WHERE scope = ? AND entry = ? AND release = 0", (scope, entry))
    return gone
