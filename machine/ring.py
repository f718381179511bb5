"""python -m machine ring: what went wrong in this boot, from the journal (RAM) into a small ring on the card.

    --folder DIR --cursor FILE

- Text is kept from the kernel and from the service manager only. A library's error may hold a name, an address or a
  Wi-Fi's: of everybody else it is kept who complained, how gravely and how often.
- Addresses of devices and networks are masked in what is kept.
- Two files of at most 128 KiB; one write for each pass, none without news, the same fault once with its count.
- The cursor lies in RAM: after a restart the journal begins anew, and so does the ring's reading of it.

A line: {"at_ms", "boot", "unit", "level" 0..7, "text", "times"}.
"""

import argparse
import json
import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

RING, OLDER = "ring.jsonl", "ring.older.jsonl"
FILE_BYTES = 128 * 1024
PASS_LINES = 100  # of one pass; what comes more often than that is said by the counts
READ_LINES = 5_000
LONGEST_TEXT = 200
JOURNAL_S = 30.0
# A unit that failed, a job that failed, a process killed for memory: warnings to the manager, faults to us
# (sd-messages.h).
FAULTS = (
    "d9b373ed55a64feb8242e02dbe79a49c",
    "be02cf6855d2428ba40df7e9d022f03d",
    "fe6faa94e7774663a0da52717891d8ef",
)
FIELDS = "__REALTIME_TIMESTAMP,_BOOT_ID,_TRANSPORT,_PID,_SYSTEMD_UNIT,SYSLOG_IDENTIFIER,UNIT,PRIORITY,MESSAGE"
JOURNALCTL = ("journalctl", "--quiet", "--no-pager", "--boot", "--output=json", f"--output-fields={FIELDS}")
_ADDRESS = re.compile(
    r"(?i)\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}"
)
_QUOTED = re.compile(r"(['\"]).*?\1")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is the same of faults that are counted together. `text` is "" for whoever is not trusted with words."""

    boot: str
    unit: str
    level: int
    text: str


def fault_of(entry: dict[str, object]) -> tuple[int, Fault] | None:
    """(Unix ms, fault) of one entry of the journal as `-o json` writes it; None for one that says nothing."""
    unit = entry.get("UNIT") or entry.get("_SYSTEMD_UNIT") or entry.get("SYSLOG_IDENTIFIER") or "kernel"
    trusted = entry.get("_TRANSPORT") == "kernel" or entry.get("_PID") == "1"
    message = entry.get("MESSAGE")
    words = message if trusted and isinstance(message, str) else ""
    try:
        at_ms = int(str(entry["__REALTIME_TIMESTAMP"])) // 1000
        level = int(str(entry.get("PRIORITY", "3")))
    except (KeyError, ValueError):
        return None
    return at_ms, Fault(str(entry.get("_BOOT_ID", ""))[:8], _plain(str(unit), 60), level, _plain(words, LONGEST_TEXT))


def gather(lines: Iterable[str]) -> list[str]:
    """At most PASS_LINES lines for the ring, in order of the first of each kind."""
    found: dict[Fault, list[int]] = {}
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        fault = fault_of(entry) if isinstance(entry, dict) else None
        if fault is None:
            continue
        seen = found.setdefault(fault[1], [fault[0], 0])
        seen[1] += 1
    return [
        json.dumps(
            {"at_ms": at_ms, "boot": f.boot, "unit": f.unit, "level": f.level, "text": f.text, "times": times},
            ensure_ascii=False,
        )
        for f, (at_ms, times) in list(found.items())[:PASS_LINES]
    ]


def append(folder: Path, lines: Sequence[str]) -> None:
    """Add `lines` in one write; the full file becomes the older one, whose predecessor goes. Raises OSError."""
    if not lines:
        return
    path, data = folder / RING, "".join(f"{line}\n" for line in lines).encode()
    if path.exists() and path.stat().st_size + len(data) > FILE_BYTES:
        path.replace(folder / OLDER)
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o660)
    try:
        os.write(fd, data[:FILE_BYTES])
    finally:
        os.close(fd)


def read_journal(
    cursor: Path, command: Sequence[str] = JOURNALCTL, patience_s: float = JOURNAL_S
) -> tuple[list[str], bool]:
    """New entries since the cursor, errors and worse first, then the manager's own faults; whether both were told.

    What one question brought is not given up when the other is not answered: its cursor has moved on. Raises OSError.
    """
    by_level = [*command, f"--lines={READ_LINES}", f"--cursor-file={cursor}.level", "--priority=err"]
    by_kind = [*command, f"--lines={READ_LINES}", f"--cursor-file={cursor}.kind", "--priority=warning..warning"]
    by_kind += [f"MESSAGE_ID={kind}" for kind in FAULTS]
    found: list[str] = []
    told = True
    for argv in (by_level, by_kind):
        try:
            ended = subprocess.run(argv, stdout=subprocess.PIPE, timeout=patience_s, check=False)
        except subprocess.TimeoutExpired:
            told = False
        else:
            found += ended.stdout.decode(errors="replace").splitlines()
    return found, told


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 done, 1 the card or the journal did not take part."""
    parser = argparse.ArgumentParser(prog="python -m machine ring")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--cursor", type=Path, required=True)
    found = parser.parse_args(argv)
    try:
        lines, told = read_journal(found.cursor)
        append(found.folder, gather(lines))
    except OSError as error:
        print(f"không ghi được sổ lỗi / the ring was not written: {error}", file=stderr)
        return 1
    if not told:
        print("nhật ký không trả lời / the journal does not answer", file=stderr)
    return 0 if told else 1


def _plain(text: str, longest: int) -> str:
    """On one line, without addresses and without what stands in quotes (a network's or a device's name)."""
    masked = _QUOTED.sub("'…'", _ADDRESS.sub("…", text))
    return "".join(sign if sign.isprintable() else " " for sign in masked)[:longest].strip()
