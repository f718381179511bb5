"""Where a declaration that was made at home belongs: the area that its form names, for the minute until it is triaged.

- The ward where somebody stays, else the one where they live: the last ward of the form that was answered, outside
  family members and other repeating groups. Its province is the ward's own, whatever else was answered.
- Without a ward the province that the form asks a ward of (`narrowed-by`), else the one it asks residence by.
- A form that asks for neither names none: such a declaration is everybody's ("all"). It is not hidden, but no one
  station's, and docs/visitor.md says so.
- A route is no area: where somebody came from, goes through or has travelled says nothing of who looks after them.
"""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run
from central.zoning.names import province_of
from forms.model import NARROWED_BY, PREFILL, Answers, Coding, Form, Item
from forms.walk import walk
from wire.envelope import record_id

_WARDS, _PROVINCES = "urn:gatepost:ward", "urn:gatepost:province"


class Home(NamedTuple):
    """Codes of 2025; the ward "" where none was named, both "" for no area."""

    ward: str = ""
    province: str = ""


HOMELESS = Home()


def home_of(form: Form, answers: Answers) -> Home:
    """PURE. The area that the form's answers name."""
    narrows = {item.code_of(NARROWED_BY) for item in form.flat}
    ward = province = ""
    for item, at in walk(form, answers):
        values = () if at or item.repeats else answers.get((item.link_id, at), ())
        for value in values:
            if isinstance(value, Coding) and value.system == _WARDS and province_of(value.code):
                ward = value.code
            if isinstance(value, Coding) and value.system == _PROVINCES and _asks_home(item, narrows):
                province = value.code
    return Home(ward, province_of(ward)) if ward else Home("", province)


def keep_home(home: Home, now_ms: int) -> Callable[[Connection, list[bytes]], None]:
    """For central.phones.writing: the row beside the record."""

    def keep(connection: Connection, ids: list[bytes]) -> None:
        sql = "INSERT INTO phone_home (record, ward, province, made_ms) VALUES (?, ?, ?, ?)"
        run(connection, sql, (ids[0], home.ward, home.province, now_ms))

    return keep


def take_home(connection: Connection, stream: int, seq: int) -> Home:
    """The area that was kept for a record; once: what it says stands in the desk's queue from then on."""
    device, epoch = run(connection, "SELECT device, epoch FROM stream WHERE id = ?", (stream,)).one()
    sql = "DELETE FROM phone_home WHERE record = ? RETURNING ward, province"
    row = run(connection, sql, (record_id(device, bytes(epoch), seq),)).first()
    return HOMELESS if row is None else Home(*row)


def _asks_home(item: Item, narrows: set[str | None]) -> bool:
    return item.link_id in narrows or item.code_of(PREFILL) == "province"
