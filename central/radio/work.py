"""One operator's command: one transaction, JSON lines on stdout, sentences on stderr; a refused one leaves nothing."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.engine import Connection

from central.keys import Keyring
from central.radio.destroying import overwrite_freed, settle
from central.radio.words import done, refusal
from central.services import open_centre
from wire.refusal import Refused

Facts = dict[str, Any]
Work = Callable[[Connection, Keyring, int], Iterable[Facts]]


def perform(options: argparse.Namespace, work: Work, what: str = "", destroys: Sequence[str] = ()) -> int:
    """Run `work(connection, ring, now ms)` in one transaction and print what it gives; 0 done, 1 refused.

    `what` names the closing sentence; what is deleted from the tables `destroys` is overwritten as well.
    """
    engine, ring = open_centre(options)
    try:
        with engine.begin() as connection:
            if destroys:
                overwrite_freed(connection)
            lines = list(work(connection, ring, now_ms()))
        for line in lines:  # before anything else can fail: a new tag's key is told only here
            print(json.dumps(line, ensure_ascii=False))
        if destroys:
            settle(engine, destroys)
    except Refused as refused:
        print(refusal(refused), file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    if what:
        print(done(what), file=sys.stderr)
    return 0


def when(unix_ms: int) -> str:
    """ISO 8601, UTC."""
    return datetime.fromtimestamp(unix_ms / 1000, UTC).isoformat(timespec="seconds")


def now_ms() -> int:
    """Unix ms of the centre's clock."""
    return time.time_ns() // 1_000_000
