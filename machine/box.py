"""Which box and which card this is, so that a copied card is noticed before it speaks in another's name.

- The box is its board's serial number (/proc/device-tree/serial-number), the card its CID register (SD specification,
  part 1, 5.2: maker, product, serial number), both hashed: the numbers themselves are nobody's business.
- Another card with the same files is a copy: its keys belong to the first one. Another box with the same card is a
  repair.
- What cannot be read (a disk has no CID) proves nothing and is not compared.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Verdict = Literal["new", "same", "moved", "copied"]
SERIAL = Path("proc/device-tree/serial-number")
CARDS = Path("sys/block")
BOX = "box.json"


@dataclass(frozen=True, slots=True)
class Box:
    """16 hexadecimal digits each, "" where the machine does not tell."""

    board: str
    card: str


def judge(kept: Box | None, found: Box) -> Verdict:
    """PURE. What the box is, by what was kept at its first start."""
    if kept is None:
        return "new"
    if kept.card and found.card and kept.card != found.card:
        return "copied"
    return "moved" if kept.board and found.board and kept.board != found.board else "same"


def find_box(root: Path, disk: str) -> Box:
    """What this machine says of itself; `disk` is the kernel's name of the disk that the data lie on."""
    return Box(_short(root / SERIAL), _short(root / CARDS / disk / "device" / "cid"))


def read_box(path: Path) -> Box | None:
    """What was kept; None where nothing was, or where a power cut or a worn card spoilt it."""
    try:
        found = json.loads(path.read_text("utf-8"))
        return Box(str(found["board"]), str(found["card"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def box_text(box: Box) -> str:
    """As it is kept."""
    return json.dumps(asdict(box))


def _short(path: Path) -> str:
    try:
        said = path.read_bytes().strip(b"\0\n ")
    except OSError:
        return ""
    return hashlib.sha256(b"gatepost/1 box" + said).hexdigest()[:16] if said else ""
