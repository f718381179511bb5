"""python -m kiosk purge: the retention job, run daily by its timer. Prints what it destroyed as one line of JSON."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from kiosk.commands.settings_file import add_settings_arguments, read_settings_file
from kiosk.run import open_clock
from store.db import StoreError, open_store
from store.retention import Limits, purge


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 done (or skipped, with the reason), 1 the database could not be opened, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m kiosk purge")
    add_settings_arguments(parser)
    arguments = parser.parse_args(argv)
    settings = read_settings_file(arguments, stderr)
    if settings is None:
        return 2
    storage = settings.storage
    clock = open_clock(settings, arguments.bench)
    try:
        store = open_store(Path(storage.folder), now_ms=clock.now_ms)
    except StoreError as error:
        print(json.dumps({"error": error.reason}), file=stdout)
        return 1
    try:
        done = purge(store, Limits(storage.received_days, storage.unsent_days, storage.visitor_days), clock.quality)
    finally:
        store.close()
    print(json.dumps(done.as_json()), file=stdout)
    return 0
