"""python -m image_build imager: what lets Raspberry Pi Imager write our image, and leave its settings alone.

    imager --image card.img.zst --extracted card.img --version 2026.11.23 --out os_list_local.rpi-imager-manifest

Imager applies no customisation where `init_format` is "none": kiosk.toml on the first partition is all one edits.
Source of the fields: Raspberry Pi Imager, doc/schema/os-list-schema.json and doc/os_customisation_formats.md.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from image_build.layout import EPOCH

# Imager's own names for the boards that our kernel and firmware start on (docs/technician.md says what is tried).
DEVICES = ("pi5-64bit", "pi4-64bit", "pi3-64bit", "pi-zero2-64bit")
_CHUNK = 1 << 20


def main(argv: Sequence[str], out: TextIO = sys.stdout, error: TextIO = sys.stderr) -> int:
    """Exit status: 0 written, 1 not (and why), 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m image_build imager")
    parser.add_argument("--image", type=Path, required=True, help="what is downloaded: card.img or card.img.zst")
    parser.add_argument("--extracted", type=Path, required=True, help="what is written: card.img")
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=Path, default=Path("os_list_local.rpi-imager-manifest"))
    wanted = parser.parse_args(argv)
    try:
        text = json.dumps(manifest(wanted.image, wanted.extracted, wanted.version), indent=2, ensure_ascii=False)
        wanted.out.write_text(text + "\n", "utf-8")
    except OSError as failed:
        print(f"{failed.filename}: {failed.strerror}", file=error)
        return 1
    print(wanted.out, file=out)
    return 0


def manifest(image: Path, extracted: Path, version: str) -> dict[str, object]:
    """The list of one image, as Imager reads it. Sizes in bytes, digests in hexadecimal."""
    entry = {
        "name": f"Gatepost {version}",
        "description": "Máy quét cửa Gatepost / Gatepost entry kiosk",
        "url": image.resolve().as_uri(),
        "release_date": datetime.fromtimestamp(EPOCH, UTC).date().isoformat(),
        "extract_size": extracted.stat().st_size,
        "extract_sha256": digest(extracted),
        "image_download_size": image.stat().st_size,
        "image_download_sha256": digest(image),
        "devices": list(DEVICES),
        "init_format": "none",
        "architecture": "armv8",
    }
    return {"os_list": [entry]}


def digest(path: Path) -> str:
    """SHA-256 of a file of any size."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()
