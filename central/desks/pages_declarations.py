"""The declaration desk's pages: the queue, one item, and what an officer does with it. Three clicks close an item."""

from typing import Any

from flask import g, request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.desks import desk as items
from central.desks.answers import call_lines, sections
from central.desks.desk import OUTCOMES, PAGE, Waiting
from central.desks.symptoms import count_symptoms
from central.library import read_library
from central.statements import run
from central.vault.port import OpenedRecord
from central.web.console import Desk
from central.zoning.names import venue_names
from wire.refusal import Refused

_DAY_MS = 86_400_000
SHOWS = ("queue", "mine", "closed")


def queue_page(desk: Desk) -> str:
    """The queue, what this officer has taken, or what was closed in the last days."""
    show = request.args.get("show", "queue")
    show = show if show in SHOWS else "queue"
    start = request.args.get("from", "0")
    after = int(start) if start.isdecimal() and len(start) < 6 else 0
    areas, now_ms = desk.areas(Right.DECLARATIONS_WORK), desk.now_ms
    with desk.write() as connection:
        if show == "closed":
            shown = items.closed(connection, areas, now_ms - 7 * _DAY_MS)
        else:
            mine = desk.officer.account if show == "mine" else ""
            shown = items.queue(connection, areas, mine, after)
        persons = {item.person for item in shown if item.person is not None}
        desk.note(connection, "declarations_listed", Purpose.DECLARATION, "", items=len(shown), persons=persons)
        counts = items.counts(connection, areas, now_ms)
        names = venue_names(connection, [item.venue for item in shown])
    return desk.show(
        "desks/declarations.html",
        items=shown,
        counts=counts,
        show=show,
        shows=SHOWS,
        names=names,
        now_ms=now_ms,
        older=after + PAGE if len(shown) == PAGE and show != "closed" else None,
    )


def item_page(desk: Desk, number: int) -> str:
    """One item without its answers: why it is here, and the button that opens them."""
    with desk.write() as connection:
        item = _required(desk, connection, number)
        desk.note(connection, "declaration_shown", Purpose.DECLARATION, item.about, person=item.person)
        return _show(desk, connection, item, None)


def open_view(desk: Desk, number: int) -> str:
    """POST: the opener gives the answers; the officer has the item from now on."""
    with desk.write() as connection:
        item = _required(desk, connection, number)
        if item.closed_ms is None:
            items.take(connection, item, desk.officer.account)
        desk.note(connection, "declaration_opened", Purpose.DECLARATION, item.about, person=item.person)
    opened = open_one(desk, item)
    with desk.write() as connection:
        signs = [str(value) for value in opened.answers.get("symptoms", ())]
        count_symptoms(connection, item.record, item.province, signs)
        return _show(desk, connection, items.item_of(connection, number), opened)


def act_view(desk: Desk, number: int, what: str) -> Any:
    """POST: call (nobody answered), assign or close."""
    officer, now_ms = desk.officer.account, desk.now_ms
    with desk.write() as connection:
        item = _required(desk, connection, number)
        if what == "call":
            items.no_answer(connection, item, officer, now_ms)
        elif what == "assign":
            items.assign(connection, item, request.form.get("station", ""), officer, now_ms)
        elif what == "close":
            items.close(connection, item, officer, request.form.get("outcome", ""), now_ms)
        else:
            raise Refused("bad_outcome", what[:16])
        said = request.form.get("outcome", "") if what == "close" else ""
        desk.note(connection, f"declaration_{what}", Purpose.DECLARATION, item.about, person=item.person, outcome=said)
    return desk.go("/declarations", f"desks.{what}_said")


def purpose_of(desk: Desk) -> Purpose:
    """For what this officer may open a declaration."""
    held = desk.roles.purposes(desk.officer, Right.NAMES_OPEN)
    return Purpose.DECLARATION if Purpose.DECLARATION in held else Purpose.BORDER_HEALTH


def open_one(desk: Desk, item: Waiting) -> OpenedRecord:
    """The record in clear. Raises Refused: cannot_open where it was destroyed, and what the opener refuses."""
    found = desk.vault.open(desk.asking(purpose_of(desk), item.about), [item.record])
    if not found:
        raise Refused("cannot_open", item.about)
    return found[0]


def said_answers(desk: Desk, connection: Connection, opened: OpenedRecord | None) -> dict[str, Any]:
    """What a template shows of an opened record; a form that nobody has any more is shown by its plain answers."""
    if opened is None:
        return {"opened": None, "sections": [], "calls": []}
    try:
        form = read_library(connection, desk.site.ring.root()).form(str(opened.fields.get("form", "")))
    except Refused:
        plain = [(name, "; ".join(map(str, values))) for name, values in opened.answers.items()]
        return {"opened": opened, "sections": [], "calls": [], "plain": plain}
    shown = {
        "sections": sections(form, opened.answers, g.language),
        "calls": call_lines(form, opened.answers, g.language),
    }
    return {"opened": opened, "title": form.title.in_(g.language), **shown}


def _required(desk: Desk, connection: Connection, number: int) -> Waiting:
    item = items.item_of(connection, number)
    desk.require(Right.DECLARATIONS_WORK, item.areas)
    return item


def _show(desk: Desk, connection: Connection, item: Waiting, opened: OpenedRecord | None) -> str:
    sql = "SELECT id, name FROM station WHERE province = ? OR province = '' ORDER BY ward <> ?, name LIMIT 200"
    stations = run(connection, sql, (item.province, item.ward)).all()
    return desk.show(
        "desks/declaration.html",
        item=item,
        names=venue_names(connection, [item.venue]),
        stations=stations,
        station=next((name for number, name in stations if number == item.station), item.station),
        outcomes=list(OUTCOMES),
        now_ms=desk.now_ms,
        **said_answers(desk, connection, opened),
    )
