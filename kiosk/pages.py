"""The kiosk's web servers put together: the visitor's screen with its form, and the guards' page behind the proxy."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from firmware_cfg.settings import Settings
from kiosk.clock import Clock
from kiosk.form_desk import FormDesk
from kiosk.guard_accounts import StoredAccounts
from kiosk.guard_desk import KioskGuardDesk
from kiosk.ledger import Ledger
from kiosk.live import LivePreview
from kiosk.loop import GateLoop
from kiosk.phone import check_phone
from kiosk.ports import Printer
from kiosk.receipt import receipt_printer
from kiosk.temporary_passes import TemporaryPasses
from store.db import Store, open_store
from ui.app import Place, make_app, serve
from ui.form.desk import Extras
from ui.guard.app import make_guard_app
from ui.screen import Feed
from ui.speech import Speech
from ui.words import LOCALES, read_language
from wire.envelope import ClockQuality


class Gate(NamedTuple):
    """What the pages stand on."""

    loop: GateLoop
    ledger: Ledger
    clock: Clock
    feed: Feed
    preview: LivePreview
    printer: Printer | None


Close = Callable[[], None]


def open_pages(settings: Settings, place: Place, gate: Gate) -> Close:
    """Serve them; the result ends them all."""
    ends = [_open_screen(settings, place, gate)]
    if settings.guard.socket:
        ends.append(_open_guard_page(settings, place, gate))

    def close() -> None:
        for end in ends:
            end()

    return close


def _open_screen(settings: Settings, place: Place, gate: Gate) -> Close:
    folder = Path(settings.storage.folder)
    passes = TemporaryPasses(folder, lambda: gate.clock.now_ms() // 1000)
    gate.ledger.trust_passes(passes.issuers)
    desk = FormDesk(gate.loop, gate.ledger.board, gate.clock, passes, settings.device.id, settings.venue.kind)
    printer = gate.printer
    extras = Extras(
        check_phone=check_phone,
        speak=partial(Speech().speak, keep=False),
        print_receipt=None
        if printer is None
        else receipt_printer(printer, place.name, lambda tag: read_language(LOCALES / tag)),
    )
    app = make_app(gate.feed, place, gate.loop.press, gate.preview, desk, extras)
    return serve(app, settings.screen.host, settings.screen.port).close


def _open_guard_page(settings: Settings, place: Place, gate: Gate) -> Close:
    folder = Path(settings.storage.folder)

    def store() -> Store:
        return open_store(folder, now_ms=gate.clock.now_ms, random_bytes=os.urandom)

    desk = KioskGuardDesk(gate.loop, gate.loop.cards, gate.feed, gate.clock, store)

    def known_ms() -> int | None:
        return None if gate.clock.quality is ClockQuality.UNSET else gate.clock.now_ms()

    accounts = StoredAccounts(store, gate.clock.now_ms)
    place = replace(place, hosts=(urlsplit(settings.guard.url).netloc,), framed_by=())
    app = make_guard_app(gate.feed, desk, accounts, place, time.monotonic, known_ms)
    server = serve(app, unix_socket=settings.guard.socket)

    def close() -> None:
        server.close()
        desk.close()

    return close
