"""python -m kiosk purge: the retention job, run daily by its timer. Prints what it destroyed as one line of JSON."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from kiosk.chosen import open_clock
from kiosk.commands.settings_file import add_settings_arguments, read_settings_file
from store.db import StoreError, open_store
from store.retention import Limits, purge, purge_sightings
from store.sightings import FILE, open_sightings
from wire.envelope import ClockQuality


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 done (or skipped, with the reason), 1 a database could not be opened, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m kiosk purge")
    add_settings_arguments(parser)
    arguments = parser.parse_args(argv)
    settings = read_settings_file(arguments, stderr)
    if settings is None:
        return 2
    storage = settings.storage
    clock = open_clock(settings, arguments.bench)
    limits = Limits(storage.received_days, storage.unsent_days, storage.visitor_days, storage.sighting_days)
    folder = Path(storage.folder)
    visits = _purge_visits(folder, limits, clock.now_ms, clock.quality)
    heard = _purge_heard(folder, limits, clock.now_ms, clock.quality)
    print(json.dumps(visits | {"sightings": heard}), file=stdout)
    return 1 if "error" in visits or "error" in heard else 0


def _purge_visits(folder: Path, limits: Limits, now_ms: Callable[[], int], quality: ClockQuality) -> dict[str, object]:
    try:
        store = open_store(folder, now_ms=now_ms)
    except StoreError as error:
        return {"error": error.reason}
    try:
        return purge(store, limits, quality).as_json()
    finally:
        store.close()


def _purge_heard(folder: Path, limits: Limits, now_ms: Callable[[], int], quality: ClockQuality) -> dict[str, object]:
    """The radio's file, where there is one: a gate without a radio need not have it."""
    if not (folder / FILE).exists():
        return {}
    try:
        sightings = open_sightings(folder, now_ms=now_ms)
    except StoreError as error:
        return {"error": error.reason}
    try:
        return asdict(purge_sightings(sightings, limits, quality))
    except StoreError as error:  # damaged: the next opening puts it aside
        return {"error": error.reason}
    finally:
        sightings.close()
