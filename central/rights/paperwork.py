"""`deletion verify | again | export | check`: JSON on stdout, sentences in both languages on stderr."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Purpose
from central.keys import Keyring
from central.radio.destroying import overwrite_freed, settle
from central.rights import certificates
from central.rights.deletions import delete_again
from central.services import open_centre
from central.statements import run
from wire.refusal import Refused

_AT_ONCE = 500  # certificates in memory
_FALSE = (
    "Giấy chứng nhận này không phải do trung tâm ký, hoặc đã bị sửa.",
    "This certificate was not signed by this centre, or it was changed.",
)
_UNKNOWN = ("Không có giấy chứng nhận số này.", "There is no certificate of this number.")


def verify(options: argparse.Namespace) -> int:
    """`deletion verify FILE`: needs the key folder alone, no database."""
    body = _read(options, Keyring(options.keys))
    if body is None:
        return 1
    print(json.dumps(certificates.plain(body), ensure_ascii=False))
    return 0


def again(options: argparse.Namespace) -> int:
    """`deletion again FILE`"""
    engine, ring = open_centre(options)
    body = _read(options, ring)
    if body is None:
        return 1
    with engine.begin() as connection:
        overwrite_freed(connection)
        found = delete_again(connection, [tuple(row) for row in body.get("records", [])])
        look = Look("command", "deletion_again", Purpose.DATA_SUBJECT, body["about"], detail={"records": found})
        note(connection, look, time.time_ns() // 1_000_000)
    settle(engine, ("raw_record", "conflict", "visit"))
    print(json.dumps({"about": body["about"], "records": found}))
    return 0


def export(options: argparse.Namespace) -> int:
    """`deletion export NUMBER --out FILE`"""
    engine, _ = open_centre(options)
    with engine.connect() as connection:
        sql = "SELECT message FROM deletion_certificate WHERE number = ?"
        message = run(connection, sql, (options.number,)).scalar()
    if message is None:
        return _say(_UNKNOWN)
    options.out.write_bytes(bytes(message))
    print(json.dumps({"number": options.number, "file": str(options.out)}))
    return 0


def check(options: argparse.Namespace) -> int:
    """`deletion check`"""
    engine, ring = open_centre(options)
    try:
        with engine.connect() as connection:
            count = certificates.check_chain(_messages(connection), certificates.public_keys(ring))
    except Refused as refusal:
        return _say(_FALSE, f"{refusal.reason} {refusal.detail}")
    print(json.dumps({"certificates": count, "chain": "holds"}))
    return 0


def _messages(connection: Connection) -> Iterator[bytes]:
    """Every certificate from the first one on, some at a time: they are kept for years."""
    sql, last = "SELECT number, message FROM deletion_certificate WHERE number > ? ORDER BY number LIMIT ?", 0
    while rows := run(connection, sql, (last, _AT_ONCE)).all():
        yield from (bytes(row[1]) for row in rows)
        last = int(rows[-1][0])


def _read(options: argparse.Namespace, ring: Keyring) -> dict[str, Any] | None:
    try:
        message = options.file.read_bytes()[: certificates.MAX_BYTES + 1]
        return certificates.read(message, certificates.public_keys(ring))
    except Refused as refusal:
        _say(_FALSE, refusal.reason)
    except OSError as error:
        _say((f"Không đọc được tệp: {options.file}", f"The file cannot be read: {options.file}"), str(error.strerror))
    return None


def _say(sentence: tuple[str, str], detail: str = "") -> int:
    print("\n".join((*sentence, *([f"  {detail}"] if detail else []))), file=sys.stderr)
    return 1
