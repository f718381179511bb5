"""Links between codes of one person: each with its source and confidence, each can be undone.

- A link joins two codes (pseudonyms), never two names: what was alike is said by `source`, and a name alone is none.
- Undoing one link gives back exactly what the others make: `identity.person` is computed anew for the part of the graph
  that it touched, and nothing else is remembered.
- Cases and contacts follow their persons; whose stays are wrong now stands in `person_changed`.
"""

from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.authority.events import tell
from central.people.changes import mark_changed
from central.people.components import named, parts
from central.statements import run
from wire.refusal import Refused

# source -> confidence in per cent. Whoever adds one here says which two things were seen together.
SOURCES = {
    "card": 100,  # one QR code of a citizen card holds the new and the old number
    "check_in_pass": 98,  # the pass was made from the record of the check-in (wire.envelope.pass_of)
    "sealed_fields": 90,  # the opener found the same telephone and birth year in sealed records
    "documents_seen": 95,  # an officer had both documents in hand
    "station_knows": 75,  # the ward's health station knows the person
    "person_says": 70,  # the person says so on the telephone
}
SAID = ("documents_seen", "station_knows", "person_says")  # what an officer may state; never a name that is alike
_MOST_CODES = 200  # nobody has more codes; beyond it something is wrong with the links themselves


class NewLink(NamedTuple):
    """`case` is the case for which it is made, "" where a record itself says so."""

    one: bytes
    other: bytes
    source: str
    said_by: str
    case: str = ""


class Link(NamedTuple):
    """A row of identity_link."""

    id: int
    one: bytes
    other: bytes
    source: str
    confidence: int
    said_by: str
    case: str
    made_ms: int
    undone_ms: int | None
    undone_by: str | None


_COLUMNS = "id, one, other, source, confidence, said_by, case_id, made_ms, undone_ms, undone_by"


def link(connection: Connection, new: NewLink, now_ms: int) -> int:
    """Join two codes; the link's id, that of the one that is there already for a second time.

    Raises Refused: bad_source, same_code, identity_unknown, too_many_codes.
    """
    if new.source not in SOURCES:
        raise Refused("bad_source", new.source[:32])
    if new.one == new.other:
        raise Refused("same_code")
    one, other = sorted((new.one, new.other))
    sql = "SELECT id FROM identity_link WHERE one = ? AND other = ? AND source = ? AND undone_ms IS NULL"
    held = run(connection, sql, (one, other, new.source)).first()
    if held is not None:
        return int(held[0])
    before = _part_of(connection, one) | _part_of(connection, other)
    if len(before) > _MOST_CODES:
        raise Refused("too_many_codes")
    sql = (
        "INSERT INTO identity_link (one, other, source, confidence, said_by, case_id, made_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id"
    )
    values = (one, other, new.source, SOURCES[new.source], new.said_by, new.case, now_ms)
    made = int(run(connection, sql, values).scalar_one())
    _name_anew(connection, before, now_ms)
    return made


def undo(connection: Connection, link_id: int, said_by: str, now_ms: int) -> Link:
    """Take a link back. Raises Refused("link_unknown") for one that is not there, or undone already."""
    sql = f"SELECT {_COLUMNS} FROM identity_link WHERE id = ? AND undone_ms IS NULL"
    row = run(connection, sql, (link_id,)).first()
    if row is None:
        raise Refused("link_unknown", str(link_id))
    found = _link(row)
    before = _part_of(connection, found.one)
    run(connection, "UPDATE identity_link SET undone_ms = ?, undone_by = ? WHERE id = ?", (now_ms, said_by, link_id))
    _name_anew(connection, before, now_ms)
    return found


def links_of(connection: Connection, person: int) -> list[Link]:
    """Every link of a person's codes, undone ones too, the newest first."""
    sql = (
        f"SELECT {_COLUMNS} FROM identity_link WHERE one IN (SELECT pseudonym FROM identity WHERE person = ?)"
        " OR other IN (SELECT pseudonym FROM identity WHERE person = ?) ORDER BY id DESC LIMIT 200"
    )
    return [_link(row) for row in run(connection, sql, (person, person))]


def link_of(connection: Connection, link_id: int) -> Link:
    """Raises Refused("link_unknown")."""
    row = run(connection, f"SELECT {_COLUMNS} FROM identity_link WHERE id = ?", (link_id,)).first()
    if row is None:
        raise Refused("link_unknown", str(link_id))
    return _link(row)


def _link(row: Any) -> Link:
    return Link(row[0], bytes(row[1]), bytes(row[2]), *row[3:])


def _part_of(connection: Connection, pseudonym: bytes) -> set[bytes]:
    """Every code that links in force join to this one."""
    if run(connection, "SELECT 1 FROM identity WHERE pseudonym = ?", (pseudonym,)).first() is None:
        raise Refused("identity_unknown")
    found, ahead = {pseudonym}, [pseudonym]
    while ahead and len(found) <= 2 * _MOST_CODES:
        code = ahead.pop()
        sql = (
            "SELECT other FROM identity_link WHERE one = ? AND undone_ms IS NULL"
            " UNION SELECT one FROM identity_link WHERE other = ? AND undone_ms IS NULL"
        )
        new = {bytes(row[0]) for row in run(connection, sql, (code, code))} - found
        found |= new
        ahead += new
    return found


def _name_anew(connection: Connection, codes: set[bytes], now_ms: int) -> None:
    """Give each of `codes` the person of its part, as the links are now; and let what hangs on them follow."""
    marks = ", ".join("?" * len(codes))
    ordered = sorted(codes)
    sql = f"SELECT pseudonym, person, first_person FROM identity WHERE pseudonym IN ({marks})"
    held = {bytes(code): (int(person), int(first)) for code, person, first in run(connection, sql, ordered)}
    sql = f"SELECT one, other FROM identity_link WHERE undone_ms IS NULL AND one IN ({marks})"
    edges = [(bytes(one), bytes(other)) for one, other in run(connection, sql, ordered)]
    now = named(parts(held, edges), {code: first for code, (_, first) in held.items()})
    moved = {code for code, (person, _) in held.items() if now[code] != person}
    for code in sorted(moved):
        run(connection, "UPDATE identity SET person = ? WHERE pseudonym = ?", (now[code], code))
    changed = {held[code][0] for code in moved} | {now[code] for code in moved}
    if changed:
        mark_changed(connection, changed, now_ms)
        _follow(connection, changed, now_ms)


def _follow(connection: Connection, persons: set[int], now_ms: int) -> None:
    """Cases keep the code that was entered, so they move with it; cases with such a contact are to be traced again."""
    marks, ordered = ", ".join("?" * len(persons)), sorted(persons)
    sql = (
        "UPDATE case_file SET person = (SELECT i.person FROM identity i WHERE i.pseudonym = case_file.index_identity)"
        f" WHERE index_identity IS NOT NULL AND person IN ({marks})"
    )
    run(connection, sql, ordered)
    sql = (
        f"SELECT id FROM case_file WHERE state IN ('suspected', 'confirmed') AND (person IN ({marks})"
        f" OR id IN (SELECT case_id FROM contact WHERE person IN ({marks})))"
    )
    for (case,) in run(connection, sql, (*ordered, *ordered)).all():
        run(connection, "UPDATE case_file SET stale_ms = ? WHERE id = ?", (now_ms, case))
        tell(connection, case, "job:links", "links_changed", {"persons": len(persons)}, now_ms)
