"""The live view of signed-in staff: each change of a place in their areas, as it happens.

- Server-sent events (WHATWG HTML, section 9.2), STREAMS at a time in this process at most. Each ends after LIFE_S, so
  that a session that is over loses its stream too. Whoever finds none free asks the same address for JSON.
- A state stands on the public map. An officer without a right over places sees the changes of the whole country.
"""

import json
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from flask import Response, current_app, jsonify, request

from central.access.roles import Right, areas_of_place
from central.map.directory import Directory, changes, directory
from central.map.model import Facility
from central.statements import run
from central.web.built import FOLDER, built_url
from central.web.console import Desk

STREAMS, LIFE_S, LOOK_S, BEAT_S = 16, 300.0, 0.5, 15.0
RIGHTS = (Right.COUNTS_READ, Right.INSPECTIONS_WORK, Right.PLACES_CONFIRM)
_SHOWN, _READ = 40, 1_000
_LATEST = (
    "SELECT p.id, p.name, p.ward, p.province, e.state, e.at_ms FROM facility_event e JOIN place p ON p.number = e.place"
    " WHERE p.listed_ms IS NOT NULL AND p.closed_ms IS NULL ORDER BY e.id DESC LIMIT ?"
)


class Change(NamedTuple):
    """A place's state at the time that it changed."""

    id: str
    name: str
    ward: str
    province: str
    state: str
    at_ms: int


def page(desk: Desk) -> str:
    """GET /map/live: the latest changes; the script adds what comes."""
    within = _areas(desk)
    with desk.read() as connection:
        latest = [Change(*row) for row in run(connection, _LATEST, (_READ,)).all()]
    mine = [one for one in latest if _lies(within, one)][:_SHOWN]
    with directory(desk.site).shelf() as shelf:
        total = shelf.total()
    script = built_url("map-live.js") if (FOLDER / "map-live.js").is_file() else ""
    return desk.show("map/live.html", latest=mine, total=total, script=script)


def events(desk: Desk) -> Response:
    """GET /map/live/events: a stream for an EventSource; for all others what changed after `?since=`, at once."""
    kept, within = directory(desk.site), _areas(desk)
    if "text/event-stream" not in request.headers.get("Accept", ""):
        said = request.args.get("since", "")
        version, told = _since(kept, within, int(said) if said.isdecimal() and len(said) < 16 else -1)
        return jsonify(version=version, changed=told)
    taken = _taken()
    if not taken.acquire(blocking=False):
        return Response(status=503, headers={"Retry-After": "60"})
    answer = Response(_stream(kept, within), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would hold the lines back
    answer.call_on_close(partial(_release, taken, [True]))
    return answer


def _stream(kept: Directory, within: frozenset[str]) -> Iterator[bytes]:
    version, _ = _since(kept, within, -1)
    began = beat = time.monotonic()
    pause = threading.Event()
    yield b"retry: 2000\n\n"
    while time.monotonic() - began < LIFE_S:
        pause.wait(LOOK_S)
        version, told = _since(kept, within, version)
        if told:
            yield b"".join(f"data: {json.dumps(one, ensure_ascii=False)}\n\n".encode() for one in told)
        elif time.monotonic() - beat > BEAT_S:
            yield b": still here\n\n"  # a reader who has gone is noticed by writing to them
        else:
            continue
        beat = time.monotonic()


def _since(kept: Directory, within: frozenset[str], version: int) -> tuple[int, list[dict[str, Any]]]:
    with kept.shelf() as shelf:
        return shelf.version, [told for place, told in changes(shelf, version) if place is None or _lies(within, place)]


def _taken() -> threading.BoundedSemaphore:
    """The streams of the running app."""
    found: threading.BoundedSemaphore = current_app.extensions.setdefault(
        "gatepost_map_streams", threading.BoundedSemaphore(STREAMS)
    )
    return found


def _release(taken: threading.BoundedSemaphore, held: list[bool]) -> None:
    """Once, however often an answer is closed."""
    if held and held.pop():
        taken.release()


def _areas(desk: Desk) -> frozenset[str]:
    found = frozenset(area for right in RIGHTS for area in desk.areas(right))
    return found or frozenset({"all"})


def _lies(within: frozenset[str], place: Facility | Change) -> bool:
    return bool(within & areas_of_place(place.id, place.ward, place.province))
