"""The line list of cases: a row for each contact, with its reasons, without anybody's name."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.places.places import Place, places_by_number
from central.statements import run
from central.tracing.model import Reason

_AT_ONCE = 400


class Line(NamedTuple):
    """A contact of a case. `contact` is contact.id: the number under which officers speak of them."""

    case: str
    contact: int
    hop: int
    label: str
    state: str
    overlap_ms: int
    ward: str
    province: str
    reached_ms: int | None
    reached_by: str
    reasons: tuple[Reason, ...]

    @property
    def first_ms(self) -> int:
        """The beginning of the first reason."""
        return min(why.start_ms for why in self.reasons)

    @property
    def last_ms(self) -> int:
        """The end of the last reason."""
        return max(why.end_ms for why in self.reasons)

    @property
    def assumed(self) -> bool:
        """Whether every reason rests on a check-out that nobody saw."""
        return all(why.assumed for why in self.reasons)


def line_list(connection: Connection, cases: Sequence[str]) -> list[Line]:
    """The contacts of these cases that were not withdrawn, by case and number."""
    found = []
    for start in range(0, len(cases), _AT_ONCE):
        some = sorted(cases)[start : start + _AT_ONCE]
        sql = (
            "SELECT case_id, id, hop, label, state, overlap_ms, ward, province, reached_ms, reached_by, reasons"
            f" FROM contact WHERE case_id IN ({', '.join('?' * len(some))}) AND state <> 'withdrawn'"
            " ORDER BY case_id, id"
        )
        for case, contact, hop, label, state, overlap, ward, province, at, by, why in run(connection, sql, some).all():
            reasons = tuple(Reason(*one) for one in json.loads(why))
            found.append(Line(case, contact, hop, label, state, overlap, ward, province, at, by or "", reasons))
    return [line for line in found if line.reasons]


def places_of(connection: Connection, lines: Sequence[Line]) -> dict[int, Place]:
    """The places of all reasons."""
    return places_by_number(connection, {why.place for line in lines for why in line.reasons})
