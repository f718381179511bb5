"""What a process remembers of the log, so that whoever holds the database cannot change a row behind its back.

- A row that was seen must be there for ever, with the hash that it had; each row after it follows by its own hash.
- Only what is committed is remembered: a transaction that was taken back must not look like a row that was taken out.
- The opener follows every row and keeps the last one in a file of its own, away from the database: it refuses to open
  once the log differs (Refused "log_changed" with the first such row). A page only compares the row that it saw last.
- Rows that were changed and kept their hash are found by the opener's round, which reads the whole log again and again.

A head signed each day says the same to strangers; this shortens the day to the seconds between two looks.
"""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.access.audit import BEFORE_FIRST, COLUMNS, chain
from central.files import write_private
from central.statements import run
from wire.refusal import Refused

FILE = "log-seen.json"  # in the opener's key folder, unless it is told another place
_AT_ONCE = 5_000
_ROUND_ROWS = 1_000  # of the round at each look: some 15 ms of work


class Seen(NamedTuple):
    """The newest row that was seen, and its hash. Number 0: none yet."""

    number: int
    hash: bytes


NOTHING = Seen(0, BEFORE_FIRST)


def walk(seen: Seen, rows: Sequence[Any]) -> Seen:
    """PURE. The last of `rows` (COLUMNS), which begin with the seen row itself and follow each other.

    Raises Refused("log_changed", the first row that is not as it was seen, or does not follow).
    """
    if seen.number:
        if not rows or (rows[0][0], bytes(rows[0][9])) != seen:
            raise Refused("log_changed", str(seen.number))
        rows = rows[1:]
    for row in rows:
        own = bytes(row[9])
        if row[0] != seen.number + 1 or chain(seen.hash, tuple(row[:9])) != own:
            raise Refused("log_changed", str(seen.number + 1))
        seen = Seen(row[0], own)
    return seen


def follow(connection: Connection, seen: Seen) -> Seen:
    """From the seen row to the end of the log. Raises Refused("log_changed")."""
    while True:
        rows = _rows(connection, seen, _AT_ONCE)
        seen = walk(seen, rows)
        if len(rows) < _AT_ONCE:
            return seen


class Watch:
    """The opener's memory of the log, with `path` over a restart, too. Its caller lets one thread in at a time."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises Refused("malformed") for a file that is none of ours: it says nothing, so nothing may be opened."""
        self._path = path
        self.seen = NOTHING if path is None else read_seen(path)
        self.changed = 0  # the first row that differs
        self._round = NOTHING

    def look(self, connection: Connection) -> Seen:
        """To the end of the log; to be kept once the caller's transaction is committed. Raises Refused("log_changed").

        Once changed it stays so until somebody has looked into it: `audit accept`, and a new start.
        """
        if self.changed:
            raise Refused("log_changed", str(self.changed))
        try:
            return follow(connection, self.seen)
        except Refused as refused:
            self.changed = int(refused.detail)
            raise

    def go_round(self, connection: Connection) -> None:
        """Read some more of the whole log, from its first row on. Raises Refused("log_changed")."""
        rows = _rows(connection, self._round, _ROUND_ROWS)
        try:
            after = walk(self._round, rows)
        except Refused as refused:
            self.changed = int(refused.detail)
            raise
        self._round = after if len(rows) == _ROUND_ROWS else NOTHING

    def keep(self, seen: Seen) -> None:
        """Remember what is committed."""
        if seen.number > self.seen.number:
            self.seen = seen
            if self._path is not None:
                write_private(self._path, json.dumps({"number": seen.number, "hash": seen.hash.hex()}).encode() + b"\n")


class Glance:
    """A page's memory: the newest committed row that this process saw. Used by several threads."""

    def __init__(self) -> None:
        self._seen = NOTHING
        self._turn = threading.Lock()
        self.changed = 0  # the first row that differed

    def look(self, connection: Connection) -> bool:
        """At the beginning of a transaction, when all that it can see is committed: whether the log is as it was."""
        with self._turn:
            before = self._seen
        sql = "SELECT number, hash FROM audit WHERE number = ? OR number = (SELECT max(number) FROM audit)"
        rows = {number: bytes(own) for number, own in run(connection, sql, (before.number,))}
        good = not before.number or rows.get(before.number) == before.hash
        newest = max(rows, default=0)
        with self._turn:
            if not good:
                self.changed = self.changed or before.number
                self._seen = Seen(newest, rows[newest]) if newest else NOTHING  # said once; the next change again
            elif newest > self._seen.number:
                self._seen = Seen(newest, rows[newest])
        return good


def read_seen(path: Path) -> Seen:
    """What an opener has kept; nothing where it has not run yet. Raises Refused("malformed")."""
    try:
        kept = json.loads(path.read_text())
        return Seen(int(kept["number"]), bytes.fromhex(kept["hash"]))
    except FileNotFoundError:
        return NOTHING
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("malformed", path.name) from error


def _rows(connection: Connection, seen: Seen, limit: int) -> Sequence[Any]:
    sql = f"SELECT {', '.join(COLUMNS)} FROM audit WHERE number >= ? ORDER BY number LIMIT {limit}"
    return run(connection, sql, (seen.number,)).all()
