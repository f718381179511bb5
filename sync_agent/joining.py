"""How a kiosk that is not enrolled comes to its papers: asked for over the network, or brought by a stick.

Loaded only where it is needed: an agent that has its papers asks nothing over HTTP and makes no certificates.
"""

import json
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from firmware_cfg.settings import Settings
from machine.log import say
from machine.notify import notify
from store.db import Store, StoreError
from sync_agent import stick
from sync_agent.enrol import Invitation, NotEnrolled, enrol, wait_before
from sync_agent.identity import Identity, Papers
from sync_agent.link import rest
from sync_agent.stick_enrol import enrol_by_stick

OpenStore = Callable[[], Store]


def until_enrolled(
    settings: Settings, open_store: OpenStore, identity: Identity, stop: threading.Event
) -> Papers | None:
    """The papers, asked for until they come; None when stopped before."""
    attempt, said_ready = 0, False
    while not stop.is_set():
        brought = identity.papers()  # by a stick, meanwhile
        if brought is not None and brought.device == settings.device.id:
            return brought
        try:
            papers = _enrol(settings, open_store, identity)
            say("enrolled", device=papers.device)
            return papers
        except NotEnrolled as error:
            attempt += 1
            say("not_enrolled", code=error.code, vi=error.vi, en=error.en)
        except StoreError as error:
            attempt += 1
            say("database_failed", reason=error.reason)
        if not said_ready:  # waiting for the centre is this service's normal work, not a failed start
            said_ready = True
            notify("READY=1")
        rest(stop, wait_before(attempt, random.SystemRandom().random()), lambda: notify("WATCHDOG=1"))
    return None


def enrol_once(settings: Settings, open_store: OpenStore, identity: Identity) -> int:
    """Ask once and say how it went; the exit status."""
    try:
        papers = _enrol(settings, open_store, identity)
    except NotEnrolled as error:
        print(json.dumps({"enrolled": False, "error": error.code, "vi": error.vi, "en": error.en}, ensure_ascii=False))
        return 1
    print(json.dumps({"enrolled": True, "device": papers.device, "venue": papers.venue, "gate": papers.gate}))
    return 0


def first_contact(
    settings: Settings, open_store: OpenStore, identity: Identity, mounted: Path
) -> Iterator[dict[str, object]]:
    """By a stick that is mounted there: a line for what was done. Raises stick.NoStick."""
    held = open_store()
    try:
        yield from enrol_by_stick(_invitation(settings), identity, held, stick.own_folder(mounted))
    finally:
        held.close()


def _enrol(settings: Settings, open_store: OpenStore, identity: Identity) -> Papers:
    store = open_store()
    try:
        return enrol(_invitation(settings), identity, store)
    finally:
        store.close()


def _invitation(settings: Settings) -> Invitation:
    centre = settings.centre
    return Invitation(settings.device.id, centre.enrol_url, centre.token, centre.root_fingerprint)
