"""Decoding against zxing-cpp and zbar alone: codes found, codes invented, what an empty frame costs, the preview.

`run(quick)` gives rows {"name", "value", "unit", "bound", "holds", "note"}; `python -m tests.bench.decode [--quick]`
prints them. `--photos DIR` counts on a folder of photographs instead, where nobody knows what is in them: a text that
ours alone reads is listed as a gain, one that zxing-cpp or zbar reads and ours does not is a loss.
CPU is that of this process and its children, in one run, each against the same frames.
"""

import argparse
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import zxingcpp
from pyzbar import pyzbar

from kiosk.devices.choose import open_decoder
from kiosk.devices.config import DecoderConfig
from kiosk.devices.pictures import BadPicture, read_gray
from kiosk.devices.preview import small_jpeg
from kiosk.ports import Decoder
from tests.bench.frames import EMPTY, Gray, Picture, damaged, empty
from tests.bench.paper import folded

Row = dict[str, Any]
Reader = Callable[[Gray], set[str]]
# How many frames a held code is seen in: 2 s at 10 frames a second, the time a visitor holds a card without wondering.
HELD_FRAMES = 20


def zxing_alone(gray: Gray) -> set[str]:
    """One default call, texts from the bytes where they are UTF-8: the library as good as its user can have it."""
    return {_text(bytes(code.bytes), code.text) for code in zxingcpp.read_barcodes(gray, formats=_QR)}


def zbar_alone(gray: Gray) -> set[str]:
    """One default call of pyzbar."""
    found = pyzbar.decode(np.ascontiguousarray(gray), [pyzbar.ZBarSymbol.QRCODE])
    return {_text(code.data, code.data.decode(errors="replace")) for code in found}


_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def _text(data: bytes, otherwise: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return otherwise


def ours(decoder: Decoder) -> Reader:
    """A decoder of ours as a reader."""
    return lambda gray: {symbol.text for symbol in decoder.decode(gray)}


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def count(pictures: Sequence[Picture], reader: Reader) -> tuple[Counter[str], int]:
    """Pictures read exactly, by group, and texts that are in no picture."""
    read: Counter[str] = Counter()
    invented = 0
    for picture in pictures:
        texts = reader(picture.gray)
        read[picture.group] += picture.text in texts
        invented += len(texts - {picture.text})
    return read, invented


def row(name: str, value: float, unit: str, bound: str, holds: bool, note: str = "") -> Row:
    """One line of the table."""
    return {"name": name, "value": round(value, 3), "unit": unit, "bound": bound, "holds": holds, "note": note}


def found_rows(per_fault: int) -> list[Row]:
    """Generated frames with a code: `python -m kiosk decode`'s decoder, then the gate's on held codes."""
    pictures = [*damaged(per_fault, seed=2026), *folded(per_fault, seed=2026)]
    zxing, zxing_invented = count(pictures, zxing_alone)
    zbar, zbar_invented = count(pictures, zbar_alone)
    thorough = open_decoder(DecoderConfig("thorough", wait_s=30))
    mine, invented = count(pictures, ours(thorough))
    thorough.close()
    held, held_invented = held_codes(pictures)
    best = {group: max(zxing[group], zbar[group]) for group in zxing}
    groups = ", ".join(f"{group} {mine[group]}/{held[group]}/{zxing[group]}/{zbar[group]}" for group in best)
    behind = [group for group in best if mine[group] < best[group]]
    gate_behind = [group for group in best if held[group] < best[group]]
    total, bound = sum(mine.values()), max(sum(zxing.values()), sum(zbar.values()))
    note = f"of {len(pictures)}; zxing-cpp {sum(zxing.values())}, zbar {sum(zbar.values())}"
    return [
        row("decode: codes found, single pictures", total, "codes", f">= {bound}", total >= bound and not behind, note),
        row("decode: sets where we find fewer", len(behind), "sets", "0", not behind, f"us/gate/zxing/zbar: {groups}"),
        row("decode: codes found, held before the gate", sum(held.values()), "codes", f">= {bound}",
            sum(held.values()) >= bound, f"{HELD_FRAMES} frames each; fewer in: {gate_behind or 'none'}"),
        row("decode: codes invented", invented + held_invented, "codes", "0", invented + held_invented == 0,
            f"zxing-cpp {zxing_invented}, zbar {zbar_invented} (its guess of character sets)"),
    ]  # fmt: skip


def held_codes(pictures: Sequence[Picture]) -> tuple[Counter[str], int]:
    """Each picture held for HELD_FRAMES, each time with new sensor noise, after a pause with nobody there."""
    rng = np.random.default_rng(7)
    pause = [picture.gray for picture in empty("still room", 60)]
    decoder = open_decoder(DecoderConfig())
    read: Counter[str] = Counter()
    invented = 0
    for picture in pictures:
        for gray in pause:
            invented += len(decoder.decode(gray))
        for _ in range(HELD_FRAMES):
            noisy = np.clip(picture.gray + rng.normal(0, 2, picture.gray.shape), 0, 255).astype(np.uint8)
            texts = {symbol.text for symbol in decoder.decode(noisy)}
            invented += len(texts - {picture.text})
            if picture.text in texts:
                read[picture.group] += 1
                break
        else:
            read[picture.group] += 0
    decoder.close()
    return read, invented


def cost_rows(frames: int) -> list[Row]:
    """CPU of an empty frame, policy and children included, against one default call of zxing-cpp."""
    rows = []
    for kind in EMPTY:
        pictures = [picture.gray for picture in empty(kind, 120)]
        bare = _cpu_of(pictures, frames, zxing_alone, lambda: None)
        decoder = open_decoder(DecoderConfig())
        mine = _cpu_of(pictures, frames, ours(decoder), decoder.close)
        note = f"{frames} frames, {bare / frames * 1000:.2f} ms each by zxing-cpp alone"
        rows.append(row(f"decode: empty frame, {kind}", mine / bare, "x", "<= 1.3", mine <= 1.3 * bare, note))
    return rows


def _cpu_of(pictures: Sequence[Gray], frames: int, reader: Reader, close: Callable[[], None]) -> float:
    """There and back through the pictures, so that a moving scene does not jump."""
    order = [*range(len(pictures)), *range(len(pictures) - 2, 0, -1)]
    begun = _cpu()
    for index in range(frames):
        reader(pictures[order[index % len(order)]])
    close()
    return _cpu() - begun


def preview_row() -> Row:
    """CPU of one preview picture."""
    pictures = [picture.gray for picture in empty("wall of print", 20)]
    begun = time.process_time()
    for gray in pictures * 5:
        small_jpeg(gray)
    each = (time.process_time() - begun) / 100 * 1000
    return row("preview: CPU of a frame", each, "ms", "<= 3", each <= 3, "640x480 -> 320x240 JPEG")


def run(quick: bool) -> list[Row]:
    """All rows; `quick` takes about 15 s, else about 3 minutes."""
    return [*found_rows(6 if quick else 40), *cost_rows(450 if quick else 3600), preview_row()]


def photos(folder: Path) -> list[Row]:
    """Ours against the better of both on every picture file below `folder`."""
    counts: Counter[str] = Counter()
    thorough = open_decoder(DecoderConfig("thorough", wait_s=60))
    for path, gray in _pictures(folder):
        texts = {"zxing": zxing_alone(gray), "zbar": zbar_alone(gray), "ours": ours(thorough)(gray)}
        counts.update({name: bool(found) for name, found in texts.items()})
        counts["pictures"] += 1
        if not texts["ours"] and (texts["zxing"] or texts["zbar"]):
            counts["lost"] += 1
            print(f"lost: {path}", file=sys.stderr)
    thorough.close()
    best = max(counts["zxing"], counts["zbar"])
    note = f"of {counts['pictures']}; zxing-cpp {counts['zxing']}, zbar {counts['zbar']}, lost {counts['lost']}"
    return [row(f"photos with a code read: {folder.name}", counts["ours"], "photos", f">= {best}",
                counts["ours"] >= best, note)]  # fmt: skip


def _pictures(folder: Path) -> Iterable[tuple[Path, Gray]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".png", ".jpg", ".jpeg", ".gif", ".webp"):
            try:
                yield path, read_gray(path.read_bytes())[0]
            except BadPicture as bad:
                print(f"skipped: {path}: {bad.reason}", file=sys.stderr)


def main() -> int:
    """Print a JSON line a row; 1 when a bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--photos", type=Path, metavar="DIR")
    words = parser.parse_args()
    rows = photos(words.photos) if words.photos else run(words.quick)
    for line in rows:
        print(json.dumps(line, ensure_ascii=False))
    return 0 if all(line["holds"] for line in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
