"""The list of 5,000 kiosks, as an officer asks for it: through the whole WSGI app, from the cookie to the last byte.

    python -m tests.bench fleet [--quick]

SQLite; a kiosk each in 5,000 places, every one with its state as a kiosk says it; some are away, ill or behind, a
release is under way. Then it is night: nine in ten are away, quiet hours hold in a hundred wards, and the list is asked
for once more. The bound is held against processor time, which has the database in it; the clock's figures stand beside
it. How many statements a page takes is counted: it is the same for 50 kiosks and for 5,000.
"""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from central.access.accounts import create_account
from central.access.roles import Grant
from central.fleet import rollouts
from central.fleet.caring import set_quiet
from central.fleet.noting import note_state
from central.fleet.rollout_step import DEFAULT_RINGS, Plan
from central.fleet.watching import watch
from central.statements import run as ask
from central.web.app import Site, make_app
from central.web.serve import settle
from tests.bench.tracing import processor_ms
from tests.parts.centre import NOW_MS, Centre, make_centre
from tests.parts.officers import session_of
from wire.release import Release, write_release

KIOSKS, TIMES, BOUND_MS = 5_000, 30, 100.0
OLD, NEW = "2026.11.1", "2026.11.2"
NIGHT_PATHS = ("/fleet", "/fleet?why=quiet", "/fleet?mark=bad", "/fleet/rollouts")
PATHS = (
    "/fleet/kiosk/t-77",
    "/fleet",
    "/fleet?mark=bad",
    "/fleet?place=t-49",
    "/fleet?why=lost&page=3",
    "/fleet/alarms",
    "/fleet/rollouts",
)


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    rows, counted = [], list[int]()
    for count in (50, KIOSKS):
        with tempfile.TemporaryDirectory(prefix="gp-fleet-") as folder:
            centre = make_centre(f"sqlite:///{folder}/central.db", Path(folder))
            began = time.perf_counter()
            fill(centre, count)
            noted = (time.perf_counter() - began) * 1000 / count
            client = _client(centre)
            counted.append(statements_of(centre, client, "/fleet"))
            if count == KIOSKS:
                times = 10 if quick else TIMES
                rows += [_timed(client, path, times) for path in PATHS]
                darken(centre)
                rows += [_timed(client, path, times, ", at night") for path in NIGHT_PATHS]
                rows.append({"name": "fleet: a kiosk's word is kept", "value": noted, "unit": "ms"})
            centre.engine.dispose()
    began = time.process_time()
    sum(number for number in range(1_000_000))
    plain = (time.process_time() - began) * 1000  # how fast this machine is now: beside it the figures can be read
    rows.append({"name": "fleet: a million additions, for comparison", "value": plain, "unit": "ms"})
    same = counted[0] == counted[1]
    row = {"name": "fleet: statements of the list, 50 and 5,000 kiosks", "value": counted[1], "unit": "statements"}
    return [*rows, {**row, "bound": f"= {counted[0]}", "holds": same}]


def fill(centre: Centre, count: int) -> None:
    """So many kiosks, as they come to be: registered, then heard."""
    series = f"WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {count})"
    with centre.engine.begin() as connection:
        ask(
            connection,
            f"{series} INSERT INTO place (number, id, name, kind, ward, province, made_ms) SELECT n, 'v-' || n,"
            " 'Chợ thử ' || n, 'market', '26' || (100 + n % 300), '79', 0 FROM g",
        )
        ask(
            connection,
            f"{series} INSERT INTO device (id, venue, gate, public, kid, state, enrolled_ms, certificate_serial) SELECT"
            " 't-' || n, 'v-' || n, 'g-1', CAST(printf('%032d', n) AS BLOB), CAST(printf('%08d', n) AS BLOB), 'active',"
            f" {NOW_MS} - 9000000000, '0a' FROM g",
        )
        for n in range(1, count + 1):
            note_state(connection, f"t-{n}", _said(n), NOW_MS - 30_000)
            if n % 20 == 0:
                note_state(connection, f"t-{n}", b'{"online": false}', NOW_MS - n * 1000)
        body = Release(NEW, "https://centre.example/r.raucb", 1, bytes(32), "ab" * 32, 0, NEW, 0, frozenset())
        plan = Plan(DEFAULT_RINGS[1:], salt=NEW)
        watch(connection, NOW_MS)
        held = rollouts.propose(connection, "release", "", write_release(body), plan, "one", "", NOW_MS)
        rollouts.begin(connection, centre.ring, held.id, held.hash.hex(), "two", NOW_MS)


def darken(centre: Centre) -> None:
    """Power is off at nine of ten; half of the places are shut by their own hours, others by a rule of their ward."""
    with centre.engine.begin() as connection:
        ask(connection, "UPDATE kiosk_now SET away_ms = ? WHERE device NOT LIKE '%7'", (NOW_MS - 7_200_000,))
        ask(connection, "UPDATE place SET opens_min = 300, closes_min = 1080 WHERE number % 2 = 0")
        for ward in range(26_100, 26_200):
            set_quiet(connection, f"ward-{ward}", "20:00", "04:00", "one", NOW_MS)


def _said(n: int) -> bytes:
    said = {
        "online": True,
        "backlog": n % 7,
        "oldest_ms": NOW_MS - n * 60_000,
        "version": NEW if n % 15 == 0 else OLD,
        "model": "debian-arm64",
        "slot": "a",
        "boots": n % 30,
        "up_s": n * 9,
        "disk_free_mb": 900 - n % 800,
        "disk_wear_pct": n % 90,
        "disk_errors": 0,
        "temp_c": 40 + n % 40,
        "volts_low": n % 400 == 0,
        "clock": "synced",
        "fails": ["camera"] if n % 50 == 0 else [],
        "warns": [],
        "alarms": [],
    }
    return json.dumps(said).encode()


def _client(centre: Centre) -> FlaskClient:
    app = make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: NOW_MS))
    settle()  # as serve does
    with centre.engine.begin() as connection:
        create_account(connection, "ca-truc", "Cán bộ THỬ NGHIỆM", None, [Grant("technician", "all")], NOW_MS)
    return session_of(app, centre.engine, "ca-truc", now_ms=NOW_MS)


def statements_of(centre: Centre, client: FlaskClient, path: str) -> int:
    """How many statements a page takes, its session and its frame among them."""
    client.get(path)
    seen = list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(centre.engine, "before_cursor_execute", note)
    answer = client.get(path)
    event.remove(centre.engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    return len(seen)


def _timed(client: FlaskClient, path: str, times: int, when: str = "") -> dict[str, Any]:
    wall, processor, size = list[float](), list[float](), 0
    for _ in range(times + 1):  # the first one reads the template
        began, spent = time.perf_counter(), processor_ms([])
        answer = client.get(path)
        wall.append((time.perf_counter() - began) * 1000)
        processor.append(processor_ms([]) - spent)
        assert answer.status_code == 200, path
        size = len(answer.data)
    wall, processor = sorted(wall[1:]), sorted(processor[1:])
    at = int(times * 0.95)
    told = f"by the clock: p50 {wall[times // 2]:.1f}, p95 {wall[at]:.1f} ms; {size} B"
    holds = processor[at] <= BOUND_MS
    row = {"name": f"fleet: {path}, {KIOSKS:,} kiosks{when}", "value": processor[at], "unit": "ms p95", "note": told}
    return {**row, "bound": f"<= {BOUND_MS:g}", "holds": holds}
