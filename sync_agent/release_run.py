"""python -m sync_agent.release_run --settings kiosk.toml [--stick FOLDER]: one look at whether an update is due.

A timer starts it every few minutes; with --stick it is started for a USB stick that was put in. It runs as root, since
only root may speak to RAUC, and hands on only an address: RAUC checks the signature, its handler the version.
One line of JSON on stdout says what was done and why not more.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from firmware_cfg.settings import Settings, SettingsError, read_settings
from machine.clock import Clock, machine_clock
from machine.log import say
from machine.slot_choice import Slots
from machine.slot_files import Card, installed_card
from machine.slots import begin_trial, call_off
from machine.whole_file import replace_file
from store import bulletins
from store.db import FAILURES, Store, open_store
from store.visits import LATEST_MS, passages
from sync_agent.identity import FOLDER
from sync_agent.release import NO_VERSION, WAITS_MS, Attempt, Box, Do, decide, newest
from wire.bulletin import scopes_of
from wire.envelope import ClockQuality
from wire.refusal import Refused
from wire.release import KIND, Release, newer, read_release

INSTALL_S = 2 * 3600  # 30 MB over a rural line, and a slow card
INFO_S = 120
MOST_ON_A_STICK = 8
MAX_INFO_BYTES = 64 * 1024
Install = Callable[[Sequence[str]], int]
Look = Callable[[Path], str]


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 done or nothing due, 1 it did not work, 2 wrong usage or settings."""
    parser = argparse.ArgumentParser(prog="python -m sync_agent.release_run", description="Is an update due?")
    parser.add_argument("--settings", type=Path, required=True, metavar="kiosk.toml")
    parser.add_argument("--stick", type=Path, metavar="FOLDER", help="take an update from a stick mounted here")
    arguments = parser.parse_args(argv)
    card = installed_card()
    try:
        if arguments.stick is not None:
            return _say(from_stick(arguments.stick, card, install, version_on))
        settings = read_settings(arguments.settings.read_text("utf-8"), bench=False)
        return _say(look(settings, card, machine_clock(), install, os.environ.get("RUNTIME_DIRECTORY", "")))
    except (SettingsError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return 2
    except (*FAILURES, OSError, Refused) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _say(told: dict[str, object]) -> int:
    print(json.dumps(told), flush=True)
    return 0 if told.get("ok", True) else 1


def look(settings: Settings, card: Card, clock: Clock, install: Install, lent: str = "") -> dict[str, object]:
    """Decide and do the next step; `lent` is a folder that RAUC's fetcher can read.

    Raises StoreError, OSError, Refused.
    """
    now_ms = None if clock.quality is ClockQuality.UNSET else clock.now_ms()
    store = open_store(Path(settings.storage.folder), now_ms=clock.now_ms)
    try:
        release = newest(_releases(store, now_ms))
        visit_ms = _last_visit(store, now_ms)
    finally:
        store.close()
    step = decide(_box(settings, card, clock, now_ms, visit_ms), release)
    told: dict[str, object] = {"do": step.do, "why": step.why}
    match step.do:
        case Do.INSTALL if step.release is not None:
            told |= _install(settings, card, step.release, now_ms or 0, install, lent)
        case Do.RESTART:
            told["ok"] = begin_trial(card) == 0
        case Do.CALL_OFF:
            call_off(card)
        case _:
            pass
    return told


def _releases(store: Store, now_ms: int | None) -> Iterator[Release]:
    for bulletin in bulletins.all_of(store, KIND):
        if not bulletin.in_force(now_ms):
            continue
        try:
            yield read_release(bulletin.body)
        except Refused as refusal:  # of a centre that is newer than this kiosk
            say("release_refused", reason=refusal.reason, detail=refusal.detail)


def _last_visit(store: Store, now_ms: int | None) -> int | None:
    if now_ms is None:
        return None
    return max((at for at, _, _ in passages(store, now_ms - WAITS_MS["empty"], LATEST_MS)), default=None)


def _box(settings: Settings, card: Card, clock: Clock, now_ms: int | None, visit_ms: int | None) -> Box:
    device, venue, radio = settings.device.id, settings.venue, settings.radio
    slots = card.read()
    if slots.has_failed(card.booted):
        slots = Slots(slots.committed)  # `machine.slots good` writes it off
    return Box(
        device,
        scopes_of(device, venue.id, venue.ward, venue.province),
        card.version,
        slots.pending is not None,
        card.booted != slots.committed,
        now_ms,
        clock.minute(),
        visit_ms,
        radio.opens,
        radio.closes,
        _attempt(card),
    )


def _attempt(card: Card) -> Attempt:
    """What is noted of the newest attempt, whoever began it."""
    update, noted = card.update, card.noted("attempt")
    version, outcome = str(update.get("version", "")), str(update.get("outcome", ""))
    match noted:
        case {"version": str(begun), "starts": int(starts), "last_ms": int(last)} if begun == version or not version:
            return Attempt(begun, starts, last, outcome)
    return Attempt(version, 0, 0, outcome)


def _install(
    settings: Settings, card: Card, release: Release, now_ms: int, install: Install, lent: str
) -> dict[str, object]:
    before = _attempt(card)
    starts = before.starts if before.version == release.version else 0
    card.note_update(release.version, "failed", "interrupted")
    attempt = asdict(Attempt(release.version, starts + 1, now_ms))
    card.note(attempt=attempt)
    say("update_begins", version=release.version, start=starts + 1)
    command = ("rauc", "install", *_trust(settings, release.url, lent), release.url)
    return {"version": release.version, **_outcome(card, release.version, install(command))}


def _outcome(card: Card, version: str, status: int) -> dict[str, object]:
    """After RAUC has ended: its handlers have noted more than its exit status says."""
    if status == 0:
        say("update_installed", version=version)
        return {"ok": True}
    if card.update.get("why") == "interrupted":  # as it was noted before the start: no handler had a better word
        card.note_update(version, "failed", "rauc_failed")
    say("update_failed", version=version, status=status)
    return {"ok": False}


def _trust(settings: Settings, url: str, lent: str) -> tuple[str, ...]:
    """The centre's own authority for the centre's own server, else those of the image. The bundle is signed anyway.

    RAUC's fetcher has the agent's number and none of its groups: it does not come into the storage folder. A copy of
    this one public file is lent to it in `lent`, a folder in RAM.
    """
    ca = Path(settings.storage.folder) / FOLDER / "ca.crt"
    if urlsplit(url).hostname != urlsplit(settings.centre.enrol_url).hostname or not ca.exists():
        return ()
    if lent:
        copy = Path(lent) / ca.name
        replace_file(copy, ca.read_bytes(), mode=0o644)
        ca = copy
    return (f"--tls-ca={ca}",)


def from_stick(folder: Path, card: Card, install: Install, version_on: Look) -> dict[str, object]:
    """Take the newest bundle on a stick, by the same checks: signature, version, no trial under way."""
    seen = [(path, version_on(path)) for path in sorted(folder.glob("*.raucb"))[:MOST_ON_A_STICK]]
    best: tuple[Path, str] | None = None
    for path, version in seen:
        fit = version and newer(version, card.version or NO_VERSION) and not _known_bad(card, version)
        if fit and (best is None or newer(version, best[1])):
            best = path, version
    if best is None:
        strange = bool(seen) and not any(version for _, version in seen)
        return {"do": Do.NOTHING, "why": "not_signed" if strange else "nothing_new"}
    slots = card.read()
    if card.booted != slots.committed:
        return {"do": Do.NOTHING, "why": "on_trial"}
    path, version = best
    if slots.pending is not None and card.update.get("version") == version:
        return {"do": Do.NOTHING, "why": "pending"}
    card.note_update(version, "failed", "interrupted")
    return {"do": Do.INSTALL, "why": "", "version": version, **_outcome(card, version, install(_local(path)))}


def _local(path: Path) -> tuple[str, ...]:
    return ("rauc", "install", str(path))


def _known_bad(card: Card, version: str) -> bool:
    """A stick that stays in the box must not try the same broken system at every boot."""
    return card.update.get("version") == version and card.update.get("outcome") == "rolled_back"


def install(command: Sequence[str]) -> int:
    """RAUC's exit status; 1 as well when it is not done after INSTALL_S."""
    try:
        return subprocess.run(command, timeout=INSTALL_S, check=False).returncode
    except subprocess.TimeoutExpired:
        return 1


def version_on(path: Path) -> str:
    """The version in a bundle whose signature is good, "" for any other file."""
    command = ("rauc", "info", "--output-format=json", str(path))
    try:
        said = subprocess.run(command, timeout=INFO_S, check=False, capture_output=True)
        found = json.loads(said.stdout[:MAX_INFO_BYTES]) if said.returncode == 0 else {}
        version = str(found.get("version", "")) if isinstance(found, dict) else ""
        newer(version, NO_VERSION)
    except (subprocess.TimeoutExpired, ValueError, Refused):
        return ""
    return version


if __name__ == "__main__":
    sys.exit(main())
