"""python -m kiosk technician: the technician's PIN and the one-page report.

pin       set the first PIN, read from standard input: one line     forget   the page asks for a new one
report    the self-test as one page of text, to standard output or into --to FOLDER; --code: what its QR code says
read      a report's code, from standard input: what it says, as JSON (for whoever helps from afar; needs no kiosk.toml)
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from firmware_cfg.settings import Settings
from kiosk.chosen import open_clock
from kiosk.commands.check import findings
from kiosk.commands.settings_file import add_settings_arguments, read_settings_file
from kiosk.technician_pin import TechnicianPin
from kiosk.technician_report import MOST_CHARS, packed, page_of, unpacked
from machine import health
from ui.guard.pins import objection

REPORT = "gatepost-report.txt"
LONGEST_LINE = 64


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 done, 1 not done, 2 wrong usage or an unreadable kiosk.toml."""
    parser = argparse.ArgumentParser(prog="python -m kiosk technician")
    parser.add_argument("action", choices=("pin", "forget", "report", "read"))
    parser.add_argument("--to", type=Path, metavar="FOLDER", help=f"write {REPORT} there")
    parser.add_argument("--code", action="store_true", help="the text of the report's QR code instead")
    add_settings_arguments(parser)
    arguments = parser.parse_args(argv)
    if arguments.action == "read":
        return _read(stdin.readline(2 * MOST_CHARS).strip(), stdout, stderr)
    settings = read_settings_file(arguments, stderr)
    if settings is None:
        return 2
    if arguments.action == "report":
        return _report(settings, arguments, stdout, stderr)
    kept = TechnicianPin(Path(settings.storage.folder))
    if arguments.action == "forget":
        kept.forget()
        return 0
    return _choose(kept, stdin.readline(LONGEST_LINE).strip(), stderr)


def _read(text: str, stdout: TextIO, stderr: TextIO) -> int:
    try:
        said = unpacked(text)
    except ValueError:
        print("Không phải mã báo cáo. / This is no report's code.", file=stderr)
        return 1
    print(json.dumps(said, ensure_ascii=False, indent=1), file=stdout)
    return 0


def _choose(kept: TechnicianPin, pin: str, stderr: TextIO) -> int:
    if objection(pin) is not None:
        print("PIN phải có 6 đến 12 chữ số, không dễ đoán. / 6 to 12 digits, not easy to guess.", file=stderr)
        return 1
    if not kept.choose(pin):
        print("Đã có PIN, hoặc không ghi được. / There is a PIN already, or it cannot be written.", file=stderr)
        return 1
    return 0


def _report(settings: Settings, arguments: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    clock = open_clock(settings, arguments.bench)
    found = [one.line() for one in findings(settings, arguments.bench, arguments.runtime)]
    box = health.facts(Path(settings.storage.folder))
    facts = (settings.device.id, None if clock.known_now() is None else clock.now_ms(), box, found)
    text = packed(*facts) + "\n" if arguments.code else page_of(*facts)
    if arguments.to is None:
        stdout.write(text)
        return 0
    try:
        (arguments.to / REPORT).write_text(text, "utf-8")
    except OSError as error:
        print(f"{arguments.to}: không ghi được / cannot be written: {error.strerror}", file=stderr)
        return 1
    return 0
