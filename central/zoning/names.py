"""What people call an area: a venue by its place, a ward and a province by the official lists of 2025."""

from collections.abc import Iterable
from functools import cache

from sqlalchemy.engine import Connection

from central.statements import run
from forms.model import Coding
from forms.value_sets import value_sets


def names_of(connection: Connection, areas: Iterable[str], language: str) -> dict[str, str]:
    """area -> its name; the code itself where no list has it."""
    found = {}
    for area in set(areas):
        kind, _, value = area.partition("-")
        if kind == "venue":
            found[area] = str(run(connection, "SELECT name FROM place WHERE id = ?", (value,)).scalar() or value)
        else:
            found[area] = official(kind, value, language)
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
