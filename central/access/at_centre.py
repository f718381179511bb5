"""The centre's database for a command: one transaction to change it, or a connection that only reads."""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def changing(options: argparse.Namespace) -> Iterator[tuple[Any, int]]:
    """The centre's database in one transaction: (connection, now)."""
    from central.services import open_centre

    engine, _ = open_centre(options)
    with engine.begin() as connection:
        yield connection, now_ms()


@contextmanager
def looking(options: argparse.Namespace) -> Iterator[tuple[Any, int]]:
    """The same, to read."""
    from central.services import open_centre

    engine, _ = open_centre(options)
    with engine.connect().execution_options(reads_only=True) as connection:
        yield connection, now_ms()


def now_ms() -> int:
    """Unix ms of this machine's clock."""
    return time.time_ns() // 1_000_000
