"""What is held of the person of a request: opened for it, shown or put into the letter, and kept nowhere."""

from typing import Any

from sqlalchemy.engine import Connection

from central.access.proposals import areas_around
from central.access.roles import Purpose, Right
from central.rights.answering import Held
from central.rights.requests import Request, request_of
from central.rights.tied import records_of_request
from central.statements import run
from central.vault.port import OpenedRecord, RecordId
from central.web.console import Desk
from wire.refusal import Refused

MOST = 500  # the opener takes no more at once; what is older goes by its limit soon
_HIDDEN = frozenset({"identity_kind", "consent", "answers", "blob"})


def mine(desk: Desk, connection: Connection, name: str, right: Right = Right.REQUESTS_WORK) -> Request:
    """The request, if it lies where the officer holds the right. Ends in 403 or Refused("request_unknown")."""
    row = request_of(connection, name)
    desk.require(right, areas_around(connection, row.area))
    return row


def open_held(desk: Desk, request: Request) -> list[Held]:
    """Every record of the person in clear, oldest first. Raises Refused as the opener does, and not_identified."""
    if request.identified_ms is None:
        raise Refused("not_identified", request.id)
    with desk.read() as connection:
        records = sorted(records_of_request(connection, request.id))[-MOST:]
        stands = {record: _where(connection, record) for record in records}
    if not records:
        return []
    opened = desk.vault.open(desk.asking(Purpose.DATA_SUBJECT, request.id), [RecordId(*one) for one in records])
    held = [Held(*stands[one.record], one.kind, _fields(one), one.corrections, one.record) for one in opened]
    return sorted(held, key=lambda one: one.at_ms)


def _where(connection: Connection, record: tuple[int, int]) -> tuple[int, str]:
    """(when, place) of a record."""
    row = run(connection, "SELECT at_ms, venue FROM visit WHERE stream = ? AND seq = ?", record).first()
    if row is None:
        sql = (
            "SELECT r.received_ms, d.venue FROM raw_record r JOIN stream s ON s.id = r.stream JOIN device d"
            " ON d.id = s.device WHERE r.stream = ? AND r.seq = ?"
        )
        row = run(connection, sql, record).first()
    return (0, "") if row is None else (int(row[0]), str(row[1]))


def _fields(opened: OpenedRecord) -> dict[str, str]:
    """What the person may read, as text: filled fields and answers."""
    fields = {
        name: _text(value) for name, value in opened.fields.items() if name not in _HIDDEN and value not in ("", b"")
    }
    return {**fields, **{link: ", ".join(map(_text, values)) for link, values in opened.answers.items()}}


def _text(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    return getattr(value, "name", None) or str(value)


def looks_at(connection: Connection, person: int | None) -> list[tuple[int, str, str]]:
    """(at ms, role, purpose) of everybody who looked at a person."""
    if person is None:
        return []
    from central.access import looks

    return [(look.at_ms, look.role, look.purpose) for look in looks.looks_at(connection, person)]
