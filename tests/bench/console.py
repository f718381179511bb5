"""Every page that an officer can open, over two million stays: 30 times each, p50, p95 and the worst.

    python -m tests.bench console [--quick]

SQLite, 30 days: stays as tests.bench.tracing draws them, a visit for each, 20,000 places with a kiosk each, 60 running
cases traced and proposed by the centre's own functions, and rows by the thousand for everything else that pages list.
The officer holds every role everywhere. A page is asked through the whole WSGI app, from the cookie to the last byte;
files to be taken away (CSV, DOCX) are told, without a bound. The bound is held against processor time, which has the
database in it: what others on this machine take meanwhile is not the page's. The clock's figures stand beside it.
"""

import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from flask.testing import FlaskClient
from sqlalchemy.engine import Connection

from central.access.accounts import create_account
from central.access.audit import Look, note
from central.access.roles import Grant, Purpose, roles
from central.alerts.limits import limits
from central.alerts.proposing import Draft, propose, to_tell
from central.alerts.publishing import send_released
from central.alerts.releasing import release_it
from central.authority.cases import NewCase, case_of, open_case, set_identity, sign_case
from central.authority.tasks import assign_rest
from central.authority.tracing import trace_case
from central.jobs import Bench
from central.statements import run as ask
from central.tracing.model import DAY_MS, HOUR_MS
from central.web.app import Site, make_app
from central.web.console import FLEET, all_pages, open_pages
from central.web.serve import settle
from central.zoning.proposing import Grounds
from tests.bench.tracing import KINDS, WINDOW, build
from tests.parts.centre import Centre, make_centre
from tests.parts.officers import session_of

VISITS, QUICK_VISITS, TIMES, BOUND_MS = 2_000_000, 50_000, 30, 100.0
NOW_MS, TODAY = WINDOW[1], (WINDOW[1] + 7 * HOUR_MS) // DAY_MS
CASES, PLACES = 60, 20_000
LOGIN = "ca-truc"


class Took(NamedTuple):
    """One address: ms of the wall clock, the p95 of processor time, bytes of the answer."""

    path: str
    p50: float
    p95: float
    worst: float
    processor: float
    size: int
    file: bool


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    with tempfile.TemporaryDirectory(prefix="gp-console-") as folder:
        began = time.perf_counter()
        centre = make_centre(f"sqlite:///{folder}/central.db", Path(folder))
        cases = fill(centre, QUICK_VISITS if quick else VISITS)
        built = time.perf_counter() - began
        found = measure(centre, cases)
        centre.engine.dispose()
    rows = [_row(took) for took in sorted(found, key=lambda one: -one.processor)]
    return [{"name": "console: built", "value": built, "unit": "s"}, *rows]


def _row(took: Took) -> dict[str, Any]:
    told = f"by the clock: p50 {took.p50:.1f}, p95 {took.p95:.1f}, worst {took.worst:.1f} ms; {took.size} B"
    row = {"name": f"console: {took.path}", "value": took.processor, "unit": "ms p95", "note": told}
    return row if took.file else {**row, "bound": f"<= {BOUND_MS:g}", "holds": took.processor <= BOUND_MS}


def measure(centre: Centre, cases: list[str]) -> list[Took]:
    """All addresses, one after the other."""
    app = make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: NOW_MS))
    settle()  # as serve does
    client = session_of(app, centre.engine, LOGIN, now_ms=NOW_MS)
    found = []
    rules = [page.rule for page in (*FLEET, *all_pages()) if "GET" in page.methods]
    for rule in (*rules, *(one.rule for one in open_pages() if one.rule in _OPEN)):
        found += [_timed(client, path) for path in paths(centre, rule, cases)]
    return found


def _timed(client: FlaskClient, path: str) -> Took:
    wall, processor = list[float](), list[float]()
    size, kind = 0, ""
    for _ in range(TIMES + 1):  # the first one reads the template
        began, spent = time.perf_counter(), time.process_time()
        answer = client.get(path)
        wall.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - spent) * 1000)
        if answer.status_code != 200:
            raise AssertionError(f"{path}: {answer.status_code} {answer.text[:300]}")
        size, kind = len(answer.data), answer.mimetype or ""
        answer.close()
    wall, processor = sorted(wall[1:]), sorted(processor[1:])
    at = int(TIMES * 0.95)
    return Took(path, wall[TIMES // 2], wall[at], wall[-1], processor[at], size, kind not in ("text/html", _JSON))


_JSON = "application/json"
_OPEN = ("/feed", "/feed.json", "/transparency", "/transparency/counts.json", "/transparency/log.json", "/sign-in")
_ASKED = {
    "/": ("", "?venue=v-00001", "?day=2026-10-15"),
    "/tonight": ("", "?page=5", "?show=late", "?show=none", "?show=mine", "?case={case}"),
    "/cases": ("", "?state=confirmed", "?state=closed"),
    "/declarations": ("", "?show=closed"),
    "/arrivals/vehicle": (f"?vehicle=VN301&gate=v-00001&day={TODAY - 1}",),
    "/requests": ("", "?closed=1", "?page=5"),
    "/audit": ("", "?actor=ca.3", "?about=BN-2026-000007", "?person=77", "?day=2026-10-15"),
    "/audit.csv": ("?actor=ca.3",),
}
_PARTS: dict[str, tuple[str, ...]] = {
    "/alerts/<int:number>": ("SELECT max(id) FROM release", "SELECT min(id) FROM release"),
    "/zones/<int:number>": ("SELECT max(id) FROM zone",),
    "/declarations/<int:number>": ("SELECT max(id) FROM triage WHERE closed_ms IS NULL",),
    "/arrivals/<int:number>": ("SELECT max(id) FROM arrival",),
    "/requests/<name>": ("SELECT max(id) FROM rights_request",),
    "/breaches/<name>": ("SELECT max(id) FROM breach",),
    "/breaches/<name>/notice.<form>": ("SELECT max(id) || '/notice.docx' FROM breach",),
    "/processing/assessment.<form>": ("SELECT 'docx'",),
    "/contacts/<int:contact>": ("SELECT max(id) FROM contact",),
    "/accounts/<login>": ("SELECT 'ca.3'",),
    "/report/file/<kind>": ("SELECT 'csv'", "SELECT 'docx'"),
    "/cases/<case>/contacts.<ending>": ("SELECT max(case_id) || '/contacts.csv' FROM contact",),
    "/cases/<case>/persons/<int:person>": ("SELECT id || '/persons/' || person FROM case_file ORDER BY id LIMIT 1",),
    "/cases/<case>": ("SELECT case_id FROM contact GROUP BY case_id ORDER BY count(*) DESC LIMIT 1",),
    "/retention/certificates/<int:number>": (),  # signed by a run of the job, which destroys what is measured here
    "/retention/certificates/<int:number>/file": (),
    "/rules/<int:number>": ("SELECT max(id) FROM rule_proposal",),
}


def paths(centre: Centre, rule: str, cases: list[str]) -> list[str]:
    """The addresses of a page to ask for. An address with parts that nobody has named here raises KeyError."""
    if "<" in rule:
        found = [centre.one(sql) for sql in _PARTS[rule]]
        return [f"{rule.partition('<')[0]}{part}" for part in found if part is not None]
    return [rule + asked.format(case=cases[0]) for asked in _ASKED.get(rule, ("",))]


def fill(centre: Centre, visits: int) -> list[str]:
    """A centre with everything; the ids of its running cases."""
    centre.device("t-gate-0")
    build(centre.engine, visits)
    with centre.engine.begin() as connection:
        for sql in (*_WORLD, *_ROWS):
            _put(connection, sql, visits)
    cases = []
    for number in range(CASES):
        with centre.engine.begin() as connection:
            cases.append(_case(connection, 1 + number * 7))
    for number, case in enumerate(cases[:40]):
        with centre.engine.begin() as connection:
            if number % 2:
                assign_rest(connection, case, NOW_MS - number * HOUR_MS)
            else:
                _release(connection, case, sent=number % 4 == 0)
    bench = Bench(centre.engine, centre.ring, lambda: NOW_MS)
    while send_released(bench):
        pass
    with centre.engine.begin() as connection:
        _accounts(connection)
        for number in range(5_000):
            about, persons = f"BN-2026-{number % 500:06d}", (number % 900,)
            look = Look(f"ca.{number % 40}", "names_opened", Purpose.CARE, about, "station", persons=persons)
            note(connection, look, NOW_MS - (5_000 - number) * 60_000)
    with centre.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    return cases


def _case(connection: Connection, number: int) -> str:
    ward, province = f"{1 + number % 34:02d}{number % 97:03d}", f"{1 + number % 34:02d}"
    onset, result = NOW_MS - 3 * DAY_MS, NOW_MS - number % 20 * HOUR_MS
    new = NewCase("covid-19", "laboratory", f"XN-{number}", "onset", onset, result, ward, province)
    case = open_case(connection, new, "ca.1", NOW_MS)
    sql = "SELECT pseudonym, person FROM identity WHERE person = ?"
    pseudonym, person = ask(connection, sql, (1_000 + number,)).one()
    set_identity(connection, case_of(connection, case), bytes(pseudonym), person, "ca.1", NOW_MS)
    sign_case(connection, case_of(connection, case), "ca.2", NOW_MS)
    trace_case(connection, case_of(connection, case), "ca.1", NOW_MS)
    return case


def _release(connection: Connection, case: str, *, sent: bool) -> None:
    if ask(connection, "SELECT 1 FROM contact WHERE case_id = ? LIMIT 1", (case,)).first() is None:
        return  # drawn at random: this person met nobody
    draft = Draft(case, "ca.1", frozenset(), b"")
    number = propose(connection, draft, to_tell(connection, case), {}, limits(), NOW_MS)
    if sent:
        release_it(connection, number, "ca.2", limits(), NOW_MS)


def _accounts(connection: Connection) -> None:
    names = roles().names()
    create_account(connection, LOGIN, "Cán bộ THỬ", None, [Grant(role, "all") for role in names], NOW_MS)
    for number in range(300):
        grants = [Grant("station", f"ward-{number:05d}")]
        create_account(connection, f"ca.{number}", f"Cán bộ THỬ {number}", None, grants, NOW_MS)


def _put(connection: Connection, sql: str, visits: int) -> None:
    """One statement of _WORLD or _ROWS: {g:N} is a series of N numbers as g.n."""
    head, _, count = sql.partition("{g:")
    number, _, rest = count.partition("}")
    whole = head + KINDS["sqlite"].series.format(n=number) + rest if count else head
    ask(connection, whole.replace("$persons", str(visits // 10)).replace("$grounds", _GROUNDS.text()))


_COVERS = {name: [3, 60, 1, 20, 900, 20] for name in ("venues_only", "wards", "provinces", "best")}
_FIGURES = {f"{what}_{days}": 3.0 for what in ("cases", "contacts") for days in (3, 7, 14, 21, 28)}
_VENUES = [("v-00001", 3, NOW_MS - DAY_MS, NOW_MS)]
_GROUNDS = Grounds(_FIGURES, {"cases_14": 2}, _VENUES, 900, 20, _COVERS, NOW_MS - DAY_MS, NOW_MS)
_PROVINCE, _WARD = "printf('%02d', 1 + n % 34)", "printf('%02d%03d', 1 + n % 34, n / 34 % 97)"
_VENUE = "printf('v-%05d', 1 + n % 20000)"
_AGO = f"{NOW_MS} - n % 720 * {HOUR_MS}"  # within 30 days
_WORLD = (
    "INSERT INTO place (number, id, name, kind, ward, province, made_ms) SELECT n, printf('v-%05d', n), 'Chợ ' || n,"
    f" CASE n WHEN 1 THEN 'border' ELSE 'market' END, {_WARD}, {_PROVINCE}, 0 FROM {{g:{PLACES}}}",
    "INSERT INTO station (id, name, ward, province, phone) SELECT DISTINCT 't-' || ward, 'Trạm y tế ' || ward, ward,"
    " province, '1900 0000' FROM place",
    "INSERT INTO device (id, venue, gate, public, kid, state, enrolled_ms, certificate_serial) SELECT 't-' || n,"
    f" printf('v-%05d', n), 'g-1', randomblob(32), randomblob(8), 'active', 0, '0a' FROM {{g:{PLACES}}}",
    "INSERT INTO stream (id, device, epoch, n, through_seq, opened_through, rejected, clock_fixes, first_ms, last_ms)"
    f" SELECT n, 't-' || n, randomblob(8), 1, 100, 100, 0, 0, 0, {NOW_MS} - n FROM {{g:{PLACES}}}",
    "INSERT INTO device_state (device, online, backlog, at_ms) SELECT 't-' || n, n % 50 <> 0, n % 3,"
    f" {NOW_MS} - 1000 FROM {{g:{PLACES}}}",
    "INSERT INTO person (id, made_ms) SELECT n, 0 FROM {g:$persons}",
    "INSERT INTO identity (pseudonym, kind, person, first_person) SELECT CAST(printf('%016d', id) AS BLOB), 1, id, id"
    " FROM person",
    "DROP INDEX visit_venue_at",
    "DROP INDEX visit_person_at",
    "INSERT INTO visit (stream, seq, venue, gate, at_ms, offset_ms, clock, boot, direction, signal, identity_kind,"
    " person, companions) SELECT 1 + place, row_number() OVER (), printf('v-%05d', place), 'g-1', in_ms, 0, 0,"
    " x'0011223344556677', 1, 1, 1, CAST(printf('%016d', person) AS BLOB), 0 FROM stay",
    "CREATE INDEX visit_venue_at ON visit (venue, at_ms)",
    "CREATE INDEX visit_person_at ON visit (person, at_ms)",
)
_ROWS = (
    "INSERT INTO case_file (id, disease, state, evidence, reference, rule, from_ms, to_ms, ward, province, opened_by,"
    " opened_ms, signed_by, signed_ms, closed_ms, result_ms, person, onset_ms) SELECT printf('BN-2025-%06d', n),"
    f" 'covid-19', 'closed', 'laboratory', 'XN', 'r', {_AGO}, {_AGO} + {DAY_MS}, {_WARD}, {_PROVINCE}, 'ca.1', {_AGO},"
    f" 'ca.2', {_AGO}, {_AGO}, {_AGO}, n, {_AGO} FROM {{g:2000}}",
    "INSERT INTO declared (stream, seq, venue, kind, at_ms, day, person, identity_kind, outcome, reasons,"
    f" topic, triaged) SELECT 1, 1000000 + n, {_VENUE}, CASE n % 20 WHEN 0 THEN 4 WHEN 1 THEN 5 ELSE 2 END, {_AGO},"
    f" ({_AGO} + {7 * HOUR_MS}) / {DAY_MS}, CAST(printf('%016d', 1 + n % 5000) AS BLOB), 1, 1 + n % 3, '[4]', '', 1"
    " FROM {g:200000}",
    "INSERT INTO triage (kind, stream, seq, day, person, venue, ward, province, rank, why, rules, station, made_ms,"
    f" due_ms, calls, closed_ms, outcome, officer) SELECT 'declaration', 1, 1000000 + n, {TODAY} - n % 30,"
    f" 1 + n % 5000, {_VENUE}, {_WARD}, {_PROVINCE}, 1 + n % 9, '[\"symptoms\"]', 'triage|1', '',"
    f" {_AGO}, {_AGO} + {DAY_MS}, 0,"
    f" CASE n % 2 WHEN 0 THEN {_AGO} END, CASE n % 2 WHEN 0 THEN 'well' END, CASE n % 2 WHEN 0 THEN 'ca.3' END"
    " FROM {g:10000}",
    "INSERT INTO arrival (stream, seq, person, passport, venue, ward, province, carrier, vehicle, seat, day,"
    " quarantine, stay_ward, stay_province, rule, release_day, made_ms, made_by) SELECT 1, 1000000 + n, 1 + n % 5000,"
    f" randomblob(16), 'v-00001', '02000', '02', 'plane', 'VN' || (300 + n % 7), (1 + n / 6 % 40)"
    f" || substr('ABCDEF', 1 + n % 6, 1), {TODAY} - n % 20, 'elective', {_WARD}, {_PROVINCE},"
    f" 'arrivals|1', {TODAY} + 7, {_AGO}, 'ca.3' FROM {{g:8000}}",
    "INSERT INTO warning (series, area, ward, province, day, people, expected_tenths, limit_tenths, rule, made_ms)"
    f" SELECT 'asked', 'ward-' || {_WARD} || '-' || n, {_WARD}, {_PROVINCE}, {TODAY} - n % 30, 9, 20, 60,"
    f" 'baseline|1', {_AGO} FROM {{g:3000}}",
    "INSERT INTO symptom_count (province, day, symptoms, people) SELECT"
    f" {_PROVINCE}, {TODAY} - n / 34, 'fever_cough', 3 FROM {{g:1020}} WHERE 1 ON CONFLICT DO NOTHING",
    "INSERT INTO zone (area, ward, province, level, from_ms, to_ms, rule, reasons, words, proposed_by, proposed_ms)"
    f" SELECT 'ward-' || {_WARD}, {_WARD}, {_PROVINCE}, CASE n % 3 WHEN 0 THEN 'yellow' WHEN 1"
    f" THEN 'orange' ELSE 'red' END, {_AGO}, {_AGO} + {14 * DAY_MS}, 'area-levels|1', '$grounds', '',"
    f" 'job:zones', {_AGO} FROM {{g:3000}}",
    "INSERT INTO zone_event (zone, proposed_by, at_ms, what, actor, words) SELECT id, proposed_by, proposed_ms,"
    " 'decided', 'ca.2', '' FROM zone WHERE id % 2 = 0",
    "INSERT INTO rights_request (id, kind, channel, language, processors, asked_ms, opened_by, answer_due_ms, due_ms,"
    " extended_why, identified_how, closed_ms, closed_by, outcome, reason) SELECT printf('R-2026-%06d', n), 'access',"
    f" 'desk', 'vi', 0, {_AGO}, 'ca.4', {_AGO} + {2 * DAY_MS}, {_AGO} + {15 * DAY_MS}, '', '', CASE n % 2 WHEN 0 THEN"
    f" {_AGO} END, CASE n % 2 WHEN 0 THEN 'ca.4' END, CASE n % 2 WHEN 0 THEN 'granted' END, '' FROM {{g:4000}}",
    "INSERT INTO breach (id, drill, found_ms, found_by, kind, what, people) SELECT printf('S-2026-%04d', n), 1,"
    f" {_AGO}, 'ca.4', 'lost_device', 'Diễn tập', 0 FROM {{g:200}}",
    "INSERT INTO flag (kind, person, place, other_place, at_ms, gap_ms, found_ms) SELECT 'two_places', 1 + n % 5000,"
    f" 1 + n, 2 + n, {_AGO}, 60000, {_AGO} FROM {{g:5000}}",
    "INSERT INTO public_notice (case_id, place, from_ms, to_ms, why, order_id, visitors, unreached, proposed_by,"
    " proposed_ms, released_by, released_ms, ends_ms) SELECT printf('BN-2025-%06d', n), n,"
    f" {_AGO}, {_AGO} + {HOUR_MS}, 'unreached', '', 80, 9, 'ca.1', {_AGO}, 'ca.2', {_AGO}, {NOW_MS} + {DAY_MS}"
    " FROM {g:300}",
    "INSERT INTO day_count (day, place, ins, outs, asked, stays, ended) SELECT"
    f" {TODAY} - n / {PLACES}, 1 + n % {PLACES}, 30, 28, 2, 30, 27 FROM {{g:600000}}",
    "INSERT INTO ward_day (day, province, ward, places, live, kiosks, kiosks_up, ins, outs, asked, stays, ended, due,"
    " done, triaged, closed, checks, checks_late, feedback, feedback_open, alerts, reached, minutes) SELECT"
    f" {TODAY} - n / 3298, {_PROVINCE}, {_WARD}, 6, 5, 6, 6, 90, 80, 3, 90, 80, 9, 8, 2, 1, 1, 0, 1, 0, 3, 2, 90"
    " FROM {g:98940} WHERE 1 ON CONFLICT DO NOTHING",
    f"INSERT INTO report_day (day, made_ms, dirty) SELECT {TODAY} - n + 1, {NOW_MS}, 0 FROM {{g:30}}",
    "INSERT INTO difficulty (venue, ward, province, topic, words, raised_by, raised_ms, day) SELECT"
    f" {_VENUE}, {_WARD}, {_PROVINCE}, 'kiosk', 'Màn hình tối', 'ca.5', {_AGO}, {TODAY} - n % 30 FROM {{g:3000}}",
)
