"""A ward's or a school office's list of places: looked at row by row first, then put on the map in one transaction.

- A row's own id (the office's number for the place) makes it idempotent: the same list again changes nothing, a row
  that says something else changes that place, and a place that is missing in a newer list stays.
- Rows that cannot be right are reported with their line and left out; the others do not wait for them.
- No manager's account is made here: the ward invites each when they come (first code).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.authority.area_names import provinces
from central.places.kinds import KINDS
from central.places.places import Place, Site, describe_place, put_site
from central.statements import run
from central.venues.asking import Said, read_place
from central.venues.likeness import plain
from central.venues.listing import file_place, list_place, new_id
from central.venues.words_kinds import KIND_WORDS
from wire.refusal import Refused

HEADINGS = {
    "own_id": ("ma", "ma so", "ma truong", "ma co so", "id", "code", "own id"),
    "name": ("ten", "ten co so", "ten truong", "ten noi", "name", "place"),
    "kind": ("loai", "loai hinh", "kind", "type"),
    "province": ("tinh", "thanh pho", "tinh thanh", "tinh thanh pho", "province", "city"),
    "ward": ("xa", "phuong", "xa phuong", "phuong xa", "ward", "commune"),
    "address": ("dia chi", "address"),
    "capacity": ("suc chua", "so nguoi toi da", "capacity", "people at once"),
    "lat": ("vi do", "lat", "latitude"),
    "lon": ("kinh do", "lon", "lng", "longitude"),
    "opens": ("mo cua", "gio mo cua", "opens"),
    "closes": ("dong cua", "gio dong cua", "closes"),
    "hours": ("gio", "gio mo cua dong cua", "hours", "open"),
}
_KEPT_MS = 7 * 86_400_000
What = Literal["new", "changed", "same", "bad"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the sheet as it was understood. `line` counts from 2, as a sheet shows it; `why` a reason or ""."""

    line: int
    own_id: str
    name: str
    said: Said | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a row."""

    row: Row
    what: What
    venue: str = ""


def read_rows(rows: Sequence[Mapping[str, str]], office: str) -> list[Row]:
    """PURE. `office` is the area whose office hands it in; a row elsewhere is bad."""
    seen: set[str] = set()
    found = []
    for line, row in enumerate(rows, 2):
        own_id, name = row.get("own_id", "")[:64], row.get("name", "")[:80]
        said, why = _read(row, office)
        if not own_id:
            why = "own_id"
        elif own_id in seen:
            why = "own_id_twice"
        seen.add(own_id)
        found.append(Row(line, own_id, name, None if why else said, why))
    return found


def weigh(connection: Connection, office: str, rows: Sequence[Row]) -> list[Outcome]:
    """What each row would do; nothing is written."""
    known = _known(connection, office)
    found = []
    for row in rows:
        if row.said is None:
            found.append(Outcome(row, "bad"))
        elif row.own_id not in known:
            found.append(Outcome(row, "new"))
        else:
            _, venue, said = known[row.own_id]
            found.append(Outcome(row, "same" if said == row.said else "changed", venue))
    return found


def import_rows(connection: Connection, office: str, rows: Sequence[Row], now_ms: int) -> list[Outcome]:
    """Write them; places that were closed stay closed."""
    known, done = _known(connection, office), []
    for outcome in weigh(connection, office, rows):
        row = outcome.row
        if outcome.what == "new" and row.said is not None:
            place = list_place(connection, new_id(connection, row.said.ward), row.said, now_ms)
            file_place(connection, place.number, office, row.own_id)
            done.append(Outcome(row, "new", place.id))
            continue
        if outcome.what == "changed" and row.said is not None:
            number, venue, _ = known[row.own_id]
            _write(connection, number, venue, row.said, now_ms)
        done.append(outcome)
    return done


def keep_list(connection: Connection, office: str, rows: Sequence[Row], login: str, now_ms: int) -> int:
    """Keep what was looked at until its officer says yes; its number. Older ones of the same officer go."""
    sql = "DELETE FROM place_list WHERE done_ms IS NULL AND (made_by = ? OR made_ms < ?)"
    run(connection, sql, (login, now_ms - _KEPT_MS))
    said = json.dumps([[r.line, r.own_id, r.name, r.said and asdict(r.said), r.why] for r in rows], ensure_ascii=False)
    sql = "INSERT INTO place_list (office, made_by, made_ms, rows) VALUES (?, ?, ?, ?) RETURNING id"
    return int(run(connection, sql, (office, login, now_ms, said)).scalar_one())


def kept_list(connection: Connection, number: int, login: str) -> tuple[str, list[Row]]:
    """(office, rows) of a list that waits. Raises Refused("list_unknown") for one that is done, or somebody else's."""
    sql = "SELECT office, rows FROM place_list WHERE id = ? AND made_by = ? AND done_ms IS NULL"
    row = run(connection, sql, (number, login)).first()
    if row is None:
        raise Refused("list_unknown")
    said = [Row(one[0], one[1], one[2], one[3] and Said(**one[3]), one[4]) for one in json.loads(row[1])]
    return str(row[0]), said


def end_list(connection: Connection, number: int, now_ms: int) -> None:
    """It was put on the map."""
    run(connection, "UPDATE place_list SET done_ms = ?, rows = '[]' WHERE id = ?", (now_ms, number))


def _read(row: Mapping[str, str], office: str) -> tuple[Said | None, str]:
    fields = {**row, "kind": _kind(row.get("kind", "")), "province": _province(row.get("province", ""), office)}
    if fields.get("hours"):
        fields["opens"], _, fields["closes"] = fields["hours"].replace("–", "-").partition("-")
    if not fields.get("address"):
        fields["address"] = fields.get("name", "")
    try:
        said = read_place(fields)
    except Refused as refusal:
        return None, refusal.reason
    inside = office == "all" or office in areas_of_place("", said.ward, said.province)
    return (said, "") if inside else (None, "elsewhere")


@cache
def _kinds() -> dict[str, str]:
    return {kind: kind for kind in KINDS} | {plain(word): kind for kind, words in KIND_WORDS.items() for word in words}


def _kind(text: str) -> str:
    return _kinds().get(plain(text), "")


@cache
def _provinces() -> dict[str, str]:
    return {_bare(name): code for code, name in provinces().items()} | {code: code for code in provinces()}


def _bare(name: str) -> str:
    """A province without what it is: "TP. Hồ Chí Minh" -> "ho chi minh"."""
    short = plain(name)
    for word in ("thanh pho ", "tinh ", "tp "):
        short = short.removeprefix(word)
    return short


def _province(text: str, office: str) -> str:
    """A code; an office of one province need not write it into each row."""
    if not text and office.startswith("province-"):
        return office.partition("-")[2]
    return _provinces().get(text.strip().zfill(2), "") or _provinces().get(_bare(text), "")


def _known(connection: Connection, office: str) -> dict[str, tuple[int, str, Said]]:
    sql = (
        "SELECT f.own_id, p.number, p.id, p.name, p.kind, p.province, p.ward, p.address, p.capacity, p.lat_e6,"
        " p.lon_e6, p.opens_min, p.closes_min FROM venue_file f JOIN place p ON p.number = f.place WHERE f.office = ?"
    )
    return {row[0]: (row[1], row[2], Said(*row[3:])) for row in run(connection, sql, (office,))}


def _write(connection: Connection, number: int, venue: str, said: Said, now_ms: int) -> None:
    place = Place(number, venue, said.name, said.kind, said.ward, said.province, said.opens_min, said.closes_min)
    describe_place(connection, place, now_ms)
    put_site(connection, number, Site(said.address, said.lat_e6, said.lon_e6, said.capacity))


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """How many of each."""
    return {what: sum(one.what == what for one in outcomes) for what in ("new", "changed", "same", "bad")}
