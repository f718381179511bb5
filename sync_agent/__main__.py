"""python -m sync_agent run | enrol | status | carry | stick: the composition root of the agent.

run    --settings kiosk.toml [--bench]    enrol if need be, then work until SIGTERM; a ready line on stdout
enrol  --settings kiosk.toml [--bench]    enrol once and say how it went
status --settings kiosk.toml [--bench]    one JSON object: backlog, oldest, receipts, connected, alarms
carry  --settings kiosk.toml [--bench] --to FOLDER | --receipts FOLDER | --bulletins FOLDER
stick  --settings kiosk.toml [--bench] --folder FOLDER    all of carry with one stick, by no hand
"""

import argparse
import json
import random
import signal
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from firmware_cfg.settings import INSTALLED_MARK, Settings, SettingsError, read_settings
from machine import health
from machine.agent_report import report_file
from machine.log import say
from machine.notify import notify
from store import outbox
from store.db import FAILURES, Store, open_store
from sync_agent.broker import PahoBroker
from sync_agent.identity import FOLDER, Identity, Papers
from sync_agent.loop import Loop, Place
from sync_agent.outbox import Outbox
from sync_agent.report import Report
from wire.bulletin import scopes_of

WATCHDOG_MS = 10_000  # the unit allows 60 s; a dial may block for 10 s for each address of a broker
BUILT_MS = 1_767_225_600_000  # 2026-01-01: a clock before that was never set


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 1 it did not work, 2 wrong usage or settings."""
    arguments = _parser().parse_args(argv)
    if arguments.bench and INSTALLED_MARK.exists():
        print("Máy này đã lắp đặt. / This kiosk is installed: --bench is refused.", file=sys.stderr)
        return 2
    try:
        settings = read_settings(arguments.settings.read_text("utf-8"), bench=arguments.bench)
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 2
    folder = Path(settings.storage.folder)
    try:
        match arguments.command:
            case "run":
                return _run(settings, folder)
            case "enrol":
                return _enrol_once(settings, folder)
            case "status":
                return _status(settings, folder)
            case "stick":
                return _stick(settings, folder, arguments.folder)
            case _:
                return _carry(settings, folder, arguments)
    except (*FAILURES, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sync_agent", description="Outbox up, bulletins down.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("run", "enrol if need be, then work until SIGTERM"),
        ("enrol", "enrol once"),
        ("status", "what waits, as JSON"),
        ("carry", "batches to a folder, receipts or bulletins from a folder"),
        ("stick", "everything in from a USB stick that is mounted, everything out to it"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("--settings", type=Path, required=True, metavar="kiosk.toml")
        command.add_argument("--bench", action="store_true", help="allow simulated devices")
        if name == "carry":
            way = command.add_mutually_exclusive_group(required=True)
            way.add_argument("--to", type=Path, metavar="FOLDER")
            way.add_argument("--receipts", type=Path, metavar="FOLDER")
            way.add_argument("--bulletins", type=Path, metavar="FOLDER")
        if name == "stick":
            command.add_argument("--folder", type=Path, required=True, help="where the stick is mounted")
    return parser


def _run(settings: Settings, folder: Path) -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    identity = Identity(folder / FOLDER)
    papers = _enrolled(settings, folder, identity, stop)
    if papers is None:
        return 0
    if not (settings.centre.brokers or papers.brokers):
        say("no_brokers", hint="centre.brokers in kiosk.toml is empty and the centre named none")
        return 1
    loop = _make_loop(settings, folder, identity, papers)
    print(json.dumps({"ready": True, "device": papers.device}), flush=True)
    notify("READY=1")
    alive_ms = _mono_ms()
    while not stop.is_set():
        loop.turn()
        if _mono_ms() - alive_ms >= WATCHDOG_MS:
            alive_ms = _mono_ms()
            notify("WATCHDOG=1")
    notify("STOPPING=1")
    loop.close()
    return 0


def _make_loop(settings: Settings, folder: Path, identity: Identity, papers: Papers) -> Loop:
    place = Place(settings.device.id, settings.centre.brokers or papers.brokers, _scopes(settings))
    held = _outbox(settings, folder)
    broker = PahoBroker(settings.device.id, identity.tls)
    spread = random.SystemRandom()
    return Loop(place, held, broker, Report(folder, partial(health.facts, folder)), _mono_ms, _unix_ms, spread.random)


def _scopes(settings: Settings) -> frozenset[str]:
    return scopes_of(settings.device.id, settings.venue.id, settings.venue.ward, settings.venue.province)


def _enrolled(settings: Settings, folder: Path, identity: Identity, stop: threading.Event) -> Papers | None:
    """The papers, asked for until they come; None when stopped before."""
    papers = identity.papers()
    if papers is not None and papers.device == settings.device.id:
        return papers
    # HTTP and the making of certificates: once in the life of a box, not at each start of its agent.
    from sync_agent.joining import until_enrolled

    return until_enrolled(settings, partial(_open, folder), identity, stop)


def _enrol_once(settings: Settings, folder: Path) -> int:
    from sync_agent.joining import enrol_once  # as in _enrolled

    return enrol_once(settings, partial(_open, folder), Identity(folder / FOLDER))


def _status(settings: Settings, folder: Path) -> int:
    store = _open(folder)
    papers, waiting = Identity(folder / FOLDER).papers(), outbox.backlog(store)
    epochs = [
        {"epoch": e.epoch.hex(), "last": e.last_seq, "through": e.through_seq, "generation": e.generation, "n": e.n}
        for e in outbox.epochs(store)
    ]
    store.close()
    try:
        said = json.loads(report_file(folder).read_text("utf-8"))
    except (OSError, ValueError):
        said = {}
    facts = {
        "device": settings.device.id,
        "enrolled": papers is not None,
        "backlog": waiting.rows,
        "oldest_ms": waiting.oldest_ms,
        "through": epochs[-1]["through"],
        "generation": epochs[-1]["generation"],
        "epochs": epochs,
        "connected": said.get("connected", False),
        "broker": said.get("broker"),
        "alarms": said.get("alarms", {}),
    }
    print(json.dumps(facts, ensure_ascii=False))
    return 0


def _carry(settings: Settings, folder: Path, ways: argparse.Namespace) -> int:
    from sync_agent import carry  # a command of its own: the agent that runs carries nothing

    held = _outbox(settings, folder)
    if ways.to is not None:
        lines = carry.write_batches(held, settings.device.id, ways.to)
    elif ways.receipts is not None:
        lines = carry.read_receipts(held, ways.receipts, _unix_ms() or 0)
    else:
        lines = carry.read_bulletins(held, _scopes(settings), ways.bulletins, _unix_ms())
    for line in lines:
        print(json.dumps(line), flush=True)
    return 0


def _stick(settings: Settings, folder: Path, mounted: Path) -> int:
    from sync_agent import stick  # as in _carry
    from sync_agent.joining import first_contact

    try:
        for line in first_contact(settings, partial(_open, folder), Identity(folder / FOLDER), mounted):
            print(json.dumps(line, ensure_ascii=False), flush=True)
        held = _outbox(settings, folder)
        for line in stick.visit(held, settings.device.id, _scopes(settings), mounted, _unix_ms):
            print(json.dumps(line), flush=True)
    except stick.NoStick as error:
        print(json.dumps({"done": False, "vi": error.vi, "en": error.en}, ensure_ascii=False))
        return 1
    return 0


def _outbox(settings: Settings, folder: Path) -> Outbox:
    key = Identity(folder / FOLDER).device_key()
    return Outbox(lambda: _open(folder), settings.device.id, key, settings.centre.root_fingerprint)


def _open(folder: Path) -> Store:
    return open_store(folder, now_ms=lambda: time.time_ns() // 1_000_000)


def _mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _unix_ms() -> int | None:
    now = time.time_ns() // 1_000_000
    return now if now >= BUILT_MS else None


if __name__ == "__main__":
    sys.exit(main())
