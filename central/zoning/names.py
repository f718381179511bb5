"""What people call an area: a venue by its place, a ward and a province by the official lists of 2025."""

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy.engine import Connection

from central.statements import run
from forms.model import Coding
from forms.value_sets import value_sets


def names_of(connection: Connection, areas: Iterable[str], language: str) -> dict[str, str]:
    """area -> its name; the code itself where no list has it."""
    parts = {area: area.partition("-") for area in set(areas)}
    found = {area: official(kind, value, language) for area, (kind, _, value) in parts.items() if kind != "venue"}
    venues = sorted(value for kind, _, value in parts.values() if kind == "venue")
    found |= {f"venue-{venue}": name for venue, name in venue_names(connection, venues).items()}
    return found


def venue_names(connection: Connection, venues: Sequence[str]) -> dict[str, str]:
    """Venue id -> what it is called; the id itself where nobody has said."""
    found = {venue: venue for venue in venues}
    for start in range(0, len(venues), 400):
        some = list(venues[start : start + 400])
        sql = f"SELECT id, name FROM place WHERE id IN ({', '.join('?' * len(some))})"
        found |= {str(row[0]): str(row[1] or row[0]) for row in run(connection, sql, some)}
    return found


def official(kind: str, code: str, language: str) -> str:
    """The name of a ward or a province."""
    return _list(f"{kind}s").get(code, {}).get(language) or _list(f"{kind}s").get(code, {}).get("vi") or code


@cache
def wards_of(province: str) -> tuple[tuple[str, str], ...]:
    """(code, Vietnamese name) of the wards of a province, by name."""
    options = value_sets()["urn:gatepost:list:wards"]
    found = [(o.value.code, o.text.in_("vi")) for o in options if isinstance(o.value, Coding) and o.group == province]
    return tuple(sorted(found, key=lambda pair: pair[1]))


@cache
def province_of(ward: str) -> str:
    """The code of the province that a ward lies in; "" for a code that no list has."""
    options = value_sets()["urn:gatepost:list:wards"]
    return next((o.group for o in options if isinstance(o.value, Coding) and o.value.code == ward), "")


@cache
def _list(name: str) -> dict[str, dict[str, str]]:
    options = value_sets()[f"urn:gatepost:list:{name}"]
    return {o.value.code: dict(o.text.texts) for o in options if isinstance(o.value, Coding)}
