"""`account` and `audit`: the operator's commands of central.access. What they need they import when they run.

An account made here has no pass phrase: its holder sets one at /welcome with the first code that is printed once.
"""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from central.cli import Commands, command, group


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    account = group(parent, "account", "officers' accounts")
    _add_accounts(account)
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


def _add_accounts(account: Commands) -> None:
    made = command(account, "add", add_account, "a new account; prints its first code once")
    made.add_argument("login")
    made.add_argument("--name", required=True, help="of the officer, shown beside what they did")
    grant = command(account, "grant", grant_role, "give a role in an area")
    revoke = command(account, "revoke", revoke_role, "take a role back")
    for parser in (grant, revoke):
        parser.add_argument("login")
    for parser in (made, grant, revoke):
        parser.add_argument("--role", required=parser is not made)
        parser.add_argument("--area", default="all", help="all, province-, ward- or venue- and its id (all)")
    for parser in (made, grant):
        parser.add_argument(
            "--alone", action="store_true", help="a role for which two are needed: the first set-up, said in the log"
        )
    for name, run, text in (
        ("close", close, "end an account; what it did stays in the log"),
        ("reset", reset, "a new first code; pass phrase and second factors are forgotten"),
    ):
        command(account, name, run, text).add_argument("login")
    command(account, "list", list_accounts, "accounts and what they hold, as JSON lines")
    link = command(account, "link", link_account, "bind an account to the province's own accounts")
    link.add_argument("login")
    link.add_argument("--issuer", required=True)
    link.add_argument("--subject", required=True, help="the `sub` that the issuer gives this officer")


def add_account(options: argparse.Namespace) -> None:
    """`account add`"""
    from central.access import accounts, factors

    with _change(options) as (connection, now_ms):
        accounts.create_account(connection, options.login, options.name, None, [], now_ms)
        held = _grant(connection, options, now_ms) if options.role else None
        code = factors.invite(connection, options.login, now_ms)
        _note(connection, "added_account", options.login, now_ms)
    print(json.dumps({"login": options.login, "role": held, "first_code": code, "set_up_at": "/welcome", "days": 3}))


def grant_role(options: argparse.Namespace) -> None:
    """`account grant`"""
    with _change(options) as (connection, now_ms):
        held = _grant(connection, options, now_ms)
    print(json.dumps({"login": options.login, "role": options.role, "area": options.area, "state": held}))


def revoke_role(options: argparse.Namespace) -> None:
    """`account revoke`"""
    from central.access import proposals
    from central.access.roles import Grant

    with _change(options) as (connection, now_ms):
        proposals.take_back(connection, options.login, Grant(options.role, options.area))
        _note(connection, "revoked_role", options.login, now_ms, role=options.role, area=options.area)


def close(options: argparse.Namespace) -> None:
    """`account close`"""
    from central.access import proposals

    with _change(options) as (connection, now_ms):
        proposals.close_account(connection, options.login)
        _note(connection, "closed_account", options.login, now_ms)


def reset(options: argparse.Namespace) -> None:
    """`account reset`"""
    from central.access import factors, proposals

    with _change(options) as (connection, now_ms):
        proposals.need_account(connection, options.login)
        code = factors.invite(connection, options.login, now_ms)
        _note(connection, "reset_account", options.login, now_ms)
    print(json.dumps({"login": options.login, "first_code": code, "set_up_at": "/welcome", "days": 3}))


def link_account(options: argparse.Namespace) -> None:
    """`account link`"""
    from central.access import oidc, proposals

    with _change(options) as (connection, now_ms):
        proposals.need_account(connection, options.login)
        oidc.bind(connection, options.issuer, options.subject, options.login)
        _note(connection, "linked_account", options.login, now_ms)


def list_accounts(options: argparse.Namespace) -> None:
    """`account list`"""
    from central.access.administration import some_accounts

    with _look(options) as (connection, now_ms):
        after = ""
        while found := some_accounts(connection, now_ms, after):
            for one in found:
                print(json.dumps(one, ensure_ascii=False))
            after = found[-1]["login"]


def verify_log(options: argparse.Namespace) -> int:
    """`audit verify`"""
    from central.access import heads, verifying

    known = heads.read_document(json.loads(options.heads.read_text())) if options.heads else []
    keys = _keys(options)
    if options.file:
        with options.file.open(encoding="utf-8") as lines:
            found = verifying.verify_file(lines, known, keys)
    else:
        with _look(options) as (connection, now_ms):
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
    with _change(options) as (connection, now_ms):
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

    with _look(options) as (connection, _):
        if options.out is None:
            for line in export(connection, options.first):
                print(line)
            return
        with options.out.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in export(connection, options.first))


def show_heads(options: argparse.Namespace) -> None:
    """`audit heads`"""
    from central.access import heads

    with _look(options) as (connection, _):
        print(json.dumps(heads.as_document(heads.newest_heads(connection, 10_000)), indent=1))


def sign_head(options: argparse.Namespace) -> None:
    """`audit sign-head`"""
    from central.access import heads
    from central.services import open_centre

    engine, ring = open_centre(options)
    with engine.begin() as connection:
        made = heads.publish_head(connection, ring, _now_ms())
    print(json.dumps({"size": made.size if made else None, "root": made.root.hex() if made else None}))


def prove_row(options: argparse.Namespace) -> None:
    """`audit prove`"""
    from central.access import heads

    with _look(options) as (connection, _):
        print(json.dumps(heads.prove(connection, options.number)))


def check_proof(options: argparse.Namespace) -> int:
    """`audit check-proof`"""
    from central.access.heads import check_proof

    wrong = check_proof(json.loads(options.file.read_text()), _keys(options))
    print(json.dumps({"holds": not wrong, "wrong": wrong}))
    return 1 if wrong else 0


def _grant(connection: Any, options: argparse.Namespace, now_ms: int) -> str:
    from central.access import proposals
    from central.access.roles import Grant, roles

    grant = Grant(options.role, options.area)
    proposals.check_grant(roles(), grant)
    detail = {"role": grant.role, "area": grant.area}
    if grant.role in roles().rules.two_persons and not options.alone:
        proposals.propose(connection, "grant", options.login, grant, "command", now_ms)
        _note(connection, "proposed_role", options.login, now_ms, **detail)
        return "waits for an administrator"
    proposals.put_grant(connection, options.login, grant, "command")
    _note(connection, "granted_role", options.login, now_ms, **detail, alone=bool(options.alone))
    return "held"


def _note(connection: Any, action: str, login: str, now_ms: int, **detail: object) -> None:
    from central.access.audit import Look, note
    from central.access.roles import Purpose

    note(connection, Look("command", action, Purpose.UPKEEP, f"account {login}", detail=detail), now_ms)


@contextmanager
def _change(options: argparse.Namespace) -> Iterator[tuple[Any, int]]:
    """The centre's database in one transaction: (connection, now)."""
    from central.services import open_centre

    engine, _ = open_centre(options)
    with engine.begin() as connection:
        yield connection, _now_ms()


@contextmanager
def _look(options: argparse.Namespace) -> Iterator[tuple[Any, int]]:
    """The same, to read."""
    from central.services import open_centre

    engine, _ = open_centre(options)
    with engine.connect().execution_options(reads_only=True) as connection:
        yield connection, _now_ms()


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


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
