"""The shelf of this process: filled from the database, kept as new as the reader needs, and its files for browsers.

- The number of the newest change is read at most each LOOK_S; what changed is read with OVERLAP numbers before it:
  PostgreSQL may commit two changes in another order than it has numbered them.
- Beside that, SWEPT rows are read again each SWEEP_S, round and round: a place that was renamed, or taken from the map
  without a change of state, or shut for the day, is noticed within (places / SWEPT) seconds.
- One thread looks at a time; the others go on with what is known.
"""

import gc
import gzip
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import Engine

from central.map.files import Files
from central.map.model import STATES, Facility, Shown
from central.map.reading import changed_since, newest_change, page
from central.map.shelf import Shelf
from central.map.words import WORDS
from central.safety.periods import day_of
from central.zoning.names import official

LOOK_S, SWEEP_S = 0.2, 1.0
OVERLAP, SWEPT, LOADED = 64, 1_000, 5_000


class File(NamedTuple):
    """An answer, ready: its tag, its bytes and the same compressed."""

    tag: str
    data: bytes
    zipped: bytes


class Directory:
    """What the map knows, for all threads of a process. `elapsed`: a clock that only goes forward, in seconds."""

    def __init__(
        self, engine: Engine, now_ms: Callable[[], int], elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine, self._now_ms, self._elapsed = engine, now_ms, elapsed
        self.files = Files(elapsed)
        self.boot = secrets.token_hex(4)  # tells readers that versions count anew
        self._lock = threading.RLock()
        self._shelf: Shelf | None = None
        self._change, self._swept = 0, 0
        self._looked_s = self._swept_s = float("-inf")
        self._file: tuple[int, File] = (-1, File("", b"", b""))
        self._provinces: dict[str, tuple[int, File]] = {}

    @contextmanager
    def shelf(self) -> Iterator[Shelf]:
        """The shelf, new by LOOK_S; for the caller alone while it is held."""
        with self._lock:
            yield self._fresh()

    def version(self) -> str:
        """What the whole is called as it stands now."""
        with self.shelf() as shelf:
            return f"{self.boot}-{shelf.version}"

    def snapshot(self) -> File:
        """The file that open maps ask for every two seconds."""
        first = self._file[0] < 0
        old = self._shelf is None or self._file[0] != self._shelf.version  # another's question has found a change
        due = old or self._elapsed() - self._looked_s >= LOOK_S
        if due and self._lock.acquire(blocking=first):
            try:
                shelf = self._fresh()
                if self._file[0] != shelf.version:
                    self._file = (shelf.version, self._packed(f"{shelf.version}", self._told(shelf)))
            finally:
                self._lock.release()
        return self._file[1]

    def province(self, code: str) -> File:
        """A base file: the places of a province that have a point, as they were at the base or later."""
        with self.shelf() as shelf:
            kept = self._provinces.get(code)
            if kept is None or kept[0] != shelf.base:
                held = [one for one in shelf.of_province(code) if one.lat is not None]
                told = {"boot": self.boot, "version": shelf.version, "province": code}
                told["places"] = [described(one, shelf.shown[one.number]) for one in held]
                kept = self._provinces[code] = (shelf.base, self._packed(f"{shelf.version}-{code}", told))
            return kept[1]

    def _told(self, shelf: Shelf) -> dict[str, Any]:
        return {
            "boot": self.boot,
            "version": shelf.version,
            "base": shelf.base,
            "at_ms": self._now_ms(),
            "states": STATES,
            "total": shelf.total(),
            "provinces": {code: row for code, row in sorted(shelf.counts.items()) if any(row)},
            "changed": [one for _, one in changes(shelf)],
        }

    def _packed(self, version: str, told: dict[str, Any]) -> File:
        data = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        return File(f'W/"{self.boot}-{version}"', data, gzip.compress(data, 5, mtime=0))

    def _fresh(self) -> Shelf:
        if self._shelf is None:
            self._shelf = self._load()
            self._looked_s = self._swept_s = self._elapsed()
        elif self._elapsed() - self._looked_s >= LOOK_S:
            self._look(self._shelf)
            self._looked_s = self._elapsed()
        return self._shelf

    def _load(self) -> Shelf:
        shelf, after = Shelf(words_beside, _ward_name), 0
        with self._engine.connect().execution_options(reads_only=True) as connection:
            self._change = newest_change(connection)
            while rows := page(connection, after, LOADED, self._today()):
                for place in rows:
                    shelf.put(place, self._now_ms())
                after = rows[-1].number
                gc.freeze()  # they stay: each later look for circles among them would hold a page up
        shelf.rebase()
        return shelf

    def _look(self, shelf: Shelf) -> None:
        with self._engine.connect().execution_options(reads_only=True) as connection:
            newest = newest_change(connection)
            if newest != self._change:
                listed, gone = changed_since(connection, min(self._change, newest) - OVERLAP, self._today())
                self._put(shelf, listed)
                for number in gone:
                    shelf.remove(number)
                self._change = newest
            if self._elapsed() - self._swept_s >= SWEEP_S:
                self._sweep(shelf, page(connection, self._swept, SWEPT, self._today()))
                self._swept_s = self._elapsed()
        shelf.pass_time(self._now_ms())

    def _sweep(self, shelf: Shelf, rows: list[Facility]) -> None:
        known = max(shelf.places, default=0)
        last = rows[-1].number if len(rows) == SWEPT else max(known, self._swept)
        self._put(shelf, rows)
        for number in set(range(self._swept + 1, last + 1)) - {one.number for one in rows}:
            shelf.remove(number)
        self._swept = last if len(rows) == SWEPT else 0

    def _today(self) -> int:
        return day_of(self._now_ms())

    def _put(self, shelf: Shelf, rows: list[Facility]) -> None:
        for place in rows:
            shelf.put(place, self._now_ms())


def directory(site: Any) -> Directory:
    """The one of the running app."""
    found: Directory = current_app.extensions.setdefault("gatepost_map", Directory(site.engine, site.now_ms))
    return found


def changes(shelf: Shelf, since: int = -1) -> list[tuple[Facility | None, dict[str, Any]]]:
    """What changed after a version, back to the base at most: (the place or None where it is gone, for a browser)."""
    found = list[tuple[Facility | None, dict[str, Any]]]()
    for number, (venue, version) in shelf.changed.items():
        place = shelf.places.get(number)
        if version > since:
            told = {"id": venue, "removed": True} if place is None else described(place, shelf.shown[number])
            found.append((place, told))
    return found


def described(place: Facility, shown: Shown) -> dict[str, Any]:
    """A place for a browser; `shut` stands in it on a day on which it is."""
    told = {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "ward": place.ward,
        "province": place.province,
        "lat": place.lat,
        "lon": place.lon,
        "state": STATES[shown.state],
        "since_ms": shown.since_ms,
    }
    return told | {"shut": True} if place.shut else told


def words_beside(place: Facility) -> tuple[str, ...]:
    """What leads to a place beside its name: ward, province, kind in both languages."""
    kind = WORDS.get(f"map.kind_{place.kind}", (place.kind, ""))
    return (_ward_name(place.ward), _province_name(place.province), *kind)


@cache
def _ward_name(ward: str) -> str:
    return official("ward", ward, "vi") if ward else ""


@cache
def _province_name(province: str) -> str:
    return official("province", province, "vi") if province else ""
