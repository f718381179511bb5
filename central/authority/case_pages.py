"""Pages of cases: list, new, one case with its clock and its story, and what two officers decide about it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.authority import asked, merging, night, once
from central.authority.area_names import area_name, provinces
from central.authority.areas import rows_within
from central.authority.cases import (
    CaseFile,
    case_of,
    confirm_case,
    end_case,
    listed_cases,
    open_case,
    set_identity,
    sign_case,
)
from central.authority.clock import bars, elapsed, stages
from central.authority.days import at
from central.authority.diseases import diseases
from central.authority.events import story
from central.authority.identifying import codes_in
from central.authority.posting import post
from central.authority.taking_back import end_tasks, take_back
from central.authority.tasks import assign_rest
from central.authority.tracing import trace_case
from central.people.links import NewLink, link
from central.people.persons import persons_of
from central.statements import run
from central.web.console import Desk
from wire.refusal import Refused

_STATES = ("waiting", "suspected", "confirmed", "over")
_OVER = "state IN ('ruled_out', 'expired', 'merged', 'closed')"


def list_page(desk: Desk) -> str:
    """GET /cases"""
    state, before = asked.text("state"), asked.text("before", 16)
    within, values = rows_within(desk.areas(Right.CASES_READ))
    where = within
    if state in _STATES:
        where = f"{_OVER} AND {within}" if state == "over" else f"state = '{state}' AND {within}"
    with desk.write() as connection:
        cases = listed_cases(connection, where, values, before)
        sql = f"SELECT state, count(*) FROM case_file WHERE {within} AND NOT ({_OVER}) GROUP BY state"
        numbers = {row[0]: int(row[1]) for row in run(connection, sql, values)}
        persons = {one.person for one in cases if one.person is not None}
        desk.note(connection, "cases_listed", Purpose.TRACING, "", shown=len(cases), persons=persons)
    return desk.show(
        "authority/cases.html",
        cases=cases,
        numbers=numbers,
        state=state,
        area=area_name,
        diseases=diseases(),
        opens=desk.may(Right.CASES_OPEN),
    )


def new_page(desk: Desk) -> str:
    """GET /cases/new"""
    own = [area.removeprefix("province-") for area in desk.areas(Right.CASES_OPEN) if area.startswith("province-")]
    return desk.show(
        "authority/new_case.html",
        once=once.token(),
        diseases=diseases(),
        provinces=provinces(),
        own=own[0] if len(own) == 1 else "",
        latest=at(desk.now_ms).strftime("%Y-%m-%dT%H:%M"),
    )


def open_page(desk: Desk) -> Any:
    """POST /cases/new"""
    new, number = asked.new_case(), asked.text("number", 4096)
    codes = codes_in(number) if number else []

    def write(connection: Connection) -> str:
        case = open_case(connection, new, desk.officer.account, desk.now_ms)
        opened = case_of(connection, case)
        desk.require(Right.CASES_OPEN, opened.areas)
        desk.note(connection, "case_opened", Purpose.TRACING, case, evidence=new.evidence)
        return f"/cases/{case}"

    answer = post(desk, write, said="authority.said.opened")
    if codes:
        _identify(desk, answer.location.rpartition("/")[2], codes)
    return answer


def identity_page(desk: Desk, case: str) -> Any:
    """POST /cases/ID/identity"""
    codes = codes_in(asked.text("number", 4096))
    _identify(desk, case, codes)
    return desk.go(f"/cases/{case}", "authority.said.identity")


def _identify(desk: Desk, case: str, codes: list[Any]) -> None:
    """The opener gives the pseudonyms; two codes of one card are linked."""
    with desk.read() as connection:
        desk.require(Right.CASES_OPEN, case_of(connection, case).areas)
    asking = desk.asking(Purpose.TRACING, case)
    found = [(desk.vault.pseudonym(asking, int(code.kind), code.number), int(code.kind)) for code in codes]
    with desk.write() as connection:
        persons = persons_of(connection, found, desk.now_ms)
        if len(found) == 2:
            _check_apart(connection, case, sorted(set(persons.values())))
            link(connection, NewLink(found[0][0], found[1][0], "card", desk.officer.account, case), desk.now_ms)
            persons = persons_of(connection, found, desk.now_ms)
        person = persons[found[0][0]]
        set_identity(connection, case_of(connection, case), found[0][0], person, desk.officer.account, desk.now_ms)
        desk.note(connection, "case_identified", Purpose.TRACING, case, person=person, codes=len(found))


def _check_apart(connection: Connection, case: str, persons: list[int]) -> None:
    """A card that one officer typed joins nobody to a case that two have signed: else one signature opens everybody.

    Raises Refused("codes_apart").
    """
    if len(persons) < 2:
        return
    marks = ", ".join("?" * len(persons))
    sql = (
        "SELECT 1 FROM case_file f WHERE f.id <> ? AND f.state IN ('suspected', 'confirmed')"
        f" AND (f.person IN ({marks}) OR EXISTS (SELECT 1 FROM contact c WHERE c.case_id = f.id"
        f" AND c.person IN ({marks}))) LIMIT 1"
    )
    if run(connection, sql, (case, *persons, *persons)).first() is not None:
        raise Refused("codes_apart")


def case_page(desk: Desk, case: str) -> str:
    """GET /cases/ID"""
    with desk.write() as connection:
        one = case_of(connection, case)
        desk.require(Right.CASES_READ, one.areas)
        chosen = night.Filter(*rows_within(desk.areas(Right.CONTACTS_READ), "c"), case=case)
        counts = night.counts(connection, chosen, desk.now_ms)
        times = case_times(one, counts)
        told = story(connection, case, 50)
        parting = merging.may_part(connection, one)
        twins, release = _twins(connection, one), _release(connection, case)
        desk.note(connection, "case_seen", Purpose.TRACING, case, person=one.person)
    found = stages(times, desk.now_ms)
    return desk.show(
        "authority/case.html",
        case=one,
        counts=counts,
        stages=found,
        bars=bars(found),
        elapsed=elapsed(times, desk.now_ms),
        story=told,
        parting=parting,
        twins=twins,
        release=release,
        area=area_name,
        diseases=diseases(),
        may=_may(desk, one),
        links=desk.roles.may(desk.officer, Right.LINKS_EDIT, one.areas),
        exports=desk.roles.may(desk.officer, Right.TRACE_RUN, one.areas),
        at=at,
        desk_login=desk.officer.account,
        once=once.token(),
    )


def case_times(one: CaseFile, counts: night.Counts) -> dict[str, int | None]:
    """The times of the case's stages; reached only when nobody is left."""
    left = counts.contacts - counts.reached
    return {
        "result": one.result_ms or one.opened_ms,
        "opened": one.opened_ms,
        "signed": one.signed_ms,
        "traced": one.traced_ms,
        "released": one.released_ms,
        "reached": counts.last_ms if counts.contacts and not left else None,
    }


def _twins(connection: Connection, one: CaseFile) -> list[str]:
    """Other running files of the same person and disease, the older one first."""
    if not one.runs or one.person is None:
        return []
    sql = (
        "SELECT id FROM case_file WHERE person = ? AND disease = ? AND id <> ? AND state IN ('suspected', 'confirmed')"
        " ORDER BY id LIMIT 5"
    )
    return [row[0] for row in run(connection, sql, (one.person, one.disease, one.id))]


def _release(connection: Connection, case: str) -> int | None:
    """The newest alert of the case that somebody still has to look at."""
    sql = "SELECT max(id) FROM release WHERE case_id = ? AND state IN ('proposed', 'held', 'released', 'sent')"
    return run(connection, sql, (case,)).scalar()


def _may(desk: Desk, one: CaseFile) -> frozenset[str]:
    """What this officer can do with the case now: names of buttons."""
    officer = desk.officer
    opens = desk.roles.may(officer, Right.CASES_OPEN, one.areas)
    decides = desk.roles.may(desk.officer, Right.CASES_DECIDE, one.areas)
    traces = desk.roles.may(desk.officer, Right.TRACE_RUN, one.areas)
    found = {
        "sign": one.state == "waiting" and one.person is not None and decides and desk.officer.account != one.opened_by,
        "identity": opens and one.state == "waiting",
        "trace": one.runs and traces and one.person is not None,
        "assign": one.runs and traces and one.traced_ms is not None,
        "propose": one.runs and one.traced_ms is not None and desk.roles.may(officer, Right.ALERTS_PROPOSE, one.areas),
        "confirm": one.state == "suspected" and decides and desk.officer.account != one.opened_by,
        "rule_out": (one.runs or one.state == "waiting") and opens,
        "close": one.runs and decides,
        "merge": one.runs and opens,
    }
    return frozenset(name for name, yes in found.items() if yes)


def _deciding(right: Right, action: str, decide: Callable[[Desk, Connection, CaseFile], None]) -> Callable[..., Any]:
    """A view that changes a case: right checked where the case lies, noted, once a form."""

    def view(desk: Desk, case: str) -> Any:
        def write(connection: Connection) -> str:
            one = case_of(connection, case)
            desk.require(right, one.areas)
            decide(desk, connection, one)
            desk.note(connection, f"case_{action}", Purpose.TRACING, case, person=one.person)
            return f"/cases/{case}"

        return post(desk, write, said=f"authority.said.{action}")

    return view


def _sign(desk: Desk, connection: Connection, one: CaseFile) -> None:
    if one.person is None:
        raise Refused("no_identity", one.id)
    sign_case(connection, one, desk.officer.account, desk.now_ms)


def _trace(desk: Desk, connection: Connection, one: CaseFile) -> None:
    trace_case(connection, one, desk.officer.account, desk.now_ms)


def _assign(desk: Desk, connection: Connection, one: CaseFile) -> None:
    assign_rest(connection, one.id, desk.now_ms)


def _confirm(desk: Desk, connection: Connection, one: CaseFile) -> None:
    confirm_case(connection, one, asked.text("reference"), desk.officer.account, desk.now_ms)


def _rule_out(desk: Desk, connection: Connection, one: CaseFile) -> None:
    end_case(connection, one, "ruled_out", desk.officer.account, desk.now_ms)
    take_back(connection, desk.site.ring, one.id, desk.now_ms)


def _close(desk: Desk, connection: Connection, one: CaseFile) -> None:
    sql = "SELECT count(*) FROM contact WHERE case_id = ? AND state IN ('listed', 'waiting')"
    if run(connection, sql, (one.id,)).scalar_one():
        raise Refused("contacts_left", one.id)
    end_case(connection, one, "closed", desk.officer.account, desk.now_ms)
    end_tasks(connection, one.id, desk.now_ms)


def _merge(desk: Desk, connection: Connection, one: CaseFile) -> None:
    into = case_of(connection, asked.text("into", 16))
    desk.require(Right.CASES_OPEN, into.areas)
    merging.merge(connection, one, into, desk.officer.account, desk.now_ms)
    desk.note(connection, "case_absorbed", Purpose.TRACING, into.id, person=into.person)


def _part(desk: Desk, connection: Connection, one: CaseFile) -> None:
    if one.merged_into is not None:
        desk.require(Right.CASES_OPEN, case_of(connection, one.merged_into).areas)
    merging.part(connection, one, desk.officer.account, desk.now_ms)


sign_page = _deciding(Right.CASES_DECIDE, "signed", _sign)
trace_page = _deciding(Right.TRACE_RUN, "traced", _trace)
assign_page = _deciding(Right.TRACE_RUN, "assigned", _assign)
confirm_page = _deciding(Right.CASES_DECIDE, "confirmed", _confirm)
rule_out_page = _deciding(Right.CASES_OPEN, "ruled_out", _rule_out)
close_page = _deciding(Right.CASES_DECIDE, "closed", _close)
merge_page = _deciding(Right.CASES_OPEN, "merged", _merge)
part_page = _deciding(Right.CASES_OPEN, "parted", _part)
