"""python -m machine.slots: what RAUC and the units ask about the two slots of the card.

For RAUC (its custom bootloader backend and its handlers):
    get-primary | set-primary SLOT | get-state SLOT | set-state SLOT good|bad | get-current
    pre-install    refuses a downgrade and any installation during a trial, before a byte is written
    post-install   makes the boot slot that was written boot its own root
For the units:
    good     the self-test passed: the slot that runs is committed if it was on trial; else nothing is written
    failed   it did not pass: a trial is called off and the box boots the old slot; else nothing happens
    status   one line of JSON
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from machine.log import say
from machine.slot_choice import Slot, activate, mark, start_trial
from machine.slot_files import CMDLINE, FIRST, NOTES, RELEASE, BootImageError, Card, set_letter
from wire.refusal import Refused
from wire.release import newer

REBOOT = ("systemctl", "--no-block", "reboot")
TRIAL = "--reboot-argument=0 tryboot"  # the firmware's mark for one boot: image_build/firmware.py says its rules
MARK_GOOD = ("rauc", "status", "mark-good")
BOOT_SLOTS: Mapping[str, Slot] = {"boot.0": "A", "boot.1": "B"}  # by their names in RAUC's system.conf
COMMAND_S = 120  # RAUC answers within a second; a card that is worn out may take a minute to write
Run = Callable[[Sequence[str]], int]


def main(argv: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """The exit status: 0 done, 1 refused or failed (RAUC then stops), 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    card = Card(arguments.card, arguments.notes, arguments.release, arguments.cmdline)
    try:
        return _do(card, arguments, environment)
    except (OSError, Refused, BootImageError) as error:
        say("slots_failed", command=arguments.command, reason=f"{type(error).__name__}: {error}"[:200])
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m machine.slots", description="The two slots of the card.")
    parser.add_argument("--card", type=Path, default=FIRST, help="where the first partition is")
    parser.add_argument("--notes", type=Path, default=NOTES)
    parser.add_argument("--release", type=Path, default=RELEASE)
    parser.add_argument("--cmdline", type=Path, default=CMDLINE)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("get-primary", "get-current", "pre-install", "post-install", "good", "failed", "status"):
        commands.add_parser(name)
    for name in ("get-state", "set-primary", "set-state"):
        command = commands.add_parser(name)
        command.add_argument("slot", choices=("A", "B"))
        if name == "set-state":
            command.add_argument("state", choices=("good", "bad"))
    return parser


def _do(card: Card, arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    match arguments.command:
        case "get-primary":
            print(card.read().primary)
        case "get-current":
            print(card.booted)
        case "get-state":
            print("bad" if arguments.slot in card.read().bad else "good")
        case "set-primary":
            card.write(activate(card.read(), arguments.slot))
        case "set-state":
            set_state(card, arguments.slot, good=arguments.state == "good")
        case "pre-install":
            return before_install(card, environment)
        case "post-install":
            after_install(card, environment)
        case "good":
            return good(card)
        case "failed":
            return failed(card)
        case _:
            print(json.dumps(card.facts()))
    return 0


def set_state(card: Card, slot: Slot, *, good: bool) -> None:
    """RAUC's set-state. A trial that is called good is committed, and no older system is ever installed again."""
    before = card.read()
    after = mark(before, slot, good=good, booted=card.booted)
    if after.committed == before.committed:
        card.write(after)
        return
    card.write(after, floor=card.version, update={"version": card.version, "outcome": "good", "why": ""})


def before_install(card: Card, environment: Mapping[str, str]) -> int:
    """0 when the bundle may be installed. RAUC has verified its signature and mounted it."""
    version = _bundle_version(environment)
    slots, floor = card.read(), card.floor
    if card.booted != slots.committed:
        return _refuse(card, version, "on_trial", "Hệ thống mới đang chạy thử.", "A new system is on trial here.")
    for least in filter(None, (card.version, floor)):
        if newer(least, version):
            vi = f"Bản {version} cũ hơn bản {least} đã chạy ở đây."
            return _refuse(card, version, "downgrade", vi, f"Version {version} is older than {least}, which ran here.")
    card.note_update(version, "failed", "interrupted")  # until the end is reached
    return 0


def _refuse(card: Card, version: str, why: str, vi: str, en: str) -> int:
    card.note_update(version, "refused", why)
    say("update_refused", version=version, why=why)
    print(f"{vi} / {en}", file=sys.stderr)
    return 1


def _bundle_version(environment: Mapping[str, str]) -> str:
    """From the signed manifest: RAUC names it, or it lies in the bundle, which dm-verity guards. Raises Refused."""
    version = environment.get("RAUC_META_GATEPOST_VERSION")
    if version is None:
        manifest = Path(environment["RAUC_BUNDLE_MOUNT_POINT"], "manifest.raucm").read_text("utf-8")
        named = [line.partition("=")[2].strip() for line in manifest.splitlines() if line.startswith("version=")]
        version = named[0] if named else ""
    newer(version, "0.0.0")
    return version


def after_install(card: Card, environment: Mapping[str, str]) -> None:
    """Set the letter in every boot slot that was written; one that cannot be set is not tried.

    RAUC has made it the primary slot by now. Raises BootImageError, OSError.
    """
    version = _bundle_version(environment)
    for index in environment.get("RAUC_TARGET_SLOTS", "").split():
        name = environment.get(f"RAUC_SLOT_NAME_{index}", "")
        if name not in BOOT_SLOTS:
            continue
        slot = BOOT_SLOTS[name]
        try:
            set_letter(Path(environment[f"RAUC_SLOT_DEVICE_{index}"]), slot)
        except (OSError, BootImageError):
            update = {"version": version, "outcome": "failed", "why": "boot_slot"}
            card.write(mark(card.read(), slot, good=False, booted=card.booted), update=update)
            raise
    card.note_update(version, "tried", "")


def good(card: Card, run: Run | None = None) -> int:
    """Commit a trial by RAUC: a system that cannot reach its own updater must not stay."""
    slots = card.read()
    if card.booted != slots.committed or not card.knows_committed:
        return 0 if (run or _run)(MARK_GOOD) == 0 else 1
    if slots.has_failed(card.booted) and slots.pending is not None:
        version = str(card.update.get("version", ""))
        after = mark(slots, slots.pending, good=False, booted=card.booted)
        card.write(after, update={"version": version, "outcome": "rolled_back", "why": "no_start"})
        say("rolled_back", version=version, why="no_start")
    return 0


def failed(card: Card, run: Run | None = None) -> int:
    """Call a trial off and boot the old slot. 0 also where there is no trial."""
    slots = card.read()
    if card.booted == slots.committed or not card.knows_committed:
        return 0
    after = mark(slots, card.booted, good=False, booted=card.booted)
    card.write(after, update={"version": card.version, "outcome": "rolled_back", "why": "self_test"})
    say("rolled_back", version=card.version, why="self_test")
    return (run or _run)(REBOOT)


def begin_trial(card: Card, run: Run | None = None) -> int:
    """Reboot into the pending slot for one boot. 1 when there is nothing to try, else what the reboot answers."""
    slots = card.read()
    if not slots.wants_trial(card.booted):
        return 1
    card.write(start_trial(slots))
    return (run or _run)((*REBOOT, TRIAL))


def call_off(card: Card) -> None:
    """Forget the pending slot: its release was stopped before it was tried."""
    slots = card.read()
    if slots.pending is not None and card.booted == slots.committed:
        card.write(activate(slots, slots.committed))
        card.note_update(str(card.update.get("version", "")), "refused", "stopped")


def _run(command: Sequence[str]) -> int:
    try:
        return subprocess.run(command, timeout=COMMAND_S, check=False).returncode
    except subprocess.TimeoutExpired:
        return 1


if __name__ == "__main__":
    sys.exit(main())
