"""The visitor's page and what stands behind it: check-ins by phones, and what the page weighs.

    python -m tests.bench visitor

One `public` process on SQLite with an ingest beside it; eight phones at a time, each of a network of its own, sign what
they say with keys of their own. A check-in is told to the phone when it is durable.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from central.phones.taking import GROUP, take_handed_in
from central.places.places import Place, describe_place
from credentials.venue_qr import Venue, encode_venue
from kiosk.bench.processes import Child, wait_until
from tests.parts.centre import Centre, make_centre
from tests.parts.ports import hold_port
from tests.parts.public import Pocket

PHONES, AT_ONCE = 400, 8
PER_S, P95_MS, PAGE_KB = 50.0, 250.0, 100.0
PLACE = "v-cho-thu"
# What the first visit of the page loads before anything can be done with it.
SHELL = ("/v/", "/v/style.css", "/v/manifest.webmanifest", "/v/words/vi.json")


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    count = PHONES // 8 if quick else PHONES
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        centre = make_centre(f"sqlite:///{folder}/central.db", Path(folder))
        code = _poster(centre)
        with _public(Path(folder)) as address:
            phones = [Pocket(address, f"198.51.{number >> 8}.{number & 255}") for number in range(count)]
            made_s = _each(phones, Pocket.take_a_pass)
            took: list[float] = []
            checked_s = _each(phones, lambda phone: took.append(_timed(lambda: phone.visit(code, "in"))))
            taken, taken_s = _take(centre)
            mine = sorted(_timed(phone.mine) for phone in phones[:50])
            weight = _weight(address)
            for phone in phones:
                phone.close()
        centre.engine.dispose()
    took.sort()
    p95 = took[len(took) * 95 // 100] * 1000
    return [
        _row("new passes, one process", count / made_s, "/s", PER_S, least=True),
        _row("check-ins by phones, one process", count / checked_s, "/s", PER_S, f"{AT_ONCE} at a time", least=True),
        _row("one check-in, 95 of 100", p95, "ms", P95_MS, f"middle one {took[len(took) // 2] * 1000:.1f} ms"),
        _row(
            "handed-in check-ins taken by ingest",
            taken / taken_s,
            "/s",
            PER_S,
            f"{taken} in turns of {GROUP}",
            least=True,
        ),
        _row("own history, middle one", mine[len(mine) // 2] * 1000, "ms", P95_MS),
        _row("the visitor's page at its first visit, compressed", weight, "kB", PAGE_KB),
    ]


def _poster(centre: Centre) -> str:
    now_ms = time.time_ns() // 1_000_000
    with centre.engine.begin() as connection:
        describe_place(connection, Place(0, PLACE, "Chợ Thử", "market", "26743", "79"), now_ms)
    text = encode_venue(Venue(PLACE, "Chợ Thử", "Cửa A"), centre.ring.signing("venue"), "gatepost.example")
    return text.rpartition("/")[2]


@contextmanager
def _public(folder: Path) -> Iterator[str]:
    port = hold_port()
    store = ["--database", f"sqlite:///{folder}/central.db", "--keys", str(folder / "keys")]
    argv = [sys.executable, "-m", "central", "public", *store, "--listen", f"127.0.0.1:{port}"]
    child = Child("public", argv, folder / "public.log")
    child.start()
    try:
        assert wait_until(child.is_ready, 40), child.log.read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        child.stop()


def _each(phones: Sequence[Pocket], do: Callable[[Pocket], None]) -> float:
    """Seconds until all have done it, AT_ONCE at a time."""
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(do, phone) for phone in phones]:
            done.result()
    return time.monotonic() - began


def _take(centre: Centre) -> tuple[int, float]:
    taken, began = 0, time.monotonic()
    while some := take_handed_in(centre.engine, centre.ingest, time.time_ns() // 1_000_000):
        taken += some
    return taken, time.monotonic() - began


def _weight(address: str) -> float:
    """Bytes on the line of the shell and of whatever it names, in kB."""
    total, seen, waiting = 0, set[str](), list(SHELL)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        with requests.get(address + path, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=20) as answer:
            assert answer.status_code == 200, path
            raw = answer.raw.read(decode_content=False)
        total += len(raw)
        if path == "/v/":
            page = requests.get(address + path, timeout=20).text
            waiting += [name for name in _named(page) if name.startswith("/")]
    return total / 1000


def _named(page: str) -> list[str]:
    parts = [part.split('"', 1)[0] for mark in ('src="', 'href="') for part in page.split(mark)[1:]]
    return [part for part in parts if part.partition("?")[0].endswith((".js", ".css", ".svg", ".webmanifest"))]


def _timed(do: Callable[[], Any]) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began


def _row(name: str, value: float, unit: str, bound: float, note: str = "", *, least: bool = False) -> dict[str, Any]:
    holds = value >= bound if least else value <= bound
    sign = ">=" if least else "<="
    return {"name": name, "value": value, "unit": unit, "bound": f"{sign} {bound:g}", "holds": holds, "note": note}
