"""The operator's commands: each opens the centre, does one thing, prints JSON or text, and ends."""

import argparse
import getpass
import json
import os
import secrets
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from central import backup as backups
from central import bulletins, passes
from central.broker_config import mosquitto_config, nats_config, plain_config
from central.database import migrate, open_database
from central.enrolment import invite
from central.keys import Keyring, init_keys, renew_root
from central.kiosk_toml import KINDS, Invitation, write_kiosk_toml
from central.places.places import described_place
from central.radio.standing import held_back
from central.registry import all_devices, revoke_device
from central.services import DEFAULT_BROKER, open_centre, split_listen
from central.verifying import verify_backup
from credentials.venue_qr import Venue, encode_venue
from wire import base45
from wire.crypto import SigningKey
from wire.refusal import Refused
from wire.root import fingerprint_of

_DAY_MS = 86_400_000


def init(options: argparse.Namespace) -> None:
    """`keys init`"""
    hosts = options.broker_host or ["localhost", "127.0.0.1"]
    root = init_keys(options.folder, _now_ms(), hosts)
    print(json.dumps({"folder": str(options.folder), "version": 1, "root_fingerprint": fingerprint_of(root).hex()}))
    print(f"Now move {options.folder}/offline to a safe: no process of the centre needs it.", file=sys.stderr)


def new_root(options: argparse.Namespace) -> None:
    """`keys new-root`"""
    try:
        root = renew_root(options.folder, _now_ms(), rotate=options.rotate)
    except KeyError as error:
        raise ValueError(f"no role of the name {error}") from error
    print(json.dumps({"version": root.version, "expires_ms": root.expires_ms}))


def enrol(options: argparse.Namespace) -> None:
    """`enrol`"""
    engine, ring = open_centre(options)
    with engine.begin() as connection:
        token = invite(connection, options.device, options.venue, options.gate, _now_ms())
        described = described_place(connection, options.venue)
    text = write_kiosk_toml(
        Invitation(
            options.device,
            options.venue,
            options.venue_name or described.name,
            options.kind or (described.kind if described.kind in KINDS else "market"),
            options.gate,
            options.gate_name or options.gate,
            options.direction,
            options.enrol_url,
            ring.fingerprint(),
            token,
            options.broker or [DEFAULT_BROKER],
            options.bench,
            options.storage,
            described.ward,
            described.province,
        )
    )
    if options.out is None:
        print(text, end="")
    else:
        options.out.write_text(text, encoding="utf-8")
        print(json.dumps({"device": options.device, "token": token, "file": str(options.out)}))


def revoke(options: argparse.Namespace) -> int:
    """`revoke`"""
    engine, _ = open_centre(options)
    with engine.begin() as connection:
        known = revoke_device(connection, options.device)
    if not known:
        print(f"central: no device of the name {options.device}", file=sys.stderr)
        return 1
    print(json.dumps({"device": options.device, "state": "revoked"}))
    print("Write the broker's configuration anew (broker-config) and reload the broker.", file=sys.stderr)
    return 0


def devices(options: argparse.Namespace) -> None:
    """`devices`"""
    engine, _ = open_centre(options)
    with engine.connect() as connection:
        for device in all_devices(connection):
            facts = {"device": device.id, "venue": device.venue, "gate": device.gate, "state": device.state}
            print(json.dumps({**facts, "kid": device.kid.hex(), "enrolled_ms": device.enrolled_ms}))


def broker_config(options: argparse.Namespace) -> None:
    """`broker-config`"""
    options.folder.mkdir(parents=True, exist_ok=True)
    host, port = split_listen(options.listen or "127.0.0.1", 1883 if options.plain else 8883)
    if options.plain:
        path = plain_config(options.kind, options.folder, host, port)
    else:
        engine, ring = open_centre(options)
        with engine.connect() as connection:
            known = all_devices(connection)
        if options.kind == "nats":
            path = nats_config(options.folder, ring, host, port, known)
        else:
            path = mosquitto_config(options.folder, ring, host, port, known, _now_ms())
    print(json.dumps({"config": str(path), "listen": f"{host}:{port}"}))


def publish(options: argparse.Namespace) -> None:
    """`bulletin publish`"""
    body = json.loads(options.body.read_text(encoding="utf-8"), object_hook=_bytes_in)
    engine, ring = open_centre(options)
    with engine.begin() as connection:
        made = bulletins.publish_bulletin(
            connection, ring, options.kind, options.name, options.scope, body, _until(options.expires), _now_ms()
        )
    print(json.dumps({"kind": made.kind, "name": made.name, "scope": made.scope, "version": made.version}))


def issue(options: argparse.Namespace) -> None:
    """`pass issue`: the text of a printed pass, or JSON for the holder's phone"""
    seed = os.urandom(32) if options.rotating == "new" else None
    holder = None if options.rotating is None else _holder(options.rotating, seed)
    engine, ring = open_centre(options)
    with engine.begin() as connection:
        made = passes.issue_pass(
            *(connection, ring, secrets.token_bytes(16), options.days, options.companions, holder, _now_ms()),
            cleared=options.cleared,
        )
    if made.text is not None:
        print(made.text)
        return
    facts: dict[str, Any] = {"id": made.pass_id.hex(), "signed": base45.encode(made.signed or b"")}
    print(json.dumps({**facts, **({} if seed is None else {"holder_seed": seed.hex()})}))


def revoke_pass(options: argparse.Namespace) -> None:
    """`pass revoke`"""
    engine, ring = open_centre(options)
    with engine.begin() as connection:
        made = passes.revoke_pass(connection, ring, bytes.fromhex(options.id), _now_ms())
    print(json.dumps({"revoked": options.id, "list_version": made.version}))


def venue_code(options: argparse.Namespace) -> None:
    """`venue-code`"""
    expires = None if options.days is None else _now_ms() // 1000 + options.days * 86_400
    venue = Venue(options.place, options.name, options.gate, expires)
    print(encode_venue(venue, Keyring(options.keys).signing("venue"), options.host))


def backup(options: argparse.Namespace) -> None:
    """`backup`"""
    engine, _ = open_centre(options)
    passphrase = _passphrase(options)
    path = backups.back_up(engine, options.keys, options.to, passphrase, _now_ms())
    facts: dict[str, Any] = {"backup": str(path), "bytes": path.stat().st_size}
    print(json.dumps(facts | (_verified(engine, path, passphrase) if options.verify else {})))


def _verified(engine: Engine, path: Path, passphrase: str) -> dict[str, Any]:
    rows = verify_backup(engine, path, passphrase, _now_ms())
    return {"verified": True, "tables": len(rows), "rows": sum(rows.values())}


def restore(options: argparse.Namespace) -> None:
    """`restore`"""
    source: Path = backups.newest_backup(options.source) if options.source.is_dir() else options.source
    engine = open_database(options.database)
    generation = backups.restore(engine, options.keys, source, _passphrase(options), _now_ms())
    migrate(engine)
    with engine.connect() as connection:
        waiting = len(held_back(connection))
    print(json.dumps({"restored": str(source), "generation": generation, "cases_waiting": waiting}))
    print("Everybody signs in again. Close again whom you have closed since the copy was made.", file=sys.stderr)
    print('Before the opener starts: python -m central audit accept --reason "restored from ..."', file=sys.stderr)
    if waiting:
        print("Cases wait for `case-keys stands` or `rule-out`: nothing of them is published.", file=sys.stderr)


def _passphrase(options: argparse.Namespace) -> str:
    if options.passphrase_file is not None:
        return str(options.passphrase_file.read_text(encoding="utf-8").strip())
    return os.environ.get("GATEPOST_BACKUP_PASSPHRASE") or getpass.getpass("Passphrase of the backup: ")


def _holder(text: str, seed: bytes | None) -> bytes:
    return bytes.fromhex(text) if seed is None else SigningKey(seed).public


def _until(text: str) -> int:
    if text.isdigit():
        return _now_ms() + int(text) * _DAY_MS
    when = datetime.fromisoformat(text)
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)


def _bytes_in(item: dict[str, Any]) -> Any:
    if set(item) == {"$hex"}:
        try:
            return bytes.fromhex(item["$hex"])
        except (TypeError, ValueError):
            raise Refused("bad_bulletin", "$hex wants hex digits") from None
    return item


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
