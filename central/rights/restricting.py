"""Who asked that nothing more be done with their data, and what is done all the same. The opener asks here each time.

- Their own request: they are shown their data, and answered, corrected and deleted. It is what they asked for.
- A case that two officers have signed, its alerts and its lists: to find and to reach contacts of a notifiable disease
  is a duty of the authority, and others depend on it (Law 91/2025/QH15, Article 19, as reported in secondary sources;
  counsel must read it). So is telling them that it is over.
- A declaration that was made under a mandatory order, while that order is in force: the order is the duty.
- Nothing else: neither what they declared of their own will, nor anything once the order has ended, nor comparing what
  they said with what others said (central.vault.room.Room.alike).

A restriction holds for every code of the person, also those that were found to be theirs later (central.people).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection

from central.declaring import orders
from central.keys import Keyring
from central.statements import run
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.vault.port import OpenedRecord, RecordId
    from central.vault.tied import Ground

_DUTIES = ("request", "case")  # kinds of grounds that run only while the duty does (central.vault.tied)
_STANDS = "t.ended_ms IS NULL"


def is_restricted(connection: Connection, person: int) -> bool:
    """Whether a restriction of this person stands, under this number or one that was joined to it."""
    sql = (
        f"SELECT 1 FROM restriction t WHERE {_STANDS} AND (t.person = ? OR EXISTS"
        " (SELECT 1 FROM identity i WHERE i.first_person = t.person AND i.person = ?)) LIMIT 1"
    )
    return run(connection, sql, (person, person)).first() is not None


def restricted_persons(connection: Connection) -> set[int]:
    """Everybody for whom one stands, under each of their numbers."""
    sql = (
        f"SELECT t.person FROM restriction t WHERE {_STANDS} UNION SELECT i.person FROM restriction t"
        f" JOIN identity i ON i.first_person = t.person WHERE {_STANDS}"
    )
    return {int(person) for (person,) in run(connection, sql)}


def restricted_among(connection: Connection, records: Sequence["RecordId"]) -> set["RecordId"]:
    """Those of `records` whose person has a restriction that stands."""
    if not records:
        return set()
    marks = ", ".join(["(?, ?)"] * len(records))
    of = (
        "SELECT r.stream, r.seq FROM {} r JOIN identity i ON i.pseudonym = r.person JOIN restriction t ON"
        f" {_STANDS} AND (t.person IN (i.person, i.first_person) OR i.person IN"
        " (SELECT o.person FROM identity o WHERE o.first_person = t.person))"
        f" WHERE (r.stream, r.seq) IN (VALUES {marks})"
    )
    flat = [number for record in records for number in record]
    rows = {tuple(row) for table in ("visit", "declared") for row in run(connection, of.format(table), flat)}
    return {record for record in records if tuple(record) in rows}


def admit_restricted(
    connection: Connection, ring: Keyring, ground: "Ground", records: Sequence["RecordId"], now_ms: int
) -> dict["RecordId", frozenset[str]]:
    """record -> the orders under which alone it may be shown, of each that is restricted on this ground.

    Raises Refused("restricted") where no order in force could allow it.
    """
    if ground.kind in _DUTIES:
        return {}
    found = restricted_among(connection, records)
    if not found:
        return {}
    duties = frozenset(order.id for order in orders(connection, ring) if order.mandatory and order.runs(now_ms))
    allowed = duties & {ground.order} if ground.order else duties
    if not allowed:
        raise Refused("restricted")
    return dict.fromkeys(found, allowed)


def order_of(opened: "OpenedRecord") -> str:
    """The id of the order under which a declaration was made; "" for none, and for other records."""
    return str(opened.fields.get("order", "")).partition("|")[0]
