"""A night to look at: one case, contacts in two wards, stations, officers of every kind. All of them are invented."""

import json
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from central.authority.cases import NewCase, case_of, open_case, set_identity, sign_case
from central.authority.days import DAY_MS, HOUR_MS
from central.authority.tracing import keep_contacts
from central.people.persons import persons_of
from central.places.places import Place, Station, describe_place, put_station
from central.statements import run
from central.tracing.model import Contact, Reason
from central.vault.port import NoOpener, Vault
from central.web.app import Site, make_app
from tests.parts.centre import NOW_MS, Centre

PROVINCE, WARD, OTHER_WARD = "79", "26740", "26743"


def pseudonym(number: int) -> bytes:
    """16 bytes of nobody."""
    return b"thu nghiem" + number.to_bytes(6, "big")


def person(connection: Connection, number: int, kind: int = 1) -> int:
    """A person with one code."""
    return persons_of(connection, [(pseudonym(number), kind)], NOW_MS)[pseudonym(number)]


def new_case(**other: object) -> NewCase:
    """A laboratory's result of an hour ago, onset two days ago."""
    said = {
        "disease": "covid-19",
        "evidence": "laboratory",
        "reference": "XN-7781",
        "anchor": "onset",
        "anchor_ms": NOW_MS - 2 * DAY_MS,
        "result_ms": NOW_MS - HOUR_MS,
        "ward": WARD,
        "province": PROVINCE,
    }
    return NewCase(**{**said, **other})  # type: ignore[arg-type]


def signed_case(connection: Connection, number: int = 1, now_ms: int = NOW_MS, **other: object) -> str:
    """A case of person `number`, opened by one officer and signed by another."""
    case = open_case(connection, new_case(**other), "officer.one", now_ms)
    set_identity(
        connection, case_of(connection, case), pseudonym(number), person(connection, number), "officer.one", now_ms
    )
    sign_case(connection, case_of(connection, case), "officer.two", now_ms)
    return case


def make_places(connection: Connection) -> tuple[Place, Place]:
    """A market and a school in two wards, each ward with its station."""
    market = describe_place(connection, Place(0, "v-cho-mau", "Chợ Mẫu", "market", WARD, PROVINCE), NOW_MS)
    school = describe_place(connection, Place(0, "v-truong", "Trường Giả Định", "school", OTHER_WARD, PROVINCE), NOW_MS)
    put_station(connection, Station("tyt-1", "Trạm y tế P. Mẫu", WARD, PROVINCE, "1900 0001"))
    put_station(connection, Station("tyt-2", "Trạm y tế P. Giả Định", OTHER_WARD, PROVINCE, "1900 0002"))
    return market, school


def found(connection: Connection, index: int, count: int, places: tuple[Place, ...], first: int = 100) -> list[Contact]:
    """What a tracing may find: `count` people, each for some minutes at one of `places`."""
    made = []
    for i in range(count):
        minutes, place = 15 + 7 * (i % 9), places[i % len(places)]
        start = NOW_MS - DAY_MS + i * 60_000
        reason = Reason("visit", place.number, index, start, start + minutes * 60_000, i % 5 == 4)
        made.append(Contact(person(connection, first + i), 1, minutes * 60_000, (reason,)))
    return made


def list_contacts(connection: Connection, case: str, contacts: list[Contact], now_ms: int = NOW_MS) -> None:
    """Keep what was found, as a tracing does."""
    keep_contacts(connection, case, contacts, now_ms)
    run(connection, "UPDATE case_file SET traced_ms = ? WHERE id = ?", (now_ms, case))


def ids(connection: Connection, case: str) -> list[int]:
    """The numbers of a case's contacts."""
    return [row[0] for row in run(connection, "SELECT id FROM contact WHERE case_id = ? ORDER BY id", (case,))]


def app_of(centre: Centre, vault: Vault | None = None, now_ms: int = NOW_MS) -> Flask:
    """The pages over this centre."""
    site = Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: now_ms, vault or NoOpener())
    return make_app(site)


def once_of(client: FlaskClient, path: str) -> str:
    """The form token on a page."""
    text = client.get(path).text
    return text.partition('name="once" value="')[2].partition('"')[0]


def actions(engine: Engine) -> list[str]:
    """What the audit log has, in order."""
    with engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT action FROM audit ORDER BY number")]


@dataclass(frozen=True, slots=True)
class Night:
    """A case with contacts in two wards."""

    case: str
    contacts: list[int]


def make_night(centre: Centre, count: int = 12) -> Night:
    """A traced case of person 1."""
    with centre.engine.begin() as connection:
        places = make_places(connection)
        case = signed_case(connection)
        list_contacts(connection, case, found(connection, person(connection, 1), count, places))
        return Night(case, ids(connection, case))


def reasons_of(connection: Connection, contact: int) -> list[list[object]]:
    """As they are stored."""
    return list(json.loads(run(connection, "SELECT reasons FROM contact WHERE id = ?", (contact,)).scalar_one()))
