"""python -m image_build flash: an image onto a card, read back, with the kiosk.toml of this one gate.

    flash --device /dev/sdb --image out/image/card.img --kiosk-toml kiosk.toml [--size BYTES]

In this order: kiosk.toml is judged as the kiosk will judge it; the disk is judged (image_build.disks); the image is
written whole, zeros too, so that nothing of an earlier life stays under it; the card is read back past the machine's
own memory and compared; kiosk.toml is put on the first partition and read back. A card is not touched before the last
of the checks is over.
"""

import argparse
import fcntl
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from firmware_cfg.settings import Settings, SettingsError, read_settings
from image_build.disks import block_name, gigabytes, judge, read_disk
from image_build.layout import offset
from image_build.tools import BuildError, need, run

CHUNK = 4 << 20  # a card erases in blocks of about this size
BAR = 30  # characters
_BLKFLSBUF = 0x1261  # linux/fs.h: forget what this machine remembers of a block device
SETTINGS = "kiosk.toml"
Progress = Callable[[str, int, int], None]


class NotFlashed(Exception):
    """The card is not made; the text says why and what to do, in Vietnamese and English."""


def main(argv: Sequence[str], out: TextIO = sys.stdout, error: TextIO = sys.stderr) -> int:
    """Exit status: 0 the card is ready, 1 it is not (and why), 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m image_build flash")
    parser.add_argument("--device", type=Path, required=True, metavar="/dev/...", help="the card, as a whole disk")
    parser.add_argument("--image", type=Path, required=True, metavar="card.img")
    parser.add_argument("--kiosk-toml", type=Path, required=True, metavar=SETTINGS)
    parser.add_argument("--size", type=int, metavar="BYTES", help="of a disk that does not look like a card")
    wanted = parser.parse_args(argv)
    try:
        read_good(wanted.kiosk_toml)
        need("mcopy")
        check_device(wanted.device, wanted.image, wanted.size)
        flash(wanted.image, wanted.device, wanted.kiosk_toml, _bar(out))
    except (NotFlashed, BuildError) as why:
        print(why, file=error)
        return 1
    except OSError as failed:
        text = f"{failed.filename or wanted.device}: {failed.strerror}"
        print(f"Thẻ chưa ghi xong ({text}). / The card is not done ({text}).", file=error)
        return 1
    print("Thẻ đã sẵn sàng, rút ra được. / The card is ready and may be taken out.", file=out)
    return 0


def read_good(path: Path) -> Settings:
    """The kiosk.toml at `path`. Raises NotFlashed with every problem of it at once."""
    try:
        return read_settings(path.read_text("utf-8"), bench=False)
    except UnicodeDecodeError:
        raise NotFlashed(f"{path}: không phải UTF-8 / is not UTF-8") from None
    except SettingsError as problems:
        raise NotFlashed(f"{path}:\n{problems}") from None


def check_device(device: Path, image: Path, typed: int | None) -> None:
    """Raises NotFlashed unless `device` is a disk that may be written over."""
    name = block_name(device)
    disk = None if name is None else read_disk(name)
    if disk is None:
        raise NotFlashed(f"{device} không phải là đĩa. / {device} is no disk.")
    refusal = judge(disk, image.stat().st_size, typed)
    if refusal is not None:
        raise NotFlashed(f"{refusal.vi}\n{refusal.en}")


def flash(image: Path, target: Path, settings: Path, progress: Progress) -> None:
    """Write, read back, add the settings. `target` is a block device or, for a trial, a file. Raises NotFlashed."""
    size = image.stat().st_size
    written = _write(image, target, size, progress)
    if _digest_of(target, size, progress) != written:
        raise NotFlashed(
            "Thẻ đọc lại khác với đã ghi: thẻ hỏng hoặc giả. Dùng thẻ khác.\n"
            "The card reads differently from what was written: it is worn out or a fake. Take another one."
        )
    put_settings(target, settings)


def put_settings(target: Path, settings: Path) -> None:
    """kiosk.toml on the first partition of `target`, read back. Raises NotFlashed, BuildError."""
    where = f"{target}@@{offset('GATEPOST')}"
    run("mcopy", "-o", "-i", where, settings, f"::{SETTINGS}", more={"MTOOLS_SKIP_CHECK": "1"})
    _forget(target)
    with tempfile.TemporaryDirectory() as folder:
        back = Path(folder) / SETTINGS
        run("mcopy", "-n", "-i", where, f"::{SETTINGS}", back, more={"MTOOLS_SKIP_CHECK": "1"})
        if back.read_bytes() != settings.read_bytes():
            raise NotFlashed(f"{SETTINGS} đọc lại bị sai. / {SETTINGS} did not read back.")


def _write(image: Path, target: Path, size: int, progress: Progress) -> bytes:
    digest, done = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | (os.O_EXCL if target.is_block_device() else 0))
    with os.fdopen(handle, "wb", buffering=0) as card:
        for chunk in _chunks(image, size):
            digest.update(chunk)
            view = memoryview(chunk)
            while view:
                view = view[card.write(view) :]
            done += len(chunk)
            os.fdatasync(handle)  # else the bar would run ahead of the card by all the memory of this machine
            progress("ghi / writing", done, size)
    return digest.digest()


def _digest_of(target: Path, size: int, progress: Progress) -> bytes:
    _forget(target)
    digest, done = hashlib.sha256(), 0
    for chunk in _chunks(target, size):
        digest.update(chunk)
        done += len(chunk)
        progress("đọc lại / reading back", done, size)
    return digest.digest()


def _chunks(path: Path, size: int) -> Iterator[bytes]:
    """The first `size` bytes of `path`; fewer where it ends sooner."""
    with path.open("rb", buffering=0) as file:
        left = size
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _forget(target: Path) -> None:
    """What is read next comes from the card itself."""
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        if target.is_block_device():
            fcntl.ioctl(handle, _BLKFLSBUF)
    finally:
        os.close(handle)


def _bar(out: TextIO) -> Progress:
    """A bar that is drawn anew in its line; where nobody watches, a line for each tenth."""
    last = [""]

    def show(what: str, done: int, whole: int) -> None:
        filled = BAR * done // max(1, whole)
        bar = f"[{'#' * filled}{' ' * (BAR - filled)}] {gigabytes(done)} / {gigabytes(whole)}  {what}"
        if out.isatty():
            out.write(f"\r\033[K{bar}" + ("\n" if done >= whole else ""))
        elif f"{what}{filled // 3}" != last[0]:
            last[0] = f"{what}{filled // 3}"
            out.write(bar + "\n")
        out.flush()

    return show
