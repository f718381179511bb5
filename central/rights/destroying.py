"""One bounded step of destruction for each way that limits.toml names. Each runs inside the caller's transaction.

- A step takes at most `most` rows and says what it took: keys for the certificate's hash, the range of time, and where
  the walk goes on ("" when this kind is through for today).
- Of a record the number and the digest stay: a batch that comes again must be known, or it would bring everything back.
- A visit whose clock was unset has no time of its own: it goes with its sealed record, by the time when it came.
- What a legal hold protects is left out here and counted by central.rights.holds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

import central.tables  # noqa: F401  (every table must be known here)
from central.rights.case_ends import end_cases
from central.rights.limits import Limit
from central.rights.person_ends import end_persons, record_tables
from central.schema import metadata
from central.statements import run

MOST = 2_000
START = "start"
_VENUES_AT_ONCE = 200
HELD_PSEUDONYMS = "SELECT i.pseudonym FROM identity i JOIN held_person h ON h.person = i.person"
HELD_VENUES = (
    "SELECT what FROM legal_hold WHERE kind = 'venue' AND signed_ms IS NOT NULL AND lifted_ms IS NULL AND ends_ms > ?"
)
_NO_CLOCK = "(clock = 2 AND offset_ms = 0)"  # wire.envelope.ClockQuality.UNSET, and nobody has told better since


@dataclass(frozen=True, slots=True)
class Step:
    """What one step took: (table, key...) of each row in order, times in Unix ms, and where to go on."""

    keys: tuple[tuple[Any, ...], ...]
    first_ms: int | None
    last_ms: int | None
    through: str


Way = Callable[[Connection, Limit, str, int, int], Step]


def step(connection: Connection, limit: Limit, through: str, now_ms: int, most: int = MOST) -> Step:
    """Destroy up to `most` rows of a kind from where `through` stands (START at first)."""
    return _WAYS[limit.how](connection, limit, through, now_ms, most)


def empty_records(connection: Connection, records: Iterable[tuple[int, int]], why: str) -> None:
    """Overwrite the sealed bytes of records (stream, seq), and of other bytes that came under their numbers.

    What was said to correct them goes with them.
    """
    some = list(records)
    if not some:
        return
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    where = f"WHERE stream = {mark} AND seq = {mark}"
    connection.exec_driver_sql(
        f"UPDATE raw_record SET sealed = {mark}, reason = {mark} {where}", [(b"", why, *key) for key in some]
    )
    connection.exec_driver_sql(f"UPDATE conflict SET sealed = {mark} {where}", [(b"", *key) for key in some])
    connection.exec_driver_sql(f"DELETE FROM correction {where}", some)


def _rows(connection: Connection, limit: Limit, through: str, now_ms: int, most: int) -> Step:
    """Rows by their own column of time, table after table."""
    for name in limit.tables[_place(limit, through) :]:
        taken = _delete(connection, name, limit, limit.before(now_ms), most)
        if taken:
            return _step(name, taken, name)
    return Step((), None, None, "")


def _radio(connection: Connection, limit: Limit, through: str, now_ms: int, most: int) -> Step:
    """The same of rows that came from a record: its sealed bytes go with them."""
    done = _rows(connection, limit, through, now_ms, most)
    empty_records(connection, ((key[1], key[2]) for key in done.keys), "expired")
    return done


def _place(limit: Limit, through: str) -> int:
    return limit.tables.index(through) if through in limit.tables else 0


def _delete(connection: Connection, name: str, limit: Limit, before: int, most: int) -> list[tuple[Any, ...]]:
    """(key..., time) of the rows that were deleted."""
    keys = ", ".join(column.name for column in metadata.tables[name].primary_key.columns)
    where = [f"{limit.since} < ?", *([f"({limit.only})"] if limit.only else [])]
    if limit.person and limit.person in metadata.tables[name].columns:
        where.append(f"({limit.person} IS NULL OR {limit.person} NOT IN (SELECT person FROM held_person))")
    sql = (
        f"DELETE FROM {name} WHERE ({keys}) IN (SELECT {keys} FROM {name} WHERE {' AND '.join(where)}"
        f" ORDER BY {limit.since} LIMIT ?) RETURNING {keys}, {limit.since}"
    )
    return sorted(tuple(row) for row in run(connection, sql, (before, most)))


def _visits(connection: Connection, limit: Limit, through: str, now_ms: int, most: int) -> Step:
    """Visits by place, since that is what their index begins with; their sealed records go with them."""
    done = "" if through == START else through.removeprefix(":")  # the last place that was through
    taken: list[tuple[Any, ...]] = []
    sql = (
        "DELETE FROM visit WHERE (stream, seq) IN (SELECT stream, seq FROM visit WHERE venue = ? AND at_ms < ?"
        f" AND NOT {_NO_CLOCK} AND (person IS NULL OR person NOT IN ({HELD_PSEUDONYMS}))"
        f" AND venue NOT IN ({HELD_VENUES}) ORDER BY at_ms LIMIT ?) RETURNING stream, seq, at_ms"
    )
    goes_on = True
    for _ in range(_VENUES_AT_ONCE):
        found = run(connection, "SELECT min(venue) FROM visit WHERE venue > ?", (done,)).scalar()
        goes_on = found is not None
        if not goes_on:
            break
        here = run(connection, sql, (found, limit.before(now_ms), now_ms, most - len(taken))).all()
        taken += [tuple(row) for row in here]
        if len(taken) >= most:
            break
        done = str(found)
    empty_records(connection, ((stream, seq) for stream, seq, _ in taken), "expired")
    return _step("visit", sorted(taken), f":{done}" if goes_on else "")


def _sealed(connection: Connection, limit: Limit, through: str, now_ms: int, most: int) -> Step:
    """Walk over the records of a stream from its floor on, empty what is due, and go on to the next stream."""
    if through == START:
        return _other_bytes(connection, limit, now_ms, most)
    stream, after = (int(part) for part in through.split(":"))
    sql = "SELECT seq, received_ms, length(sealed) FROM raw_record WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"
    rows = [tuple(row) for row in run(connection, sql, (stream, after, most))]
    held = _held_records(connection, stream, after, rows[-1][0] if rows else after, now_ms)
    due = [row for row in rows if row[2] and row[1] < limit.before(now_ms) and row[0] not in held]
    empty_records(connection, ((stream, row[0]) for row in due), "expired")
    for table in record_tables(pseudonym=True):
        _forget(connection, table, stream, [row[0] for row in due])
    _raise_floor(connection, stream, after, rows, {row[0] for row in due})
    keys = tuple(("raw_record", stream, row[0]) for row in due)
    times = [row[1] for row in due]
    goes_on = f"{stream}:{rows[-1][0]}" if len(rows) == most else _next_stream(connection, stream)
    return Step(keys, min(times, default=None), max(times, default=None), goes_on)


def _other_bytes(connection: Connection, limit: Limit, now_ms: int, most: int) -> Step:
    sql = (
        "UPDATE conflict SET sealed = ? WHERE (stream, seq, digest) IN (SELECT stream, seq, digest FROM conflict"
        " WHERE received_ms < ? AND length(sealed) > 0 LIMIT ?) RETURNING stream, seq, digest, received_ms"
    )
    taken = sorted((*row[:2], bytes(row[2]), row[3]) for row in run(connection, sql, (b"", limit.before(now_ms), most)))
    return _step("conflict", taken, START if len(taken) == most else _next_stream(connection, 0))


def _next_stream(connection: Connection, stream: int) -> str:
    found = run(connection, "SELECT min(id) FROM stream WHERE id > ?", (stream,)).scalar()
    if found is None:
        return ""
    floor = run(connection, "SELECT seq FROM retention_floor WHERE stream = ?", (found,)).scalar()
    return f"{found}:{floor or 0}"


def _held_records(connection: Connection, stream: int, after: int, last: int, now_ms: int) -> set[int]:
    """The seqs of a range whose person or place a hold protects."""
    venue = f"SELECT 1 FROM stream s JOIN device d ON d.id = s.device WHERE s.id = ? AND d.venue IN ({HELD_VENUES})"
    if run(connection, venue, (stream, now_ms)).first():
        return set(range(after + 1, last + 1))
    between = "stream = ? AND seq > ? AND seq <= ?"
    sql = f"SELECT seq FROM visit WHERE {between} AND venue IN ({HELD_VENUES})"
    held = {row[0] for row in run(connection, sql, (stream, after, last, now_ms))}
    for pseudonym, protected in ((True, HELD_PSEUDONYMS), (False, "SELECT person FROM held_person")):
        for table in record_tables(pseudonym=pseudonym):
            sql = f"SELECT seq FROM {table} WHERE {between} AND person IN ({protected})"
            held |= {row[0] for row in run(connection, sql, (stream, after, last))}
    return held


def _forget(connection: Connection, table: str, stream: int, seqs: Sequence[int]) -> None:
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    if seqs:
        sql = f"DELETE FROM {table} WHERE stream = {mark} AND seq = {mark}"
        connection.exec_driver_sql(sql, [(stream, seq) for seq in seqs])


def _raise_floor(
    connection: Connection, stream: int, after: int, rows: Sequence[tuple[Any, ...]], emptied: set[int]
) -> None:
    """The floor goes up as far as nothing is missing and nothing is left: a number that is missing may still come."""
    floor = run(connection, "SELECT seq FROM retention_floor WHERE stream = ?", (stream,)).scalar() or 0
    if floor != after:
        return
    for seq, _, length in rows:
        if seq != floor + 1 or (length and seq not in emptied):
            break
        floor = seq
    sql = (
        "INSERT INTO retention_floor (stream, seq) VALUES (?, ?) ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq"
    )
    run(connection, sql, (stream, floor))


def _persons(connection: Connection, limit: Limit, through: str, now_ms: int, most: int) -> Step:
    """Persons that nothing names any more, with their codes and links; a number at a time from the lowest on."""
    done = end_persons(connection, limit, 0 if through == START else int(through), now_ms, most)
    return Step((), None, None, "") if done is None else _step("person", done[1], str(done[0]))


def _requests(connection: Connection, limit: Limit, through: str, now_ms: int, most: int) -> Step:
    """Requests that were closed long ago, with what hangs on them."""
    sql = "SELECT id, closed_ms FROM rights_request WHERE closed_ms < ? ORDER BY closed_ms LIMIT ?"
    due = [tuple(row) for row in run(connection, sql, (limit.before(now_ms), most))]
    for name, _ in due:
        sql = "DELETE FROM correction WHERE proposal IN (SELECT id FROM rights_proposal WHERE request = ?)"
        run(connection, sql, (name,))
        for table in ("restriction", "rights_record", "rights_proposal"):
            run(connection, f"DELETE FROM {table} WHERE request = ?", (name,))
        run(connection, "DELETE FROM rights_request WHERE id = ?", (name,))
    return _step("rights_request", sorted(due), START if len(due) == most else "")


def _cases(connection: Connection, limit: Limit, through: str, now_ms: int, most: int) -> Step:
    """Cases that ended long ago, each with everything that hangs on it, a few at once."""
    due = end_cases(connection, limit, now_ms, most)
    return _step("case_file", due, START if due else "")


def _step(table: str, taken: Sequence[tuple[Any, ...]], through: str) -> Step:
    """Of rows (key..., time)."""
    times = [row[-1] for row in taken]
    return Step(tuple((table, *row[:-1]) for row in taken), min(times, default=None), max(times, default=None), through)


_WAYS: dict[str, Way] = {
    "rows": _rows,
    "radio": _radio,
    "visits": _visits,
    "sealed": _sealed,
    "persons": _persons,
    "requests": _requests,
    "cases": _cases,
}
