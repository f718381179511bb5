"""`case-keys publish | rule-out | stands | list` and `encounters`: JSON lines on stdout, sentences on stderr."""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import Connection

from central.keys import Keyring
from central.log import log
from central.radio import cases
from central.radio.building import of_building
from central.radio.case_files import read_keys
from central.radio.destroying import CASE_TABLES, KEY_TABLES
from central.radio.matched import encounters_of
from central.radio.words import REFUSALS, both
from central.radio.work import Facts, perform, when
from wire.bulletin import Bulletin
from wire.case_keys import read_case_keys
from wire.refusal import Refused

MAX_FILE_BYTES = 4_000_000  # 20,000 keys in the longest of the forms
_DAY_MS = 86_400_000


def publish(options: argparse.Namespace) -> int:
    """`case-keys publish`"""
    try:
        text = _read(options.file)
    except (OSError, ValueError) as error:
        detail = error.strerror if isinstance(error, OSError) else str(error)
        print(f"{both(REFUSALS['bad_file'])}\n  {options.file}: {detail}", file=sys.stderr)
        return 2

    def work(connection: Connection, ring: Keyring, now_ms: int) -> Iterator[Facts]:
        said = cases.Publication(
            *(options.order, options.scope, options.case, options.standing, _until(options.expires, now_ms)),
            upload=options.upload,
            minutes=options.minutes,
        )
        cases.check_case(said.case)
        keys = read_keys(text, said.case)
        made = cases.publish_keys(connection, ring, said, keys, now_ms)
        yield {"case": said.case, "standing": said.standing, "keys": len(keys), **_facts(made)}

    return perform(options, work, "publish", KEY_TABLES)


def rule_out(options: argparse.Namespace) -> int:
    """`case-keys rule-out`"""

    def work(connection: Connection, ring: Keyring, now_ms: int) -> Iterator[Facts]:
        gone = cases.rule_out(connection, ring, options.case, now_ms)
        log("case_ruled_out", **gone._asdict())
        yield {"case": options.case, "standing": "ruled_out", **gone._asdict()}

    return perform(options, work, "rule-out", CASE_TABLES)


def stands(options: argparse.Namespace) -> int:
    """`case-keys stands`"""

    def work(connection: Connection, _: Keyring, now_ms: int) -> Iterator[Facts]:
        yield {"case": options.case, "standing": cases.say_stands(connection, options.case, now_ms)}

    return perform(options, work, "stands")


def list_cases(options: argparse.Namespace) -> int:
    """`case-keys list`: no keys"""

    def work(connection: Connection, ring: Keyring, now_ms: int) -> Iterator[Facts]:
        for held in cases.cases(connection, ring):
            facts: Facts = {"case": held.case, "standing": held.standing, "said": when(held.said_ms)}
            if held.before_restore:
                facts["before_restore"] = True
            yield {**facts, "published": [_summary(bulletin, now_ms) for bulletin in held.bulletins]}

    return perform(options, work)


def encounters(options: argparse.Namespace) -> int:
    """`encounters CASE`"""

    def work(connection: Connection, ring: Keyring, now_ms: int) -> Iterator[Facts]:
        cases.check_may_look(connection, ring, options.case, now_ms)
        log("case_looked_at")
        found = encounters_of(connection, options.case)
        return iter(of_building(found)) if options.building else found

    return perform(options, work)


def _summary(bulletin: Bulletin, now_ms: int) -> Facts:
    said = read_case_keys(bulletin.body)
    facts = {"order": said.order, "upload": said.upload, "minutes": said.minutes, "keys": len(said.keys)}
    return {**_facts(bulletin), **facts, "in_force": bulletin.in_force(now_ms)}


def _facts(made: Bulletin) -> Facts:
    return {"scope": made.scope, "name": made.name, "version": made.version, "expires": when(made.expires_ms)}


def _until(text: str, now_ms: int) -> int:
    if text.isdigit():
        return now_ms + int(text) * _DAY_MS
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("expired", "--expires wants ISO 8601 or a number of days") from None
    return int((then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp() * 1000)


def _read(file: Path) -> str:
    with file.open("rb") as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise ValueError(f"more than {MAX_FILE_BYTES} bytes")
    return data.decode("utf-8-sig")
