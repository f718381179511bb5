"""A person's codes, by kind alone, and what links them: for a case, by hand or by what the opener finds alike."""

from typing import Any

from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.authority import asked, once
from central.authority.cases import case_of
from central.authority.days import at
from central.authority.posting import post
from central.people.links import SAID, SOURCES, NewLink, link, link_of, links_of, undo
from central.people.persons import identities_of
from central.statements import run
from central.web.console import Desk
from wire.records import IdentityKind
from wire.refusal import Refused

_MOST_COMPARED = 1000


def codes_page(desk: Desk, case: str, person: int) -> str:
    """GET /cases/ID/persons/PERSON: the kinds of a person's codes, and what links them"""
    with desk.write() as connection:
        _tied(desk, connection, case, person)
        codes, links = identities_of(connection, person), links_of(connection, person)
        others = _others(connection, case, person)
        desk.note(connection, "codes_seen", Purpose.TRACING, case, person=person, persons=[one for one, _ in others])
    numbers = {code: index for index, (code, _) in enumerate(codes, 1)}
    return desk.show(
        "authority/codes.html",
        case=case,
        person=person,
        codes=[(numbers[code], IdentityKind(kind).name.lower()) for code, kind in codes],
        links=[(one, numbers.get(one.one), numbers.get(one.other)) for one in links],
        sources=SOURCES,
        said_by=SAID,
        others=others,
        at=at,
        once=once.token(),
    )


def _others(connection: Connection, case: str, person: int) -> list[tuple[int, int]]:
    """(person, contact's number, 0 for the case itself) of those whom this one may be the same as."""
    sql = (
        "SELECT person, id FROM contact WHERE case_id = ? AND person <> ? AND state <> 'withdrawn'"
        " ORDER BY id LIMIT 300"
    )
    found = [(int(row[0]), int(row[1])) for row in run(connection, sql, (case, person))]
    index = case_of(connection, case).person
    return found if index in (None, person) else [(int(index or 0), 0), *found]


def link_page(desk: Desk, case: str, person: int) -> Any:
    """POST /cases/ID/persons/PERSON/link: an officer states that another person of the case is the same"""
    why, other = asked.text("why", 16), asked.whole_of("other")
    if why not in SAID:
        raise Refused("bad_source")

    def write(connection: Connection) -> str:
        for one in (person, other):
            _tied(desk, connection, case, one)
        codes = [identities_of(connection, one) for one in (person, other)]
        if not all(codes) or person == other:
            raise Refused("identity_unknown")
        new = NewLink(codes[0][0][0], codes[1][0][0], why, desk.officer.account, case)
        made = link(connection, new, desk.now_ms)
        desk.note(connection, "linked", Purpose.TRACING, case, persons=[person, other], link=made, source=why)
        return f"/cases/{case}/persons/{min(person, other)}"

    return post(desk, write, said="authority.said.linked")


def alike_page(desk: Desk, case: str) -> Any:
    """POST /cases/ID/alike: the opener compares sealed telephones, names and births; only who is alike comes out"""
    with desk.read() as connection:
        one = case_of(connection, case)
        desk.require(Right.LINKS_EDIT, one.areas)
        sql = "SELECT person FROM contact WHERE case_id = ? AND state <> 'withdrawn' ORDER BY id LIMIT ?"
        persons = [int(row[0]) for row in run(connection, sql, (case, _MOST_COMPARED))]
    if one.person is not None:
        persons.append(one.person)
    found = desk.vault.alike(desk.asking(Purpose.TRACING, case), sorted(set(persons)))
    with desk.write() as connection:
        made = 0
        for pair in found:
            codes = [identities_of(connection, person) for person in (pair.one, pair.other)]
            if "phone" in pair.same and len(pair.same) > 1 and all(codes):  # a telephone alone is a family's
                new = NewLink(codes[0][0][0], codes[1][0][0], "sealed_fields", desk.officer.account, case)
                link(connection, new, desk.now_ms)
                made += 1
        desk.note(connection, "compared", Purpose.TRACING, case, compared=len(set(persons)), linked=made)
    return desk.go(f"/cases/{case}", "authority.said.alike" if made else "authority.said.none_alike")


def undo_page(desk: Desk, case: str, link_id: int) -> Any:
    """POST /cases/ID/links/LINK/undo"""

    def write(connection: Connection) -> str:
        one = link_of(connection, link_id)
        sql = "SELECT person FROM identity WHERE pseudonym = ?"
        person = int(run(connection, sql, (one.one,)).scalar_one())
        _tied(desk, connection, case, person)
        undo(connection, link_id, desk.officer.account, desk.now_ms)
        desk.note(connection, "unlinked", Purpose.TRACING, case, person=person, link=link_id)
        return f"/cases/{case}/persons/{person}"

    return post(desk, write, said="authority.said.unlinked")


def _tied(desk: Desk, connection: Connection, case: str, person: int) -> None:
    """A person's codes are looked at for a case that they belong to, where the officer may. Raises not_allowed."""
    one = case_of(connection, case)
    desk.require(desk.page.needs or Right.LINKS_EDIT, one.areas)
    sql = "SELECT 1 FROM contact WHERE case_id = ? AND person = ? AND state <> 'withdrawn'"
    if one.person != person and run(connection, sql, (case, person)).first() is None:
        raise Refused("not_allowed")
