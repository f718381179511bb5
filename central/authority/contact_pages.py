"""One contact: why, what was done, what comes next; call, write the outcome, label, call back."""

from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right, areas_of_place
from central.authority import asked, night, once, opened
from central.authority.area_names import area_name
from central.authority.cases import case_of
from central.authority.days import at
from central.authority.diseases import disease_of
from central.authority.following import ends_ms
from central.authority.labelling import label
from central.authority.posting import post
from central.authority.tasks import OUTCOMES, call_back, take_task, task_of, tasks_of, write_outcome
from central.places.places import places_by_number
from central.statements import run
from central.web.console import Desk
from wire.refusal import Refused

# What a caller can say with one touch; the rest of OUTCOMES belongs to other kinds of task.
_SAID = {
    "follow_up": ("done", "no_answer", "moved_away", "declined"),
    "visit": ("reached", "no_answer", "moved_away", "declined"),
}
_CALLED = ("reached", "no_answer", "wrong_number", "moved_away", "declined")


class Contact(NamedTuple):
    """A row of `contact`."""

    id: int
    case: str
    person: int
    hop: int
    overlap_ms: int
    reasons: str
    last_ms: int
    label: str
    definition: str
    labelled_by: str | None
    ward: str
    province: str
    state: str
    reached_ms: int | None
    reached_by: str | None
    channel: str

    @property
    def areas(self) -> frozenset[str]:
        """Where they are looked after."""
        return areas_of_place("", self.ward, self.province)


def contact_of(connection: Connection, contact: int) -> Contact:
    """Raises Refused("contact_unknown")."""
    sql = (
        "SELECT id, case_id, person, hop, overlap_ms, reasons, last_ms, label, definition, labelled_by, ward, province,"
        " state, reached_ms, reached_by, channel FROM contact WHERE id = ?"
    )
    row = run(connection, sql, (contact,)).first()
    if row is None:
        raise Refused("contact_unknown", str(contact))
    return Contact(*row)


def page(desk: Desk, contact: int, found: opened.Person | None = None) -> str:
    """GET /contacts/ID; with `found`, who they are, in this answer alone"""
    with desk.write() as connection:
        one = contact_of(connection, contact)
        desk.require(Right.CONTACTS_READ, one.areas)
        case = case_of(connection, one.case)
        reasons = night.reasons(one.reasons)[:50]
        places = places_by_number(connection, (reason.place for reason in reasons))
        tasks = tasks_of(connection, contact)
        persons = [] if case.person is None else [case.person]  # of whom the page says which disease they have
        desk.note(connection, "contact_seen", Purpose.CARE, one.case, person=one.person, persons=persons)
    disease = disease_of(case.disease)
    rule = disease.follow_up(desk.now_ms)
    task = next((task for task in tasks if task.done_ms is None), None)
    return desk.show(
        "authority/contact.html",
        one=one,
        case=case,
        reasons=reasons,
        places=places,
        tasks=tasks,
        task=task,
        outcomes=_SAID.get(task.kind, _CALLED) if task else (),
        found=found,
        definition=disease.definition(desk.now_ms),
        until=ends_ms(rule, one.last_ms) if one.last_ms else None,
        area=area_name,
        at=at,
        works=desk.roles.may(desk.officer, Right.CONTACTS_WORK, one.areas),
        names=desk.roles.may(desk.officer, Right.NAMES_OPEN, one.areas),
        labels=desk.roles.may(desk.officer, Right.TRACE_RUN, case.areas),
        links=desk.roles.may(desk.officer, Right.LINKS_EDIT, case.areas),
        desk_now=desk.now_ms,
        once=once.token(),
    )


def name_page(desk: Desk, contact: int) -> str:
    """POST /contacts/ID/name: one person, opened for this call"""
    with desk.read() as connection:
        one = contact_of(connection, contact)
    desk.require(Right.NAMES_OPEN, one.areas)
    found = opened.open_persons(desk, one.case, [one.person])
    return page(desk, contact, found[one.person])


def outcome_page(desk: Desk, task: int) -> Any:
    """POST /tasks/ID/outcome"""
    said = asked.text("outcome", 16)
    if said not in OUTCOMES:
        raise Refused("bad_outcome")

    def write(connection: Connection) -> str:
        one = task_of(connection, task)
        desk.require(Right.CONTACTS_WORK, one.areas)
        write_outcome(connection, task, desk.officer.account, said, desk.now_ms)
        desk.note(connection, "outcome_written", Purpose.CARE, one.about, person=one.person, outcome=said, task=task)
        return "/tonight?show=mine" if _has_own(connection, desk.officer.account) else "/tonight"

    return post(desk, write, said=f"authority.said.{said}")


def _has_own(connection: Connection, login: str) -> bool:
    sql = "SELECT 1 FROM task WHERE officer = ? AND done_ms IS NULL AND contact IS NOT NULL LIMIT 1"
    return run(connection, sql, (login,)).first() is not None


def take_page(desk: Desk, task: int) -> Any:
    """POST /tasks/ID/take"""

    def write(connection: Connection) -> str:
        one = task_of(connection, task)
        desk.require(Right.CONTACTS_WORK, one.areas)
        take_task(connection, task, desk.officer.account)
        desk.note(connection, "task_taken", Purpose.CARE, one.about, person=one.person, task=task)
        return f"/contacts/{one.contact}" if one.contact else "/tonight"

    return post(desk, write)


def call_back_page(desk: Desk, contact: int) -> Any:
    """POST /contacts/ID/call-back"""

    def write(connection: Connection) -> str:
        one = contact_of(connection, contact)
        desk.require(Right.CONTACTS_WORK, one.areas)
        task = call_back(connection, contact, desk.now_ms)
        desk.note(connection, "call_back_asked", Purpose.CARE, one.case, person=one.person, task=task)
        return f"/contacts/{contact}"

    return post(desk, write, said="authority.said.call_back")


def label_page(desk: Desk, contact: int) -> Any:
    """POST /contacts/ID/label"""
    word = asked.text("label", 4)

    def write(connection: Connection) -> str:
        one = contact_of(connection, contact)
        desk.require(Right.TRACE_RUN, case_of(connection, one.case).areas)
        name = label(connection, contact, word, desk.officer.account, desk.now_ms)
        desk.note(connection, "labelled", Purpose.TRACING, one.case, person=one.person, label=word, definition=name)
        return f"/contacts/{contact}"

    return post(desk, write, said="authority.said.labelled")
