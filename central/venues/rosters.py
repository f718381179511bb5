"""Standing passes for people who come every day: a shift, a class, a tour, a bus.

- Names come with the sheet, are printed on the cards, and are forgotten: a row here is a label, a pass, a validity.
- A label that is there already keeps its pass: the same sheet handed in again prints the same cards.
- A lost card is replaced: the old pass is revoked at every gate, the label gets a new one.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.keys import Keyring
from central.passes import issue_pass
from central.places.places import Place
from central.statements import run
from central.venues.asking import line, read_hours
from central.venues.closing import revoke_all
from credentials.pass_qr import Pass, encode_pass
from wire.refusal import Refused

KINDS = ("shift", "class", "tour", "bus", "other")
MOST_ROSTERS = 100
MOST_PASSES = 1_000
AT_ONCE = 300
_DAY_S = 86_400
_DAY_MIN = 1_440
HEADINGS = {
    "label": (
        "ma",
        "so",
        "ma so",
        "ma nhan vien",
        "so ghe",
        "ghe",
        "stt",
        "label",
        "number",
        "seat",
        "staff number",
        "id",
    ),
    "name": ("ten", "ho ten", "ho va ten", "name", "full name"),
    "opens": ("vao ca", "tu gio", "bat dau", "from", "begins", "start"),
    "closes": ("het ca", "den gio", "ket thuc", "to", "ends", "end"),
}


@dataclass(frozen=True, slots=True)
class Roster:
    """A list of passes. `shows`: its labels are nobody's, so that who is in may be shown."""

    id: int
    place: int
    name: str
    kind: str
    shows: bool
    made_ms: int
    passes: int


@dataclass(frozen=True, slots=True)
class Held:
    """One pass of a roster. `inside` None where it is not shown."""

    id: int
    label: str
    pass_id: bytes
    shift: str
    expires_s: int
    inside: bool | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """A row of the sheet; `name` goes onto the card and nowhere else."""

    label: str
    name: str
    shift: str


@dataclass(frozen=True, slots=True, repr=False)
class Card:
    """What is printed: `text` of the code, `name` "" where none was given."""

    label: str
    name: str
    shift: str
    text: str
    expires_s: int


def read_rows(rows: Sequence[dict[str, str]]) -> list[Wanted]:
    """What a sheet asks for. Raises Refused: roster_row (its number as detail), roster_twice, roster_empty."""
    found: list[Wanted] = []
    for n, row in enumerate(rows, 1):
        label, name = row.get("label", ""), row.get("name", "")[:60]
        if not 1 <= len(label) <= 24:
            raise Refused("roster_row", str(n))
        try:
            opens, closes = read_hours(row.get("opens", ""), row.get("closes", ""))
        except Refused as refusal:
            raise Refused("roster_row", str(n)) from refusal
        shift = "" if opens is None or closes is None else f"{_clock(opens)}-{_clock(closes)}"
        found.append(Wanted(label, name, shift))
    if not found:
        raise Refused("roster_empty")
    if len({one.label for one in found}) != len(found):
        raise Refused("roster_twice")
    return found


def numbered(stem: str, count: int) -> list[Wanted]:
    """Labels without a sheet: STEM 1, STEM 2 ... Raises Refused("roster_row")."""
    stem = line(stem)[:20]
    if not 1 <= count <= AT_ONCE:
        raise Refused("roster_row", str(count)[:6])
    return [Wanted(f"{stem} {n}".strip(), "", "") for n in range(1, count + 1)]


def new_roster(connection: Connection, place: Place, name: str, kind: str, shows: bool, login: str, now_ms: int) -> int:
    """An empty list; its number. Raises Refused: bad_roster, too_many_rosters."""
    name = line(name)
    if kind not in KINDS or not 2 <= len(name) <= 60:
        raise Refused("bad_roster")
    if len(rosters_of(connection, place)) >= MOST_ROSTERS:
        raise Refused("too_many_rosters")
    sql = "INSERT INTO roster (place, name, kind, shows, made_ms, made_by) VALUES (?, ?, ?, ?, ?, ?) RETURNING id"
    return int(run(connection, sql, (place.number, name, kind, int(shows), now_ms, login)).scalar_one())


def rosters_of(connection: Connection, place: Place) -> list[Roster]:
    """The lists of a place, the newest first."""
    sql = (
        "SELECT r.id, r.place, r.name, r.kind, r.shows, r.made_ms, count(p.id) FROM roster r LEFT JOIN roster_pass p"
        " ON p.roster = r.id AND p.revoked_ms IS NULL WHERE r.place = ? AND r.closed_ms IS NULL"
        " GROUP BY r.id, r.place, r.name, r.kind, r.shows, r.made_ms ORDER BY r.id DESC"
    )
    return [Roster(r[0], r[1], r[2], r[3], bool(r[4]), r[5], int(r[6])) for r in run(connection, sql, (place.number,))]


def roster_of(connection: Connection, place: Place, number: int) -> Roster:
    """One of them. Raises Refused("roster_unknown")."""
    found = next((one for one in rosters_of(connection, place) if one.id == number), None)
    if found is None:
        raise Refused("roster_unknown")
    return found


def fill(
    connection: Connection, ring: Keyring, roster: Roster, wanted: Sequence[Wanted], days: int, now_ms: int
) -> list[Card]:
    """A card for each row; labels that hold a pass keep it. Raises Refused: roster_full, bad_form."""
    if not 1 <= days <= 366:
        raise Refused("bad_form")
    held = {one.label: one for one in held_by(connection, roster)}
    new = [one for one in wanted if one.label not in held]
    if len(held) + len(new) > MOST_PASSES or len(wanted) > AT_ONCE:
        raise Refused("roster_full")
    for one in new:
        held[one.label] = _issue(connection, ring, roster, one.label, one.shift, days, now_ms)
    for one in wanted:
        if one.shift and one.shift != held[one.label].shift:
            run(connection, "UPDATE roster_pass SET shift = ? WHERE id = ?", (one.shift, held[one.label].id))
    return [_card(ring, held[one.label], one.name, one.shift) for one in wanted]


def replace_lost(connection: Connection, ring: Keyring, roster: Roster, number: int, name: str, now_ms: int) -> Card:
    """A new pass for a label whose card is lost, valid as long; the old one ends at every gate."""
    old = held_of(connection, roster, number)
    revoke_all(connection, ring, [old.pass_id], now_ms)
    days = max(1, -(-(old.expires_s - now_ms // 1000) // _DAY_S))
    new = _issue(connection, ring, roster, old.label, old.shift, min(days, 366), now_ms)
    return _card(ring, new, line(name)[:60], old.shift)


def revoke_one(connection: Connection, ring: Keyring, roster: Roster, number: int, now_ms: int) -> None:
    """The pass ends at every gate. Raises Refused("pass_of_roster_unknown")."""
    revoke_all(connection, ring, [held_of(connection, roster, number).pass_id], now_ms)


def end_roster(connection: Connection, ring: Keyring, roster: Roster, now_ms: int) -> None:
    """The whole list ends: the tour has left, the school year is over."""
    revoke_all(connection, ring, [one.pass_id for one in held_by(connection, roster)], now_ms)
    run(connection, "UPDATE roster SET closed_ms = ? WHERE id = ?", (now_ms, roster.id))


def held_by(connection: Connection, roster: Roster) -> list[Held]:
    """The passes of a list, by label as people count: 2 before 10."""
    sql = "SELECT id, label, pass_id, shift, expires_s FROM roster_pass WHERE roster = ? AND revoked_ms IS NULL"
    rows = [Held(r[0], r[1], bytes(r[2]), r[3], r[4]) for r in run(connection, sql, (roster.id,))]
    return sorted(
        rows,
        key=lambda one: [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in _parts(one.label)],
    )


def held_of(connection: Connection, roster: Roster, number: int) -> Held:
    """One of them. Raises Refused("pass_of_roster_unknown")."""
    found = next((one for one in held_by(connection, roster) if one.id == number), None)
    if found is None:
        raise Refused("pass_of_roster_unknown")
    return found


def _issue(
    connection: Connection, ring: Keyring, roster: Roster, label: str, shift: str, days: int, now_ms: int
) -> Held:
    made = issue_pass(connection, ring, os.urandom(16), days, 0, None, now_ms)
    sql = (
        "INSERT INTO roster_pass (roster, label, pass_id, shift, expires_s, made_ms) VALUES (?, ?, ?, ?, ?, ?)"
        " RETURNING id"
    )
    row = (roster.id, label, made.pass_id, shift, made.expires_s, now_ms)
    number = int(run(connection, sql, row).scalar_one())
    if roster.shows:  # ingest then says by which pseudonym its visits stand
        sql = "INSERT INTO phone_pass (id, made_ms, ends_ms) VALUES (?, ?, ?)"
        run(connection, sql, (made.pass_id, now_ms, made.expires_s * 1000))
    return Held(number, label, made.pass_id, shift, made.expires_s)


def _card(ring: Keyring, held: Held, name: str, shift: str) -> Card:
    hours = shift or held.shift
    content = Pass(held.pass_id, held.expires_s, shift=_minutes_of(hours))
    return Card(held.label, name, hours, encode_pass(content, ring.signing("pass")), held.expires_s)


def _minutes_of(shift: str) -> tuple[int, int] | None:
    """What a gate holds the card to: minutes of the local day; None where the card has no hours."""
    opens, closes = read_hours(*shift.partition("-")[::2])
    if opens is None or closes is None or opens % _DAY_MIN == closes % _DAY_MIN:
        return None
    return opens % _DAY_MIN, closes % _DAY_MIN


def _parts(label: str) -> list[str]:
    parts, digit = [""], False
    for letter in label:
        if letter.isdecimal() != digit:
            parts, digit = [*parts, ""], not digit
        parts[-1] += letter
    return parts


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
