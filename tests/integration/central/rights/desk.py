"""What tests of the request desk share: one person at a gate, and an officer's steps at the pages."""

from flask.testing import FlaskClient

from central.people.persons import persons_of
from central.rights.clocks import day_of
from tests.parts.centre import NOW_MS, Centre
from tests.parts.console import form_of, hidden
from tests.parts.devices import SyntheticDevice
from wire.records import Declaration, Direction, IdentityKind, Signal, Visit

NUMBER, NAME = "099099000001", "NGUYỄN VĂN THỬ"


def gate_of(centre: Centre, order: str = "") -> SyntheticDevice:
    """A gate where one person came in (1) and out (2) and declared (3), and others came (4, 5)."""
    made = centre.device()
    for direction in (Direction.IN, Direction.OUT):
        made.add(Visit(direction, Signal.ALLOW, IdentityKind.CCCD, NUMBER, name=NAME))
    made.add(Declaration(IdentityKind.CCCD, NUMBER, Signal.ALLOW, form="x|1", answers=b"", order=order))
    centre.take(made.batch(1, 5))
    with centre.engine.begin() as connection:
        seen = [(bytes(row[0]), 1) for row in connection.exec_driver_sql("SELECT DISTINCT person FROM visit")]
        persons_of(connection, seen, NOW_MS)
    return made


def opened(officer: FlaskClient, kind: str = "access", **more: str) -> str:
    """A new request; its page."""
    came = day_of(NOW_MS).isoformat()
    data = {"kind": kind, "channel": "desk", "language": "vi", "came": came, **more}
    answer = officer.post("/requests/new", data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def shows_card(officer: FlaskClient, path: str, number: str = NUMBER) -> None:
    """The person shows a card."""
    data = {"how": "card", "number_kind": "CCCD", "number": number}
    assert officer.post(f"{path}/identify", data=data).status_code == 303


def decides(officer: FlaskClient, path: str, answer: str) -> int:
    """Answer what waits on the page; the status."""
    fields = hidden(form_of(officer.get(path).text, f"{path}/decide"))
    return officer.post(f"{path}/decide", data={**fields, "answer": answer}).status_code


def signs(officer: FlaskClient, path: str) -> None:
    """Sign what another officer has proposed."""
    assert decides(officer, path, "sign") == 303
