"""How the contacts of a case can be reached: through the opener, before any transaction begins.

The opener notes each call itself. What it gives stays in this process's memory for the request alone.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.engine import Connection

from central.alerts.reachable import READS, Ways, ways_in
from central.statements import run
from central.vault.port import Asking, OpenedRecord, RecordId, Vault
from wire.exposures import entry_of
from wire.records import IdentityKind

_RECORDS_EACH = 3  # the newest say best where somebody lives now
_AT_ONCE = 500
_PEOPLE_AT_ONCE = 400
_NEWEST = """
SELECT person, stream, seq FROM (
  SELECT i.person AS person, r.stream AS stream, r.seq AS seq,
         row_number() OVER (PARTITION BY i.person ORDER BY r.at_ms DESC) AS place
  FROM identity i JOIN {table} r ON r.person = i.pseudonym WHERE i.person IN ({marks}) AND {which}
) numbered WHERE place <= ? ORDER BY person, place
"""
# A pass names nobody, so that a visit by pass holds no phone.
_SOURCES = (("declared", "r.kind = 2"), ("visit", f"r.identity_kind <> {int(IdentityKind.PASS)}"))


def newest_records(connection: Connection, persons: Sequence[int]) -> dict[int, list[RecordId]]:
    """person.id -> their newest declarations, then visits, at most three together."""
    found: dict[int, list[RecordId]] = defaultdict(list)
    for start in range(0, len(persons), _PEOPLE_AT_ONCE):
        some = persons[start : start + _PEOPLE_AT_ONCE]
        for table, which in _SOURCES:
            sql = _NEWEST.format(table=table, which=which, marks=", ".join("?" * len(some)))
            for person, stream, seq in run(connection, sql, (*some, _RECORDS_EACH)):
                if len(found[person]) < _RECORDS_EACH:
                    found[person].append(RecordId(stream, seq))
    return dict(found)


def pass_holders(connection: Connection, persons: Sequence[int]) -> set[int]:
    """Which of them have shown a pass or a tag at a gate."""
    found: set[int] = set()
    for start in range(0, len(persons), _PEOPLE_AT_ONCE):
        some = persons[start : start + _PEOPLE_AT_ONCE]
        sql = f"SELECT DISTINCT person FROM identity WHERE kind = ? AND person IN ({', '.join('?' * len(some))})"
        found |= {person for (person,) in run(connection, sql, (int(IdentityKind.PASS), *some))}
    return found


def find_ways(
    vault: Vault,
    asking: Asking,
    persons: Sequence[int],
    records: dict[int, list[RecordId]],
    holders: Collection[int],
) -> dict[int, Ways]:
    """person.id -> ways; `holders` as pass_holders has them. Raises Refused as the opener does: nothing is proposed."""
    passes = vault.passes_of(asking, persons) if persons else {}
    wanted = [record for person in persons for record in records.get(person, ())]
    opened: dict[RecordId, OpenedRecord] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        opened.update({one.record: one for one in vault.open(asking, wanted[start : start + _AT_ONCE], READS)})
    ways = {}
    for person in persons:
        theirs = [opened[record] for record in records.get(person, ()) if record in opened]
        said = ways_in(one.as_corrected() for one in theirs)
        entries = tuple(sorted({entry_of(pass_id) for pass_id in passes.get(person, ())}))
        ways[person] = replace(said, entries=entries, carries=person in holders)
    return ways


def with_browsers(connection: Connection, ways: dict[int, Ways], now_ms: int) -> dict[int, Ways]:
    """The same, and which of the passes have a browser behind them."""
    entries = sorted({entry for one in ways.values() for entry in one.entries})
    known: set[bytes] = set()
    for start in range(0, len(entries), _PEOPLE_AT_ONCE):
        some = entries[start : start + _PEOPLE_AT_ONCE]
        sql = f"SELECT entry FROM push_subscription WHERE ends_ms > ? AND entry IN ({', '.join('?' * len(some))})"
        known |= {bytes(entry) for (entry,) in run(connection, sql, (now_ms, *some))}
    return {
        person: replace(one, push=tuple(entry for entry in one.entries if entry in known))
        for person, one in ways.items()
    }
