"""The page of the night: who is to be reached, why, by what, who calls whom; and taking a task from it."""

import re
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.authority import asked, night, once, opened
from central.authority.area_names import area_name
from central.authority.areas import rows_within
from central.authority.case_pages import case_times
from central.authority.cases import case_of
from central.authority.clock import elapsed
from central.authority.days import at
from central.authority.posting import post
from central.authority.tasks import Task, take_task, task_of
from central.places.places import places_by_number
from central.statements import run
from central.web.console import Desk
from wire.refusal import Refused

_MOST_NAMES = 50
_CASE = re.compile(r"BN-[0-9]{4}-[0-9]{6}")


class Step(NamedTuple):
    """What comes next for a contact: a mark (shape and colour) and the key of a sentence with its values."""

    mark: str
    key: str
    at_ms: int | None = None


def page(desk: Desk) -> str:
    """GET /tonight"""
    number = asked.whole("page")
    with desk.write() as connection:
        chosen = _chosen(desk, connection)
        rows = night.rows(connection, chosen, desk.now_ms, number)
        by_ward = night.counts_by_ward(connection, chosen, desk.now_ms)
        counts = night.total(by_ward)
        places = places_by_number(connection, (row.reason.place for row in rows if row.reason))
        cases = night.running_cases(connection, chosen)
        narrowed = chosen.case or chosen.ward or chosen.show
        wards = night.wards(connection, chosen) if narrowed else sorted(filter(None, by_ward))
        officers = night.officers(connection, chosen)
        timed = chosen.case if night.sees(connection, chosen) else ""
        spent = _clock(connection, timed or (cases[-1][0] if cases else ""), counts, desk.now_ms)
        persons = {row.person for row in rows}
        desk.note(connection, "tonight_seen", Purpose.CARE, chosen.case, shown=len(rows), persons=persons)
    return desk.show(
        "authority/tonight.html",
        rows=[(row, step(row)) for row in rows],
        counts=counts,
        places=places,
        cases=cases,
        wards=wards,
        area=area_name,
        chosen=chosen,
        show=asked.text("show", 40),
        officers=officers,
        spent=spent,
        at=at,
        number_of_page=number,
        desk_now=desk.now_ms,
        more=len(rows) == night.PAGE,
        works=desk.may(Right.CONTACTS_WORK),
        names=desk.may(Right.NAMES_OPEN),
        once=once.token(),
    )


def _chosen(desk: Desk, connection: Connection) -> night.Filter:
    within, values = rows_within(desk.areas(Right.CONTACTS_READ), "c")
    show = asked.text("show", 40)
    officer = desk.officer.account if show == "mine" else show.partition("by:")[2]
    case = asked.text("case", 16)
    case = case if _CASE.fullmatch(case) else ""  # it goes into the log: nothing that somebody typed about a person
    return night.Filter(within, values, case, asked.text("ward", 8), officer, show)


def _clock(connection: Connection, case: str, counts: night.Counts, now_ms: int) -> tuple[str, int, bool] | None:
    """(case, ms since its result, whether it has stopped): of the chosen case, else of the one that runs longest."""
    if not case:
        return None
    try:
        times = case_times(case_of(connection, case), counts)
    except Refused:
        return None
    return case, elapsed(times, now_ms), times["reached"] is not None


def step(row: night.Row) -> Step:
    """What to do next about a contact."""
    if row.task is not None:
        mark = "late" if row.rank == 0 else ("taken" if row.officer else "due")
        return Step(mark, f"authority.next.{row.kind}", row.due_ms)
    if row.state in ("reached", "declined", "lost"):
        mark = "good" if row.state == "reached" else "off"
        return Step(mark, f"authority.state.{row.state}", row.reached_ms)
    return Step("due", "authority.next.channel") if row.channel else Step("none", "authority.next.none")


def take(desk: Desk) -> Any:
    """POST /tonight/take: the task named by the button; on to its contact."""

    def write(connection: Connection) -> str:
        task = task_of(connection, asked.whole_of("task"))
        desk.require(Right.CONTACTS_WORK, task.areas)
        take_task(connection, task.id, desk.officer.account)
        desk.note(connection, "task_taken", Purpose.CARE, task.about, person=task.person, task=task.id)
        return f"/contacts/{task.contact}" if task.contact else "/tonight"

    return post(desk, write)


def names(desk: Desk) -> str:
    """POST /tonight/names: the officer's own open tasks with names and telephones, to print for this night."""
    with desk.write() as connection:
        tasks = _own_tasks(connection, desk.officer.account)
        for task in tasks:
            desk.require(Right.NAMES_OPEN, task.areas)
        persons = {task.person for task in tasks if task.person is not None}
        desk.note(connection, "own_list_opened", Purpose.CARE, "", tasks=len(tasks), persons=persons)
    found: dict[int, opened.Person] = {}
    for about in sorted({task.about for task in tasks}):
        wanted = [task.person for task in tasks if task.about == about and task.person is not None]
        found.update(opened.open_persons(desk, about, wanted))
    return desk.show("authority/own_list.html", tasks=tasks, found=found, area=area_name, at=at, desk_now=desk.now_ms)


def _own_tasks(connection: Connection, login: str) -> list[Task]:
    sql = (
        "SELECT t.id, t.kind, t.about, t.contact, COALESCE(c.person, t.person), t.station, t.ward, t.province,"
        " t.officer, t.made_ms, t.due_ms, t.tries, t.done_ms, t.outcome FROM task t LEFT JOIN contact c"
        " ON c.id = t.contact JOIN case_file f ON f.id = t.about WHERE t.officer = ? AND t.done_ms IS NULL"
        " AND f.state IN ('suspected', 'confirmed') ORDER BY t.due_ms LIMIT ?"
    )
    return [Task(*row) for row in run(connection, sql, (login, _MOST_NAMES))]
