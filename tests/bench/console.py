"""Every page that an officer can open, over two million stays: 30 times each, p50, p95 and the worst.

    python -m tests.bench console [--quick] [--visits 20000000 --keep FOLDER]

SQLite, with --keep PostgreSQL; 30 days: stays as tests.bench.tracing draws them, a visit for each, 20,000 places with a
kiosk each, 60 running cases traced and proposed by the centre's own functions, and rows by the thousand for everything
else that pages list (tests.bench.console_rows, console_desks). Which addresses: tests.bench.console_paths.
The officer holds every role everywhere; the fleet's pages are asked by a technician of nine provinces, where 5,294 of
the kiosks stand (the goal is for 5,000; roll-outs, which ask every kiosk, are left to tests.bench.fleet), and a
manager's own lists by who runs fifty places. A page is asked through the whole WSGI app, from the cookie to the last
byte; files to be taken away (CSV, DOCX, PDF, pictures) are told, without a bound. The bound is held against processor
time, which has the database in it: what others on this machine take meanwhile is not the page's. The clock's figures
stand beside it.
"""

import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from flask.testing import FlaskClient
from sqlalchemy import event
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
from tests.bench.console_desks import MANAGER, fill_desks
from tests.bench.console_paths import paths
from tests.bench.console_rows import NOW_MS, ROWS, WORLD, put_rows
from tests.bench.tracing import build, large_postgres, processor_ms
from tests.parts.centre import Centre, make_centre, open_existing
from tests.parts.officers import session_of

VISITS, QUICK_VISITS, TIMES, BOUND_MS = 2_000_000, 50_000, 30, 100.0
CASES = 60
LOGIN, TECHNICIAN = "ca-truc", "ky-thuat"
PROVINCES = [f"province-{number:02d}" for number in range(1, 10)]


class Took(NamedTuple):
    """One address: ms of the wall clock, the p95 of processor time, bytes of the answer."""

    path: str
    p50: float
    p95: float
    worst: float
    processor: float
    size: int
    file: bool


def run(quick: bool, visits: int | None = None, keep: Path | None = None) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    count = visits or (QUICK_VISITS if quick else VISITS)
    with tempfile.TemporaryDirectory(prefix="gp-console-") as folder:
        if keep is None:
            return _tried(f"sqlite:///{folder}/central.db", Path(folder), count)
        with large_postgres(keep) as url:
            return _tried(url, keep / "centre", count)


def _tried(url: str, folder: Path, visits: int) -> list[dict[str, Any]]:
    began = time.perf_counter()
    centre = open_existing(url, folder / "keys") if (folder / "keys").exists() else make_centre(url, folder)
    for name, make in (("world", make_world), ("filled", fill), ("desks", fill_desks)):
        if not (folder / name).exists():
            make(centre, visits)
            with centre.engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")
            (folder / name).touch()
    built = time.perf_counter() - began
    found = measure(centre)
    centre.engine.dispose()
    rows = [_row(took) for took in sorted(found, key=lambda one: -one.processor)]
    return [{"name": "console: built", "value": built, "unit": "s"}, *rows]


def _row(took: Took) -> dict[str, Any]:
    told = f"by the clock: p50 {took.p50:.1f}, p95 {took.p95:.1f}, worst {took.worst:.1f} ms; {took.size} B"
    row = {"name": f"console: {took.path}", "value": took.processor, "unit": "ms p95", "note": told}
    return row if took.file else {**row, "bound": f"<= {BOUND_MS:g}", "holds": took.processor <= BOUND_MS}


def measure(centre: Centre) -> list[Took]:
    """All addresses, one after the other."""
    centre.engine.dispose()
    backends: list[int] = []
    if centre.engine.dialect.name == "postgresql":
        event.listen(centre.engine, "connect", lambda driver, _: backends.append(driver.info.backend_pid))
    app = make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: NOW_MS))
    settle()  # as serve does
    logins = (LOGIN, TECHNICIAN, MANAGER)
    clients = {login: session_of(app, centre.engine, login, now_ms=NOW_MS) for login in logins}
    found = []
    rules = [page.rule for page in (*FLEET, *all_pages()) if "GET" in page.methods]
    for rule in (*rules, *(one.rule for one in open_pages() if one.rule in _OPEN)):
        asking = TECHNICIAN if rule.startswith("/fleet") else MANAGER if rule in _OF_MANAGERS else LOGIN
        found += [_timed(clients[asking], path, backends) for path in paths(centre, rule)]
    return found


def _timed(client: FlaskClient, path: str, backends: list[int]) -> Took:
    wall, processor = list[float](), list[float]()
    size, kind = 0, ""
    for _ in range(TIMES + 1):  # the first one reads the template
        began, spent = time.perf_counter(), processor_ms(backends)
        answer = client.get(path)
        wall.append((time.perf_counter() - began) * 1000)
        processor.append(processor_ms(backends) - spent)
        if answer.status_code != 200:
            raise AssertionError(f"{path}: {answer.status_code} {answer.text[:300]}")
        size, kind = len(answer.data), answer.mimetype or ""
        answer.close()
    wall, processor = sorted(wall[1:]), sorted(processor[1:])
    at = int(TIMES * 0.95)
    return Took(path, wall[TIMES // 2], wall[at], wall[-1], processor[at], size, kind not in ("text/html", _JSON))


_JSON = "application/json"
_OPEN = ("/feed", "/feed.json", "/transparency", "/transparency/counts.json", "/transparency/log.json", "/sign-in")
_OF_MANAGERS = ("/venues", "/feedback/mine")  # they list the places of whoever asks, and no office's


def make_world(centre: Centre, visits: int) -> None:
    """Places, kiosks, people, stays and visits."""
    centre.device("t-gate-0")
    build(centre.engine, visits)
    with centre.engine.begin() as connection:
        put_rows(connection, WORLD, visits)


def fill(centre: Centre, visits: int) -> None:
    """Cases, alerts, and whatever else officers work with."""
    with centre.engine.begin() as connection:
        put_rows(connection, ROWS, visits)
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
    mine = [Grant("technician", area) for area in PROVINCES]
    create_account(connection, TECHNICIAN, "Kỹ thuật viên THỬ", None, mine, NOW_MS)
    for number in range(300):
        grants = [Grant("station", f"ward-{number:05d}")]
        create_account(connection, f"ca.{number}", f"Cán bộ THỬ {number}", None, grants, NOW_MS)
