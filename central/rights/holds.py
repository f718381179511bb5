"""Legal holds: what may not be destroyed for a while. One officer asks, another signs, and each hold ends by its date.

- A hold on a person protects what their codes point to; one on a case its patient and contacts; one on a place what its
  kiosks have recorded.
- A hold keeps data from being destroyed. It opens nothing: looking still needs a case, an order or a request.
"""

from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.rights.limits import DAY_MS, Limit
from central.schema import metadata
from central.statements import run
from wire.refusal import Refused

LONGEST_DAYS = 365
_STANDS = "signed_ms IS NOT NULL AND lifted_ms IS NULL AND ends_ms > ?"


class NewHold(NamedTuple):
    """`what` is the id of a place, a case or the request that names the person; `basis` the law or the order."""

    kind: str
    what: str
    reason: str
    basis: str
    ends_ms: int


class Hold(NamedTuple):
    """A hold as it stands."""

    id: int
    kind: str
    what: str
    reason: str
    basis: str
    asked_by: str
    asked_ms: int
    ends_ms: int
    signed_by: str | None
    lifted_ms: int | None


def ask_hold(connection: Connection, new: NewHold, officer: str, now_ms: int) -> int:
    """Write a hold down; it protects nothing before a second officer has signed.

    Raises Refused: bad_hold (no reason, no basis, or an end that is past or further than a year), hold_unknown.
    """
    if not new.reason.strip() or not new.basis.strip() or not now_ms < new.ends_ms <= now_ms + LONGEST_DAYS * DAY_MS:
        raise Refused("bad_hold", f"a reason, a basis and an end within {LONGEST_DAYS} days")
    person = _person(connection, new)
    sql = (
        "INSERT INTO legal_hold (kind, what, person, reason, basis, asked_by, asked_ms, ends_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
    )
    values = (new.kind, new.what, person, new.reason.strip(), new.basis.strip(), officer, now_ms, new.ends_ms)
    return int(run(connection, sql, values).scalar_one())


def sign_hold(connection: Connection, hold: int, officer: str, now_ms: int) -> None:
    """The second officer. Raises Refused: same_officer, hold_unknown."""
    row = run(connection, "SELECT asked_by FROM legal_hold WHERE id = ? AND signed_ms IS NULL", (hold,)).first()
    if row is None:
        raise Refused("hold_unknown", str(hold))
    if row[0] == officer:
        raise Refused("same_officer", "a hold needs two people")
    run(connection, "UPDATE legal_hold SET signed_by = ?, signed_ms = ? WHERE id = ?", (officer, now_ms, hold))
    refresh_held(connection, now_ms)


def lift_hold(connection: Connection, hold: int, officer: str, now_ms: int) -> None:
    """End a hold before its date; one officer is enough to protect less. Raises Refused("hold_unknown")."""
    sql = "UPDATE legal_hold SET lifted_by = ?, lifted_ms = ? WHERE id = ? AND lifted_ms IS NULL"
    if run(connection, sql, (officer, now_ms, hold)).rowcount != 1:
        raise Refused("hold_unknown", str(hold))
    refresh_held(connection, now_ms)


def holds(connection: Connection) -> list[Hold]:
    """Every hold, newest first."""
    sql = f"SELECT {', '.join(Hold._fields)} FROM legal_hold ORDER BY id DESC LIMIT 200"
    return [Hold(*row) for row in run(connection, sql)]


def refresh_held(connection: Connection, now_ms: int) -> None:
    """Whom the holds protect at this moment: persons, and patients and contacts of cases."""
    run(connection, "DELETE FROM held_person")
    stands = "h.signed_ms IS NOT NULL AND h.lifted_ms IS NULL AND h.ends_ms > ?"
    sources = (
        f"SELECT person, id FROM legal_hold WHERE kind = 'person' AND {_STANDS}",
        "SELECT c.person, h.id FROM legal_hold h JOIN case_file c ON c.id = h.what"
        f" WHERE h.kind = 'case' AND c.person IS NOT NULL AND {stands}",
        f"SELECT c.person, h.id FROM legal_hold h JOIN contact c ON c.case_id = h.what"
        f" WHERE h.kind = 'case' AND {stands}",
    )
    protected: dict[int, int] = {}
    for sql in sources:
        for person, hold in run(connection, sql, (now_ms,)):
            protected.setdefault(person, hold)
    for person, hold in sorted(protected.items()):
        run(connection, "INSERT INTO held_person (person, hold) VALUES (?, ?)", (person, hold))


def count_held(connection: Connection, limit: Limit, now_ms: int) -> int:
    """How many rows of a kind are past their limit and stay because of a hold."""
    before, total = limit.before(now_ms), 0
    if limit.how == "visits":
        sql = (
            "SELECT count(*) FROM visit WHERE at_ms < ? AND (person IN (SELECT i.pseudonym FROM identity i JOIN"
            " held_person h ON h.person = i.person) OR venue IN"
            f" (SELECT what FROM legal_hold WHERE kind = 'venue' AND {_STANDS}))"
        )
        return int(run(connection, sql, (before, now_ms)).scalar_one())
    for name in limit.tables:
        if limit.person and limit.person in metadata.tables[name].columns:
            only = f" AND ({limit.only})" if limit.only else ""
            sql = (
                f"SELECT count(*) FROM {name} WHERE {limit.since} < ?{only}"
                f" AND {limit.person} IN (SELECT person FROM held_person)"
            )
            total += int(run(connection, sql, (before,)).scalar_one())
    return total


def is_held(connection: Connection, person: int) -> bool:
    """Whether a hold protects this person now (as of the last refresh)."""
    return run(connection, "SELECT 1 FROM held_person WHERE person = ?", (person,)).first() is not None


def _person(connection: Connection, new: NewHold) -> Any:
    if new.kind == "venue":
        known = run(connection, "SELECT 1 FROM device WHERE venue = ?", (new.what,)).first()
    elif new.kind == "case":
        known = run(connection, "SELECT 1 FROM case_file WHERE id = ?", (new.what,)).first()
    elif new.kind == "person":
        known = run(connection, "SELECT person FROM rights_request WHERE id = ?", (new.what,)).first()
    else:
        raise Refused("bad_hold", new.kind[:16])
    if known is None or known[0] is None:
        raise Refused("hold_unknown", new.what[:64])
    return known[0] if new.kind == "person" else None
