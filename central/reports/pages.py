"""The officers' pages of central.reports. Nobody is on them: places, machines, numbers of people of five and more."""

import re
from datetime import date
from typing import Any, NamedTuple

from flask import Response, abort, g, request

from central.access.roles import Purpose, Right
from central.desks.pictures import day_bars
from central.desks.said import day_of
from central.places.places import place_of
from central.reports import difficulties as asked
from central.reports.files import WRITERS, file_of
from central.reports.letter import Letter, day_of_number, number_of_day
from central.reports.model import COLUMNS, LEAST
from central.reports.reading import TREND_DAYS, place_lines, provinces, read_report, trend, wards
from central.web.console import Desk, Page
from central.zoning.names import official, province_of

_CODE = re.compile(r"[0-9]{1,8}")
_TABLE = (  # heading, (keys of a cell)
    ("col_live", ("live", "places")),
    ("col_up", ("kiosks_up", "kiosks")),
    ("col_ins", ("ins",)),
    ("col_asked", ("asked",)),
    ("col_share", ("share",)),
    ("col_done", ("done", "due")),
    ("col_checks_late", ("checks_late",)),
    ("col_feedback_open", ("feedback_open",)),
    ("col_alerts", ("alerts",)),
    ("col_reached", ("reached",)),
    ("col_minutes", ("minutes",)),
)
_KEYS = [column.key for column in COLUMNS]


class Chosen(NamedTuple):
    """What the reader asked for."""

    day: int
    province: str
    ward: str


def report_page(desk: Desk) -> str:
    """The report of a day."""
    chosen = _chosen(desk)
    with desk.read() as connection:
        report = read_report(connection, *chosen, g.language)
        days = trend(connection, *chosen)
        held = _provinces(desk, provinces(connection))
        of_province = wards(connection, chosen.province) if chosen.province else []
    reach = f"province-{chosen.province}"
    mine = [ward for ward in of_province if desk.may(Right.REPORT_READ, {reach, f"ward-{ward}"})]
    rows = [
        (row.name, dict(zip(_KEYS, cells, strict=True))) for row, cells in zip(report.rows, report.cells, strict=True)
    ]
    return desk.show(
        "reports/report.html",
        report=report,
        chosen=chosen,
        day=day_of_number(chosen.day),
        today=day_of_number(day_of(desk.now_ms)),
        near=[day_of_number(chosen.day + step) for step in (-1, 1)],
        first=day_of_number(days[0][0]),
        table=_TABLE,
        rows=rows,
        total=dict(zip(_KEYS, report.total, strict=True)),
        bars=day_bars([n for _, n in days], LEAST),
        trend_days=TREND_DAYS,
        provinces=[(code, official("province", code, g.language)) for code in held],
        wards=[(code, official("ward", code, g.language)) for code in mine],
        country=desk.may(Right.REPORT_READ, {"all"}),
        all_wards=desk.may(Right.REPORT_READ, {reach}),
        kinds=tuple(WRITERS),
        written=_written,
    )


def file_view(desk: Desk, kind: str) -> Response:
    """The same as an annex."""
    if kind not in WRITERS:
        abort(404)
    chosen = _chosen(desk)
    with desk.read() as connection:
        _, made = file_of(connection, kind, chosen, Letter(), desk.now_ms)
    about = f"ward-{chosen.ward}" if chosen.ward else f"province-{chosen.province}" if chosen.province else "all"
    with desk.write() as connection:
        desk.note(connection, "report_exported", Purpose.OVERSIGHT, about, kind=kind, day=chosen.day)
    name = f"gatepost-{day_of_number(chosen.day).isoformat()}-{chosen.ward or chosen.province or 'vn'}.{kind}"
    answer = Response(made, content_type=WRITERS[kind][1])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def difficulties_page(desk: Desk) -> str:
    """What places find difficult in the officer's areas; those without an answer first."""
    with desk.read() as connection:
        found = asked.newest(connection, desk.areas(Right.REPORT_READ))
        where = place_lines(connection, found, g.language)
    return desk.show("reports/difficulties.html", found=found, where=where, topics=asked.TOPICS)


def answer_view(desk: Desk, number: int) -> Any:
    """POST: the answer."""
    with desk.write() as connection:
        one = asked.difficulty_of(connection, number)
        desk.require(Right.REPORT_READ, one.areas - {"all"})
        asked.answer_difficulty(connection, number, request.form.get("words", ""), desk.officer.account, desk.now_ms)
        desk.note(connection, "difficulty_answered", Purpose.OVERSIGHT, f"K-{number}")
    return desk.go("/difficulties", "reports.answer_said")


def raise_view(desk: Desk) -> Any:
    """POST: an officer raises one for a place."""
    _raise(desk, Right.REPORT_READ, Purpose.OVERSIGHT)
    return desk.go("/difficulties", "reports.raised_said")


def mine_page(desk: Desk) -> Any:
    """A place's own: GET what was raised and answered, POST one more."""
    if request.method == "POST":
        _raise(desk, Right.COUNTS_READ, Purpose.UPKEEP)
        return desk.go("/difficulties/mine", "reports.raised_said")
    areas = desk.areas(Right.COUNTS_READ)
    with desk.read() as connection:
        found = asked.newest(connection, areas)
        where = place_lines(connection, found, g.language)
    venues = sorted(area[6:] for area in areas if area.startswith("venue-"))
    return desk.show(
        "reports/mine.html",
        found=found,
        where=where,
        topics=asked.TOPICS,
        venues=venues,
        typed=any(not area.startswith("venue-") for area in areas),
    )


def _raise(desk: Desk, right: Right, purpose: Purpose) -> None:
    venue, topic = request.form.get("venue", "").strip(), request.form.get("topic", "")
    with desk.write() as connection:
        desk.require(right, place_of(connection, venue).areas - {"all"})
        words = request.form.get("words", "")
        number = asked.raise_difficulty(connection, venue, topic, words, desk.officer.account, desk.now_ms)
        desk.note(connection, "difficulty_raised", purpose, f"K-{number}", topic=topic)


def _chosen(desk: Desk) -> Chosen:
    """The day and area that were asked for, within what the officer may see; 403 for another area."""
    province, ward = (_code(name) for name in ("province", "ward"))
    areas = desk.areas(Right.REPORT_READ)
    if not province and "all" not in areas:
        held = sorted(area for area in areas if area.startswith(("province-", "ward-")))
        kind, _, code = held[0].partition("-") if held else ("", "", "")
        province, ward = (code, "") if kind == "province" else (province_of(code), code)
    if ward and province_of(ward) not in ("", province):
        ward = ""  # another province was chosen beside it
    named = (("province", province), ("ward", ward))
    desk.require(Right.REPORT_READ, {f"{kind}-{code}" for kind, code in named if code} or {"all"})
    today = day_of(desk.now_ms)
    try:
        day = number_of_day(date.fromisoformat(request.args.get("day", "")))
    except ValueError:
        day = today
    return Chosen(min(day, today), province, ward if province else "")


def _code(name: str) -> str:
    code = request.args.get(name, "")
    return code if _CODE.fullmatch(code) else ""


def _provinces(desk: Desk, found: list[str]) -> list[str]:
    return [code for code in found if desk.may(Right.REPORT_READ, {f"province-{code}"})]


def _written(cell: str) -> str:
    """A cell in the reader's language."""
    return cell if g.language == "vi" else cell.replace(".", ",").replace(" %", "%")


PAGES: tuple[Page, ...] = (
    Page("/report", "reports_report", report_page, Right.REPORT_READ, menu="reports.menu"),
    Page("/report/file/<kind>", "reports_file", file_view, Right.REPORT_READ),
    Page(
        "/difficulties", "reports_difficulties", difficulties_page, Right.REPORT_READ, menu="reports.menu_difficulties"
    ),
    Page("/difficulties/<int:number>/answer", "reports_answer", answer_view, Right.REPORT_READ, ("POST",)),
    Page("/difficulties/raise", "reports_raise", raise_view, Right.REPORT_READ, ("POST",)),
    Page("/difficulties/mine", "reports_mine", mine_page, Right.COUNTS_READ, ("GET", "POST"), menu="reports.menu_mine"),
)
