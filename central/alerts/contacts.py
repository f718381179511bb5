"""The contacts of a case as alerts see them: who, until when it counts, and in which areas a gate has to know."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.alerts.breaker import Share
from central.places.places import places_by_number
from central.statements import run
from central.tracing.stays import people_at
from wire.refusal import Refused

_MOST = 20_000
_OVER = ("withdrawn",)


@dataclass(frozen=True, slots=True)
class Exposed:
    """One contact. `last_ms` is the end of the last exposure, `places` (place.number) those of its reasons."""

    id: int
    person: int
    last_ms: int
    ward: str
    province: str
    places: tuple[int, ...]


def contacts_of_case(connection: Connection, case: str) -> list[Exposed]:
    """Who stands on the case's list now, by id; withdrawn ones do not."""
    sql = (
        "SELECT id, person, last_ms, ward, province, reasons FROM contact"
        " WHERE case_id = ? AND state <> 'withdrawn' ORDER BY id LIMIT ?"
    )
    rows = run(connection, sql, (case, _MOST)).all()
    return [Exposed(r[0], r[1], r[2], r[3], r[4], places_in(r[5])) for r in rows]


def check_case(connection: Connection, case: str) -> None:
    """Raises Refused: case_unknown, case_not_signed (no second officer yet), case_over."""
    row = run(connection, "SELECT state, signed_by FROM case_file WHERE id = ?", (case,)).first()
    if row is None:
        raise Refused("case_unknown")
    if row[0] not in ("suspected", "confirmed"):
        raise Refused("case_not_signed" if row[0] == "waiting" else "case_over")
    if row[1] is None:
        raise Refused("case_not_signed")


def places_in(reasons: str) -> tuple[int, ...]:
    """place.number of each reason (central.tracing.model.Reason as a JSON list or map), without repeats."""
    found: dict[int, None] = {}
    for reason in json.loads(reasons):
        place: Any = reason.get("place") if isinstance(reason, dict) else reason[1] if len(reason) > 1 else None
        if isinstance(place, int) and place > 0:
            found[place] = None
    return tuple(found)


def scopes_of_contacts(connection: Connection, exposed: Sequence[Exposed]) -> dict[int, frozenset[str]]:
    """contact.id -> where gates must know: the provinces of the contact and of the places, and each place itself.

    The place itself too, because a kiosk may not have been told which province it stands in. "all" only where nothing
    is known.
    """
    places = places_by_number(connection, {place for one in exposed for place in one.places})
    scopes = {}
    for one in exposed:
        found: set[str] = set(areas_of_place("", "", one.province)) - {"all"}
        for number in one.places:
            if (place := places.get(number)) is not None:
                found |= areas_of_place(place.id, "", place.province) - {"all"}
        scopes[one.id] = frozenset(found) or frozenset({"all"})
    return scopes


def shares(connection: Connection, case: str, exposed: Sequence[Exposed]) -> list[Share]:
    """How much of each place's visitors of the case's window stands on the list."""
    window = run(connection, "SELECT from_ms, to_ms FROM case_file WHERE id = ?", (case,)).one()
    on_list: dict[int, set[int]] = {}
    for one in exposed:
        for place in one.places:
            on_list.setdefault(place, set()).add(one.person)
    found = []
    for place, people in sorted(on_list.items()):
        visitors = people_at(connection, place, window[0], window[1] - 1)
        found.append(Share(place, len(people), max(visitors, len(people))))
    return found


def set_contacts(connection: Connection, contacts: Iterable[int], old: str, new: str) -> None:
    """Move those of these contacts that are in state `old` to `new`."""
    for contact in contacts:
        run(connection, "UPDATE contact SET state = ? WHERE id = ? AND state = ?", (new, contact, old))
