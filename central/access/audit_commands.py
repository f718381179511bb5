"""`audit verify`, `accept`, `export`, `heads`, `prove` and the rest. What they need they import when they run."""

import argparse
import json
from pathlib import Path
from typing import Any

from central.access.at_centre import changing, looking, now_ms
from central.cli import Commands, command, group


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    audit = group(parent, "audit", "the log of every look and decision")
    verify = command(
        audit, "verify", verify_log, "check the chain and the signed heads; exit 1 where something is wrong"
    )
    verify.add_argument("--from", dest="first", type=int, default=1, metavar="N", help="from row N on")
    verify.add_argument("--file", type=Path, metavar="EXPORT", help="of an exported file, without the database")
    verify.add_argument("--heads", type=Path, metavar="LOG.json", help="heads that were published, kept elsewhere")
    verify.add_argument(
        "--key", metavar="HEX", help="the centre's public key, where the heads are not trusted to say it"
    )
    verify.add_argument("--seen", type=Path, metavar="FILE", help="what the opener remembers (KEYS/log-seen.json)")
    accept = command(audit, "accept", accept_log, "after a restored backup: the opener begins anew; said in the log")
    accept.add_argument("--seen", type=Path, metavar="FILE", help="what the opener remembers (KEYS/log-seen.json)")
    accept.add_argument("--reason", required=True, help="why the log differs, in 10 to 200 letters; no person in it")
    export = command(audit, "export", export_log, "the log as JSON lines")
    export.add_argument("--from", dest="first", type=int, default=1, metavar="N")
    export.add_argument("--out", type=Path, help="a file instead of the terminal")
    command(audit, "heads", show_heads, "the signed heads, as published at /transparency/log.json")
    command(audit, "sign-head", sign_head, "sign a head now, without waiting for tomorrow's")
    prove = command(audit, "prove", prove_row, "that a row lies under the newest head")
    prove.add_argument("number", type=int, metavar="N")
    check = audit.add_parser("check-proof", help="check what `prove` printed; needs no database")
    check.add_argument("file", type=Path)
    check.add_argument("--key", metavar="HEX", help="the centre's public key")
    check.set_defaults(run=check_proof)


def verify_log(options: argparse.Namespace) -> int:
    """`audit verify`"""
    from central.access import heads, verifying

    known = heads.read_document(json.loads(options.heads.read_text())) if options.heads else []
    keys = _keys(options)
    if options.file:
        with options.file.open(encoding="utf-8") as lines:
            found = verifying.verify_file(lines, known, keys)
    else:
        with looking(options) as (connection, now_ms):
            own = [*reversed(heads.newest_heads(connection, 10_000))]
            found = verifying.verify(connection, own, keys, options.first, now_ms)
            if known and options.first <= 1:
                leaves = heads.leaves_of(connection)
                found = found._replace(faults=(*found.faults, *verifying.against_heads(leaves, known, keys)))
            found = found._replace(faults=(*found.faults, *verifying.against_opener(connection, _seen(options))))
    faults = [fault._asdict() for fault in found.faults]
    print(json.dumps({"rows": found.rows, "last": found.last, "hash": found.last_hash.hex(), "faults": faults}))
    return 1 if faults else 0


def accept_log(options: argparse.Namespace) -> int:
    """`audit accept`: with the opener stopped; what it remembered stands in the log from then on."""
    from central.access.audit import Look, note
    from central.access.roles import Purpose
    from central.access.verifying import against_opener
    from central.access.watching import FILE

    path, reason = options.seen or options.keys / FILE, options.reason.strip()
    if not 10 <= len(reason) <= 200:
        raise ValueError("--reason: 10 to 200 letters")
    with changing(options) as (connection, now_ms):
        seen = _seen(options)
        faults = against_opener(connection, seen)
        if faults:
            detail = {"row": seen.number, "hash": seen.hash.hex(), "reason": reason}
            note(connection, Look("command", "log_accepted", Purpose.OVERSIGHT, "", detail=detail), now_ms)
    if faults:
        path.unlink(missing_ok=True)
    print(json.dumps({"row": seen.number, "hash": seen.hash.hex(), "differed": bool(faults)}))
    return 0


def export_log(options: argparse.Namespace) -> None:
    """`audit export`"""
    from central.access.verifying import export

    with looking(options) as (connection, _):
        if options.out is None:
            for line in export(connection, options.first):
                print(line)
            return
        with options.out.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in export(connection, options.first))


def show_heads(options: argparse.Namespace) -> None:
    """`audit heads`"""
    from central.access import heads

    with looking(options) as (connection, _):
        print(json.dumps(heads.as_document(heads.newest_heads(connection, 10_000)), indent=1))


def sign_head(options: argparse.Namespace) -> None:
    """`audit sign-head`"""
    from central.access import heads
    from central.services import open_centre

    engine, ring = open_centre(options)
    with engine.begin() as connection:
        made = heads.publish_head(connection, ring, now_ms())
    print(json.dumps({"size": made.size if made else None, "root": made.root.hex() if made else None}))


def prove_row(options: argparse.Namespace) -> None:
    """`audit prove`"""
    from central.access import heads

    with looking(options) as (connection, _):
        print(json.dumps(heads.prove(connection, options.number)))


def check_proof(options: argparse.Namespace) -> int:
    """`audit check-proof`"""
    from central.access.heads import check_proof

    wrong = check_proof(json.loads(options.file.read_text()), _keys(options))
    print(json.dumps({"holds": not wrong, "wrong": wrong}))
    return 1 if wrong else 0


def _seen(options: argparse.Namespace) -> Any:
    from central.access.watching import FILE, read_seen

    return read_seen(options.seen or options.keys / FILE)


def _keys(options: argparse.Namespace) -> list[bytes]:
    return [] if options.key is None else [_public_key(options.key)]


def _public_key(text: str) -> bytes:
    """An empty one (an unset variable of a shell) must not mean: believe what the heads say of themselves."""
    key = bytes.fromhex(text)
    if len(key) != 32:
        raise ValueError("--key: 64 hex digits expected / cần 64 chữ số hex")
    return key
