"""The kiosk's web servers put together: the visitor's screen with its form; behind proxies the guards' page and the
forms on visitors' own phones. Each has its own threads: whoever asks one of them without end holds up no other.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from firmware_cfg.served import host_of
from firmware_cfg.settings import Settings
from kiosk.alone_desk import KioskAloneDesk
from kiosk.asides import Asides, check_name
from kiosk.check_desk import KioskCheckDesk
from kiosk.form_desk import FormDesk
from kiosk.guard_accounts import StoredAccounts
from kiosk.guard_desk import KioskGuardDesk
from kiosk.opening import Close, Gate
from kiosk.pass_desk import KioskPassDesk
from kiosk.phone_numbers import check_phone
from kiosk.receipt import note_printer, receipt_printer
from kiosk.touches import LookAgain
from machine.log import say
from store.db import Store, open_store
from ui.app import Place, make_app, serve
from ui.form.desk import Extras
from ui.form.pages import clock_ms
from ui.guard.app import make_guard_app
from ui.phone import THREADS, make_phone_app
from ui.phone_invitations import Invitations
from ui.speech import Speech
from ui.words import LOCALES, Words, read_language
from wire.bulletin import scopes_of
from wire.envelope import ClockQuality
from wire.zones import Zone, worst


def open_pages(settings: Settings, framed_by: tuple[str, ...], gate: Gate) -> Close:
    """Serve them; the result ends them all. `framed_by`: see Place."""
    place = _place(settings, framed_by)
    desk = _open_form_desk(settings, gate)
    checks = _open_check_desk(settings, gate, desk)
    invitations, speech = Invitations(settings.phone.url, clock_ms), Speech()
    phones = _open_phone_forms(settings, place, desk, invitations, speech) if settings.phone.url else None
    extras = _extras(place, gate, desk, invitations if phones is not None else None, speech)
    if settings.guard.socket and checks is not None:  # only guards can give one to the screen
        extras = replace(extras, handed=checks.handed)
    ends = [_open_screen(settings, place, gate, desk, extras)]
    if phones is not None:
        ends.append(phones)
    if settings.guard.socket:
        ends.append(_open_guard_page(settings, place, gate, checks))

    def close() -> None:
        for end in ends:
            end()

    return close


def _place(settings: Settings, framed_by: tuple[str, ...]) -> Place:
    gate, screen = settings.gate, settings.screen
    names = ("127.0.0.1", "localhost", screen.host)
    return Place(
        name=settings.venue.name,
        gate=gate.name,
        direction=gate.direction,
        kind=settings.venue.kind,
        languages=settings.venue.languages,
        hosts=tuple(f"{name}:{screen.port}" for name in names),
        help={"vi": gate.help_vi, "en": gate.help_en},
        framed_by=framed_by,
        mirror=screen.mirror,
        inside=screen.inside,
        poster=settings.centre.poster,
    )


def _open_form_desk(settings: Settings, gate: Gate) -> FormDesk:
    words, venue = Words(settings.venue.languages), settings.venue
    first = words.labels("form.aside.")[venue.languages[0]]
    texts = {tag: {**first, **said} for tag, said in words.labels("form.aside.").items()}
    asides = Asides(gate.loop, texts, check_name(venue.kind, venue.check), gate.clock.mono_ms)
    return FormDesk(gate.loop, gate.ledger.board, gate.clock, gate.passes, settings.device.id, venue.kind, asides)


def _open_check_desk(settings: Settings, gate: Gate, forms: FormDesk) -> KioskCheckDesk | None:
    store, asides = _stores(settings, gate), forms.asides
    return None if asides is None else KioskCheckDesk(asides, gate.clock, store, lambda: gate.loop.put(LookAgain()))


def _stores(settings: Settings, gate: Gate) -> Callable[[], Store]:
    """Connections, for threads that the gate's own is not for."""
    folder = Path(settings.storage.folder)
    return lambda: open_store(folder, now_ms=gate.clock.now_ms, random_bytes=os.urandom)


def _extras(place: Place, gate: Gate, desk: FormDesk, invitations: Invitations | None, speech: Speech) -> Extras:
    printer = gate.printer
    return Extras(
        check_phone=check_phone,
        speak=speech.speak,
        print_receipt=None
        if printer is None
        else receipt_printer(printer, place.name, lambda tag: read_language(LOCALES / tag)),
        invite=None if invitations is None else invitations.invite,
        aside=None if desk.asides is None else desk.asides.offer,
    )


def _open_screen(settings: Settings, place: Place, gate: Gate, desk: FormDesk, extras: Extras) -> Close:
    printer = gate.printer
    passes = KioskPassDesk(gate.loop)
    alone = KioskAloneDesk(gate.loop, None if printer is None else note_printer(printer))
    app = make_app(gate.feed, place, gate.loop.press, gate.preview, desk, extras, passes, alone, gate.technician)
    return serve(app, settings.screen.host, settings.screen.port).close


def _open_phone_forms(
    settings: Settings, place: Place, desk: FormDesk, invitations: Invitations, speech: Speech
) -> Close | None:
    """None where its socket cannot be: then nobody is led to a phone, and the gate works all the same."""
    place = replace(place, hosts=(host_of(settings.phone.url),), framed_by=())
    extras = Extras(check_phone=check_phone, speak=speech.speak)
    app = make_phone_app(desk, place, invitations, extras)
    try:
        return serve(app, unix_socket=settings.phone.socket, threads=THREADS).close
    except OSError as error:
        say("phone_forms", error=type(error).__name__)
        return None


def _open_guard_page(settings: Settings, place: Place, gate: Gate, checks: KioskCheckDesk | None) -> Close:
    store, venue = _stores(settings, gate), settings.venue
    areas = scopes_of(settings.device.id, venue.id, venue.ward, venue.province)

    def zone(now_ms: int | None) -> Zone | None:
        return worst(gate.ledger.board.duties.zones, areas, now_ms)

    due = (lambda: False) if checks is None else checks.check_due
    screen = (lambda: "") if checks is None else checks.handed.standing
    desk = KioskGuardDesk(gate.loop, gate.loop.cards, gate.feed, gate.clock, store, gate.tags_down, zone, due, screen)

    def known_ms() -> int | None:
        return None if gate.clock.quality is ClockQuality.UNSET else gate.clock.now_ms()

    accounts = StoredAccounts(store, gate.clock.now_ms)
    place = replace(place, hosts=(urlsplit(settings.guard.url).netloc,), framed_by=())
    app = make_guard_app(gate.feed, desk, accounts, place, time.monotonic, known_ms, checks)
    server = serve(app, unix_socket=settings.guard.socket)

    def close() -> None:
        server.close()
        desk.close()

    return close
