"""python -m kiosk check: is everything on the cable in order? A line of JSON each, in the order a hand would follow it.

    {"part": "camera", "ok": true, "level": "ok", "vi": "...", "en": "...", "figure": {...}}

level is ok, warn (the gate works, but look at it) or fail. Sentences are for the technician on the ladder: what was
found and, if it is not well, the next thing to try. `--good` is the short self-test that decides whether a new version
stays (kiosk.commands.check_good).
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from firmware_cfg.settings import Settings
from kiosk.commands import check_box, check_parts
from kiosk.commands.check_finding import Finding, guarded, remember
from kiosk.commands.check_good import WAIT_S, good_findings
from kiosk.commands.check_network import network_findings
from kiosk.commands.settings_file import add_settings_arguments, read_settings_file


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 nothing fails, 1 something does, 2 wrong usage or an unreadable kiosk.toml."""
    parser = argparse.ArgumentParser(prog="python -m kiosk check")
    add_settings_arguments(parser)
    parser.add_argument("--good", action="store_true", help="the short self-test before a new version is kept")
    parser.add_argument("--wait", type=float, default=WAIT_S, metavar="S", help=f"at most this long ({WAIT_S:g} s)")
    arguments = parser.parse_args(argv)
    settings = read_settings_file(arguments, stderr)
    if settings is None:
        return 2
    looks = (
        good_findings(settings, arguments.bench, arguments.wait)
        if arguments.good
        else findings(settings, arguments.bench, arguments.runtime)
    )
    found = []
    for finding in looks:
        found.append(finding)
        print(json.dumps(finding.line(), ensure_ascii=False), file=stdout, flush=True)
    well = all(finding.ok for finding in found)
    remember(Path(settings.storage.folder), found, verdict=well if arguments.good else None)
    return 0 if well else 1


def findings(settings: Settings, bench: bool, runtime: Path) -> Iterator[Finding]:
    """Every part in turn; a part that fails in an unforeseen way is a finding too, not an end."""
    folder = Path(settings.storage.folder)
    parts: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("power", check_box.power_finding),
        ("heat", check_box.heat_finding),
        ("camera", lambda: check_parts.camera_finding(settings, bench, runtime)),
        ("decoder", check_parts.decoder_finding),
        ("lights", lambda: check_parts.lights_finding(settings, bench, runtime)),
        ("sound", lambda: check_box.sound_finding(settings, bench)),
        ("touch", check_box.touch_finding),
        ("radio", lambda: check_parts.radio_finding(settings, bench)),
        ("air", lambda: check_parts.air_finding(settings, bench)),
        ("disk", lambda: check_parts.disk_finding(settings)),
        ("card", check_box.card_finding),
        ("store", lambda: check_parts.store_finding(settings, bench)),
        ("forms", lambda: check_parts.forms_finding(settings, bench)),
        ("software", lambda: check_box.software_finding(folder)),
        ("roots", lambda: check_box.roots_finding(settings, bench)),
    )
    for name, look in parts:
        yield guarded(name, look)
    try:
        yield from network_findings(settings, bench)
    except Exception as error:  # a self-test says what it found, whatever a library throws
        yield Finding("link", "fail", f"Không kiểm tra được ({error})", f"Could not be checked ({error})")
