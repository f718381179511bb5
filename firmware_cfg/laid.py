"""What a start made of kiosk.toml, kept beside the last good one: where nothing changed, a start needs no Python.

- One file, `laid`, root's alone. Its first line is the digest of the rest: half a file is no file.
- Its key is the bytes that the files were made of: kiosk.toml, the last good one, the release, the Wi-Fi shown.
- Kept only when all was well: the card's own file was taken, and every file could be written.
- /usr/lib/gatepost/bin/settings reads it, and holds each line that root acts by against what it may be (laid.awk).

    gatepost-laid 1 SHA256                  of everything below this line
    key CARD GOOD RELEASE SHOWN             SHA-256 each; SHOWN is - without such a file
    file PATH MODE GROUP LINES              octal, number of the group; then so many lines of text
    gone PATH                               must not be there
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from firmware_cfg.plan import File

LAID = "laid"
RELEASE = "usr/lib/gatepost/release.json"
ABSENT = "-"


def key(card: bytes, good: str, release: bytes, shown: bytes | None) -> str:
    """What the files were made of, in a line's words."""
    parts = (card, good.encode("utf-8"), release)
    return " ".join((*map(_digest, parts), ABSENT if shown is None else _digest(shown)))


def laid_text(made_of: str, files: Iterable[File], root: Path) -> str | None:
    """The text of `laid` for `files` as they lie below `root` now; None where one cannot be kept as lines."""
    lines = [f"key {made_of}\n"]
    for file in sorted(files, key=lambda one: str(one.path)):
        if file.text is None:
            lines.append(f"gone {file.path}\n")
            continue
        if file.text[-1:] not in ("", "\n") or "\0" in file.text:
            return None
        try:
            group = (root / file.path.relative_to("/")).lstat().st_gid
        except OSError:
            return None
        lines.append(f"file {file.path} {file.mode:o} {group} {file.text.count(chr(10))}\n{file.text}")
    text = "".join(lines)
    return f"gatepost-laid 1 {_digest(text.encode('utf-8'))}\n{text}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
