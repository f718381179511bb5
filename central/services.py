"""What holds the keys of ingest, and the web pages: from options to a clean end."""

import argparse
import json
import signal
import threading
import time
from pathlib import Path

from sqlalchemy import Engine

from central.ahead import Ahead
from central.carried import answer_first_contacts, take_from
from central.consumer import Worker
from central.database import migrate, open_database
from central.ingest import Ingest
from central.keys import Keyring
from central.log import log, ready
from central.mqtt import Tls
from central.opening import Opener
from wire.crypto import SealingKey

DEFAULT_BROKER = "mqtt://127.0.0.1:1883"


def run_ingest(options: argparse.Namespace) -> int:
    """`ingest`: needs receipt.key, ingest.key and pepper.key, and the broker's TLS files where it uses them."""
    engine, ring = open_centre(options)
    ingest = _make_ingest(ring, ahead=True)
    brokers = options.broker or [DEFAULT_BROKER]
    folder: Path = options.keys
    tls = Tls(folder / "ca.pem", folder / "centre.pem", folder / "centre.key")
    worker = Worker(engine, ingest, ring, brokers, sessions=options.sessions, tls=tls)
    stop = stop_event()
    worker.run(stop, lambda: ready(service="ingest", sessions=worker.connected))
    ingest.close()
    engine.dispose()
    log("stopped", service="ingest")
    return 0


def take_carried(options: argparse.Namespace) -> int:
    """`import` and `take`: the keys of ingest, no broker."""
    engine, ring = open_centre(options)
    refused = False
    if options.broker:  # the operator who names brokers enrols as well: first contacts spend tokens
        for line in answer_first_contacts(engine, ring, options.broker, options.given, now_ms()):
            refused = refused or bool(line.get("refused"))
            print(json.dumps(line), flush=True)
    for line in take_from(engine, _make_ingest(ring, ahead=False), options.given, now_ms()):
        refused = refused or bool(line.get("refused"))
        print(json.dumps(line), flush=True)
    engine.dispose()
    return 1 if refused else 0


def _make_ingest(ring: Keyring, *, ahead: bool) -> Ingest:
    secrets = ring.secret("ingest"), ring.secret("pepper")
    opener = Opener(SealingKey(secrets[0]), secrets[1])
    return Ingest(opener, ring.signing("receipt"), (lambda: Ahead(*secrets)) if ahead else None)


def run_web(options: argparse.Namespace) -> int:
    """`web`: needs ca.key and operator.token; never a key that opens or signs records."""
    from central.access.oidc import read_provider
    from central.vault.client import OpenerClient
    from central.vault.forgetting import start_forgetful
    from central.vault.port import NoOpener
    from central.web.app import Site, make_app
    from central.web.serve import serve

    host, port = split_listen(options.listen, 8470)
    token = Keyring(options.keys).operator_token()
    if options.show_link:
        print(f"http://{host}:{port}/?token={token}")
        return 0
    if options.opener is not None:
        start_forgetful()
    engine, ring = open_centre(options)
    brokers = options.broker or [DEFAULT_BROKER]
    provider = None if options.accounts is None else read_provider(options.accounts)
    vault = NoOpener() if options.opener is None else OpenerClient(options.opener)
    app = make_app(Site(engine, ring, brokers, frozenset(options.host), now_ms, vault, provider))

    def tell(port: int) -> None:
        # The link is a secret: it goes to the terminal of whoever started this, not into the log.
        ready(service="web", port=port, url=f"http://{host}:{port}/", link=f"http://{host}:{port}/?token={token}")

    serve(app, host, port, stop_event(), tell)
    engine.dispose()
    log("stopped", service="web")
    return 0


def run_public(options: argparse.Namespace) -> int:
    """`public`: the open pages alone; never a session, never the opener."""
    from central.web.app import Site
    from central.web.public import make_public_app
    from central.web.serve import serve

    host, port = split_listen(options.listen, 8471)
    engine, ring = open_centre(options)
    app = make_public_app(Site(engine, ring, (), frozenset(options.host), now_ms))
    serve(app, host, port, stop_event(), lambda port: ready(service="public", port=port, url=f"http://{host}:{port}/"))
    engine.dispose()
    log("stopped", service="public")
    return 0


def open_centre(options: argparse.Namespace) -> tuple[Engine, Keyring]:
    """The migrated database and the keys that `options` name. Raises FileNotFoundError where there are no keys."""
    ring = Keyring(options.keys)
    ring.fingerprint()
    engine = open_database(options.database)
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    migrate(engine)
    return engine, ring


def split_listen(text: str, default_port: int) -> tuple[str, int]:
    """(host, port) of HOST:PORT or HOST. Raises ValueError."""
    host, _, port = text.rpartition(":") if ":" in text else (text, "", "")
    return host.strip("[]") or "127.0.0.1", int(port or default_port)


def now_ms() -> int:
    """Unix ms of this machine's clock."""
    return time.time_ns() // 1_000_000


def stop_event() -> threading.Event:
    """An event that SIGTERM or SIGINT sets."""
    stop = threading.Event()

    def end(number: int, _frame: object) -> None:
        log("stopping", signal=signal.Signals(number).name)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return stop
