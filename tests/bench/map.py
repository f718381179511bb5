"""The public map: its short way to the snapshot under a thousand open readers, and the search over 100,000 places.

    python -m tests.bench map [--quick]

- Readers: connections over loopback to the public pages in a process of their own, each asking for the snapshot with
  its last tag every two seconds, while one place a second changes its state through the centre's own function.
- The search: what people type, one letter to five words, with filters; the whole list as HTML through WSGI.
The bound of the search is held against processor time; the clock's figures stand beside it.
"""

import http.client
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from central.map.quick import PATH
from central.safety.states import Cause, State, put_state
from central.web.app import Site
from central.web.public import make_public_app
from central.web.serve import serve, settle
from forms.geography import MERGED
from tests.bench.map_readers import Crowd
from tests.integration.central.map.world import fill
from tests.parts.centre import NOW_MS, Centre, make_centre, open_existing

PLACES, QUICK_PLACES, READERS, QUICK_READERS = 100_000, 5_000, 1_000, 200
EVERY_S, LATEST_S, SEARCH_MS, LEAST = 2.0, 3.0, 50.0, 500
TYPED = (
    *("c", "cho", "cho dong", "truong tieu hoc", "phuong an khe", "12345", "benh vien da nang", "t&state=unsafe"),
    *("nha may&kind=factory&state=at_risk", "khongcogica", "ví dụ hà nội 5"),
)
TIMES = 20


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    places, readers = (QUICK_PLACES, QUICK_READERS) if quick else (PLACES, READERS)
    with tempfile.TemporaryDirectory(prefix="gp-map-") as name:
        folder = Path(name)
        centre = make_centre(f"sqlite:///{folder}/central.db", folder)
        with centre.engine.begin() as connection:
            fill(connection, places, tuple(MERGED))
        rows = _searched(centre, places)
        centre.engine.dispose()
        rows += _read(folder, readers, 10.0 if quick else 30.0)
        rows += _fastest(folder, 3.0 if quick else 10.0)
    return rows


def _searched(centre: Centre, places: int) -> list[dict[str, Any]]:
    app = make_public_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: NOW_MS))
    client = app.test_client()
    began = time.process_time()
    client.get(PATH)
    loaded = time.process_time() - began
    client.get("/map/list?q=a")
    settle()  # as serve does
    found = []
    for typed in TYPED:
        spent, waited = list[float](), list[float]()
        for _ in range(TIMES):
            at, wall = time.process_time(), time.perf_counter()
            assert client.get(f"/map/list?q={typed}").status_code == 200
            spent.append((time.process_time() - at) * 1000)
            waited.append((time.perf_counter() - wall) * 1000)
        found.append((sorted(spent)[-2], sorted(waited)[-2], typed))
    worst, clock, slowest = max(found)
    return [
        {"name": f"map: {places:,} places read into memory", "value": loaded, "unit": "s processor"},
        {
            "name": f"map: search among {places:,} places, the slowest of {len(TYPED)} questions, p95",
            "value": worst,
            "unit": "ms",
            "bound": f"<= {SEARCH_MS:g}",
            "holds": worst <= SEARCH_MS,
            "note": f"{slowest!r}; the whole list as HTML; {clock:.1f} ms by the clock",
        },
    ]


def _served(folder: Path, pipe: Pipe) -> None:
    """A process of its own: the public pages, and one change a second from the first word on until the second."""
    centre = open_existing(f"sqlite:///{folder}/central.db", folder / "keys")
    app = make_public_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: NOW_MS))
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.wait(1.0):
            number += 1
            with centre.engine.begin() as connection:
                put_state(connection, number, State.AT_RISK, Cause.FEEDBACK, NOW_MS)
            pipe.send(time.monotonic())

    serving = threading.Thread(target=serve, args=(app, "127.0.0.1", 0, stop, pipe.send), daemon=True)
    serving.start()
    pipe.recv()
    threading.Thread(target=change, daemon=True).start()
    pipe.recv()
    stop.set()
    serving.join(10)


@contextmanager
def _running(folder: Path) -> Iterator[tuple[Pipe, int]]:
    """(the way to the serving process, its port); the places are read already."""
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    child = context.Process(target=_served, args=(folder, far), daemon=True)
    child.start()
    port = int(near.recv())
    first = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    first.request("GET", PATH)
    first.getresponse().read()
    first.close()
    try:
        yield near, port
    finally:
        near.send("stop")
        child.join(20)


def _read(folder: Path, readers: int, seconds: float) -> list[dict[str, Any]]:
    with _running(folder) as (pipe, port):
        crowd = Crowd(port, readers, EVERY_S)
        crowd.ask(3 * EVERY_S)  # everybody has a tag
        crowd.forget()
        pipe.send("go")
        crowd.ask(seconds)
        commits = list[float]()
        while pipe.poll():
            commits.append(pipe.recv())
        crowd.leave()
    behind = sorted(crowd.behind(commits))
    asked = sum(crowd.statuses.values()) / seconds
    least = 0.95 * readers / EVERY_S
    late = behind[int(len(behind) * 0.99)]
    told = f"by status {dict(crowd.statuses)}; {crowd.refused} refused; the last snapshot {crowd.size} B"
    return [
        {
            "name": f"map: questions of {readers:,} open maps beside one change a second",
            "value": asked,
            "unit": "a second",
            "bound": f">= {least:g}",
            "holds": asked >= least and set(crowd.statuses) <= {200, 304} and not crowd.refused,
            "note": told,
        },
        {
            "name": f"map: from a change's commit to an open map, p99 of {len(behind):,}",
            "value": late,
            "unit": "s",
            "bound": f"<= {LATEST_S:g}",
            "holds": late <= LATEST_S,
            "note": f"median {behind[len(behind) // 2]:.2f} s, worst {behind[-1]:.2f} s",
        },
    ]


def _fastest(folder: Path, seconds: float) -> list[dict[str, Any]]:
    with _running(folder) as (pipe, port):
        crowd = Crowd(port, 32, 0.0)
        pipe.send("go")
        crowd.ask(seconds)
        asked = sum(crowd.statuses.values()) / seconds
        crowd.leave()
    return [
        {
            "name": "map: conditional questions, as many as there can be, beside one change a second",
            "value": asked,
            "unit": "a second",
            "bound": f">= {LEAST}",
            "holds": asked >= LEAST,
            "note": f"32 connections that do not wait; by status {dict(crowd.statuses)}",
        }
    ]
