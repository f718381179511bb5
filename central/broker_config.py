"""Configurations for the two brokers that were tried: mutual TLS, and each device may write as itself alone.

- mosquitto: the certificate's common name becomes the user name (%u in the ACL). Never %c: a client chooses that.
- nats-server: each device is a user entry, found by its certificate's subject; so the file is written anew, and the
  server told to reload (SIGHUP), after each enrolment and revocation.
- Everything lies in one folder at 0600: hand the folder to the user that the broker runs as.
- Without TLS (`plain`): for one machine's loopback, as the demo uses it.
- nats needs ack_wait 5s and max_ack_pending 20: by default a dead worker's session took 28 s to be taken over, and one
  worker held everything.
"""

import getpass
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from central.files import write_private
from central.keys import Keyring
from central.registry import Device
from wire import topics
from wire.certificates import make_crl

_CENTRE = "centre"  # the common name of ingest's own certificate
_CRL_DAYS = 365


def mosquitto_config(folder: Path, ring: Keyring, host: str, port: int, devices: Sequence[Device], now_ms: int) -> Path:
    """Write mosquitto.conf, acl.txt and revoked.pem into `folder`; restart the broker after a revocation."""
    here = _copy_tls(folder, ring)
    lines = [
        f"user {getpass.getuser()}",  # whom a broker started by root becomes: it must be able to read this folder
        f"listener {port} {host}",
        "allow_anonymous false",
        "require_certificate true",
        "use_identity_as_username true",
        f"cafile {here}/ca.pem",
        f"certfile {here}/broker.pem",
        f"keyfile {here}/broker.key",
        f"crlfile {here}/revoked.pem",
        f"acl_file {here}/acl.txt",
        *_mosquitto_storage(folder),
    ]
    rules = [
        f"user {_CENTRE}",
        f"topic read {topics.ROOT}/up/+/+",
        f"topic read {topics.ROOT}/state/+",
        f"topic write {topics.ROOT}/down/+/+",
        f"topic readwrite {topics.ROOT}/bulletin/#",
        "",
        f"pattern write {topics.ROOT}/up/+/%u",
        f"pattern write {topics.ROOT}/state/%u",
        f"pattern read {topics.ROOT}/down/%u/+",
        f"pattern read {topics.ROOT}/bulletin/#",
    ]
    write_private(folder / "acl.txt", _text(rules))
    write_private(folder / "revoked.pem", _revoked(ring, devices, now_ms))
    write_private(folder / "mosquitto.conf", _text(lines))
    return folder / "mosquitto.conf"


def nats_config(folder: Path, ring: Keyring, host: str, port: int, devices: Sequence[Device]) -> Path:
    """Write nats.conf into `folder`, with a user entry for each active device."""
    here = _copy_tls(folder, ring)
    users = [_nats_user(_CENTRE, publish=("down.>", "bulletin.>"), subscribe=("up.>", "state.>"))]
    for device in devices:
        if device.state == "active":
            shard = f"{topics.shard_of(device.id):02d}"
            users.append(
                _nats_user(
                    device.id,
                    publish=(f"up.{shard}.{device.id}", f"state.{device.id}"),
                    subscribe=(f"down.{device.id}.>", "bulletin.>"),
                )
            )
    tls = {
        "cert_file": f"{here}/broker.pem",
        "key_file": f"{here}/broker.key",
        "ca_file": f"{here}/ca.pem",
        "verify_and_map": True,
        "timeout": 5,
    }
    config = [
        "server_name: gatepost",
        'listen: "127.0.0.1:-1"',
        f"jetstream {{ {_jetstream(folder)} }}",
        f'mqtt {{ listen: "{host}:{port}", ack_wait: "5s", max_ack_pending: 20, tls {json.dumps(tls)} }}',
        f"authorization {{ users: {json.dumps(users, indent=2)} }}",
    ]
    write_private(folder / "nats.conf", _text(config))
    return folder / "nats.conf"


def plain_config(kind: str, folder: Path, host: str, port: int) -> Path:
    """A configuration without TLS and without rights, for loopback only. Raises ValueError for any other host."""
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError("a broker without TLS may listen on loopback only")
    if kind == "mosquitto":
        lines = [f"listener {port} {host}", "allow_anonymous true", *_mosquitto_storage(folder)]
    else:
        lines = [
            "server_name: gatepost",
            'listen: "127.0.0.1:-1"',
            f"jetstream {{ {_jetstream(folder)} }}",
            f'mqtt {{ listen: "{host}:{port}", ack_wait: "5s", max_ack_pending: 20 }}',
        ]
    write_private(folder / f"{kind}.conf", _text(lines))
    return folder / f"{kind}.conf"


def _copy_tls(folder: Path, ring: Keyring) -> Path:
    """Give the broker its own three files: its user has no business in the key folder."""
    for name in ("ca.pem", "broker.pem", "broker.key"):
        write_private(folder / name, (ring.folder / name).read_bytes())
    return folder.resolve()


def _mosquitto_storage(folder: Path) -> list[str]:
    # What mosquitto loses with its RAM is sent again: receipts, not the broker, decide what has arrived.
    return [
        "persistence true",
        f"persistence_location {folder.resolve()}/",
        "autosave_interval 60",
        "max_queued_messages 10000",
        "max_packet_size 1100000",
    ]


def _jetstream(folder: Path) -> str:
    return f'store_dir: "{folder.resolve()}/jetstream", max_memory_store: 64MB, max_file_store: 4GB'


def _nats_user(name: str, publish: Sequence[str], subscribe: Sequence[str]) -> Mapping[str, object]:
    root = topics.ROOT.replace("/", ".")
    # The server delivers QoS 1 on a subject of its own. Whoever listens there could see receipts of others: they name
    # numbers, not people.
    return {
        "user": f"CN={name}",
        "permissions": {
            "publish": [f"{root}.{subject}" for subject in publish],
            "subscribe": [*(f"{root}.{subject}" for subject in subscribe), "$MQTT.sub.>"],
        },
    }


def _revoked(ring: Keyring, devices: Sequence[Device], now_ms: int) -> bytes:
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    serials = {int(device.certificate_serial, 16): now for device in devices if device.state == "revoked"}
    return make_crl(ring.authority(), serials, now - timedelta(days=1), now + timedelta(days=_CRL_DAYS))


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
