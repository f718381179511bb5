"""`order` and `form`: the operator's commands that publish them; `rules` (central.ruling) reads and tells as they do.

JSON goes to stdout for programs, sentences to stderr for people. Exit status: 0 done, 1 refused, 2 a file that cannot
be read or wrong usage.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from sqlalchemy.engine import Connection

from central import declaring
from central.declaring_words import done, refusal, warning
from central.keys import Keyring
from central.services import open_centre
from wire.bulletin import Bulletin
from wire.refusal import Refused

MAX_FILE_BYTES = 1_000_000


class Paper(NamedTuple):
    """A file that was handed in, as it stands and as JSON."""

    text: str
    content: Any


Work = Callable[[Connection, Keyring, int], declaring.Notice]
PaperWork = Callable[[Connection, Keyring, Paper, int], declaring.Notice]


def publish_form(options: argparse.Namespace) -> int:
    """`form publish`"""
    return _publish(options, lambda c, ring, paper, now_ms: declaring.publish_form(c, ring, paper.content, now_ms))


def publish_order(options: argparse.Namespace) -> int:
    """`order publish`"""
    scope, days = options.scope, options.days
    return _publish(
        options, lambda c, ring, paper, now_ms: declaring.publish_order(c, ring, paper.content, scope, days, now_ms)
    )


def end_order(options: argparse.Namespace) -> int:
    """`order end`"""

    def work(connection: Connection, ring: Keyring, now_ms: int) -> declaring.Notice:
        return declaring.Notice(declaring.end_order(connection, ring, options.id, now_ms))

    return _run(options, work, "end")


def list_orders(options: argparse.Namespace) -> None:
    """`order list`"""
    engine, ring = open_centre(options)
    with engine.connect() as connection:
        held = declaring.orders(connection, ring)
    engine.dispose()
    now_ms = _now_ms()
    for order in held:
        facts: dict[str, Any] = {"id": order.id, "version": order.version, "mandatory": order.mandatory}
        times = {"start": _when(order.start_ms), "end": _when(order.end_ms), "runs": order.runs(now_ms)}
        print(json.dumps({**facts, "form": order.form, **times}))


def _publish(options: argparse.Namespace, work: PaperWork) -> int:
    try:
        paper = read_file(options.file)
    except (OSError, ValueError, RecursionError) as error:
        detail = error.strerror if isinstance(error, OSError) else str(error)
        print(f"{refusal('bad_file')}\n{options.file}: {detail}", file=sys.stderr)
        return 2
    return _run(options, lambda connection, ring, now_ms: work(connection, ring, paper, now_ms))


def _run(options: argparse.Namespace, work: Work, what: str = "") -> int:
    """One piece of work in one transaction: what is refused leaves nothing behind."""
    engine, ring = open_centre(options)
    try:
        with engine.begin() as connection:
            notice = work(connection, ring, _now_ms())
    except Refused as refused:
        complain(refused)
        return 1
    finally:
        engine.dispose()
    tell(notice.bulletin)
    for code, detail in notice.warnings:
        print(warning(code, detail), file=sys.stderr)
    print(done(what or notice.bulletin.kind), file=sys.stderr)
    return 0


def tell(made: Bulletin) -> None:
    """What was published, for programs."""
    facts: dict[str, Any] = {"kind": made.kind, "name": made.name, "scope": made.scope, "version": made.version}
    print(json.dumps({**facts, "expires": _when(made.expires_ms)}))


def complain(refused: Refused) -> None:
    """Why it was not, for people."""
    print(refusal(refused.reason), file=sys.stderr)
    if isinstance(refused, declaring.FormFaults):
        for issue in refused.issues:
            print(f"  {issue.severity} {issue.expression}: {issue.text}", file=sys.stderr)
    elif refused.detail:
        print(f"  {refused.detail}", file=sys.stderr)


def read_file(file: Path) -> Paper:
    """A JSON file. Raises OSError; ValueError or RecursionError where it is none, or too large."""
    with file.open("rb") as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise ValueError(f"more than {MAX_FILE_BYTES} bytes")
    text = data.decode("utf-8-sig")
    return Paper(text, json.loads(text, parse_constant=_no_number))


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _when(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, UTC).isoformat(timespec="seconds")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
