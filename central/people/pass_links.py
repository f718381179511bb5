"""A pass that a gate gave for a check-in, and the card of that check-in: one person, said by the records themselves.

The pass's id is derived from the check-in's record (wire.envelope.pass_of), so nothing has to be opened: the pseudonym
of that id is computed for each check-in of the hours before, and compared with the one that was seen.

- A gate's pass holds a day, at that venue alone: only check-ins of the same venue in the 26 hours before are looked at.
- Batches come late. What was not found is looked for again after an hour and after a day, then not any more.
- Whoever holds the card can have the pass: the link's confidence says so, and it can be undone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.opening import Pseudonyms
from central.people.links import NewLink, link
from central.statements import run
from wire.envelope import pass_of, record_id
from wire.records import Direction, IdentityKind

AT_ONCE = 50
_HOUR_MS = 3_600_000
_BACK_MS = 26 * _HOUR_MS  # a pass lives 24 hours; two gates' clocks may differ
_AGAIN_MS = (_HOUR_MS, 24 * _HOUR_MS)
_MOST_CHECK_INS = 60_000  # of a venue in a day and two hours
_CARDS = (IdentityKind.CCCD, IdentityKind.BHYT, IdentityKind.PERSONAL_QR, IdentityKind.PASSPORT)


class Shown(NamedTuple):
    """A pass as it was first shown."""

    pseudonym: bytes
    tries: int
    venue: str
    at_ms: int


def link_passes(connection: Connection, names: Pseudonyms, now_ms: int) -> bool:
    """Look for the check-ins of some passes; whether more is waiting."""
    enlisted = _enlist(connection, now_ms)
    due = _due(connection, now_ms)
    for venue in sorted({one.venue for one in due}):
        shown = [one for one in due if one.venue == venue]
        found = _cards_of(connection, names, venue, shown) if venue else {}
        for one in shown:
            card = found.get(one.pseudonym)
            if card is not None and card != one.pseudonym:
                link(connection, NewLink(card, one.pseudonym, "check_in_pass", "job:pass_links"), now_ms)
            _put_off(connection, one, now_ms, found=card is not None)
    return enlisted == AT_ONCE or len(due) == AT_ONCE


def _enlist(connection: Connection, now_ms: int) -> int:
    """Passes that are new here, in the order in which they came."""
    last = run(connection, "SELECT max(first_person) FROM pass_looked").scalar() or 0
    sql = (
        "SELECT pseudonym, first_person FROM identity WHERE kind = ? AND first_person > ? ORDER BY first_person LIMIT ?"
    )
    rows = run(connection, sql, (int(IdentityKind.PASS), last, AT_ONCE)).all()
    for pseudonym, first in rows:
        sql = "INSERT INTO pass_looked (pseudonym, first_person, tries, next_ms) VALUES (?, ?, 0, ?)"
        run(connection, sql, (pseudonym, first, now_ms))
    return len(rows)


def _due(connection: Connection, now_ms: int) -> list[Shown]:
    sql = "SELECT pseudonym, tries FROM pass_looked WHERE next_ms <= ? ORDER BY next_ms, first_person LIMIT ?"
    found = []
    for pseudonym, tries in run(connection, sql, (now_ms, AT_ONCE)).all():
        sql = "SELECT venue, at_ms FROM visit WHERE person = ? ORDER BY at_ms LIMIT 1"
        seen = run(connection, sql, (pseudonym,)).first()
        found.append(Shown(bytes(pseudonym), int(tries), *(("", 0) if seen is None else (seen[0], int(seen[1])))))
    return found


def _cards_of(connection: Connection, names: Pseudonyms, venue: str, shown: Sequence[Shown]) -> dict[bytes, bytes]:
    """pseudonym of a pass -> that of the card whose check-in it was given for."""
    wanted = {one.pseudonym for one in shown}
    first, last = min(one.at_ms for one in shown) - _BACK_MS, max(one.at_ms for one in shown)
    sql = (
        "SELECT s.device, s.epoch, v.seq, v.person FROM visit v JOIN stream s ON s.id = v.stream WHERE v.venue = ?"
        " AND v.at_ms BETWEEN ? AND ? AND v.direction = ? AND v.identity_kind IN (?, ?, ?, ?) AND v.person IS NOT NULL"
        " ORDER BY v.at_ms DESC LIMIT ?"
    )
    values = (venue, first, last, int(Direction.IN), *map(int, _CARDS), _MOST_CHECK_INS)
    found = {}
    for device, epoch, seq, person in run(connection, sql, values):
        given = names.of(IdentityKind.PASS, pass_of(record_id(device, bytes(epoch), int(seq))).hex())
        if given in wanted:
            found[given] = bytes(person)
    return found


def _put_off(connection: Connection, one: Shown, now_ms: int, *, found: bool) -> None:
    again = None if found or one.tries >= len(_AGAIN_MS) else now_ms + _AGAIN_MS[one.tries]
    sql = "UPDATE pass_looked SET tries = tries + 1, next_ms = ? WHERE pseudonym = ?"
    run(connection, sql, (again, one.pseudonym))
