"""Runs in the guest, put there by the test's hand: holds a picture before the camera that the kiosk reads.

    python3 vivid_inside.py FILE WIDTH HEIGHT

vivid's output node is joined to its capture node. FILE holds one frame, packed with zlib: blue, green and red bytes,
which is what OpenCV asks a driver for first. It is shown again and again, as a card is held; a new FILE is a new
card. Numbers: Linux's include/uapi/linux/videodev2.h, structures of a 64-bit machine.
"""

import fcntl
import mmap
import os
import struct
import sys
import time
import zlib
from pathlib import Path

CAMERA, LENS = "/dev/video0", "/dev/video1"
QUERYCTRL, QUERYMENU, S_CTRL, S_FMT = 0xC0445624, 0xC02C5625, 0xC008561C, 0xC0D05605
REQBUFS, QUERYBUF, QBUF, DQBUF, STREAMON = 0xC0145608, 0xC0585609, 0xC058560F, 0xC0585611, 0x40045612
COUNT, MMAP, AT_MEMORY, AT_OFFSET = 4, 1, 60, 64
NEXT_CTRL = 0x80000000
MENU = 3
VIDEO_OUTPUT, FIELD_INTERLACED, COLORSPACE_SRGB = 2, 4, 8
BGR24 = int.from_bytes(b"BGR3", "little")
# What is written into the output is what the camera sees, and the driver writes nothing over it.
WANTED = {"Is Connected To": "Output", "OSD Text Mode": "None"}


def controls(node: int) -> list[tuple[int, int, str, int, int]]:
    """(id, type, name, lowest, highest) of each control of a node."""
    found: list[tuple[int, int, str, int, int]] = []
    last = 0
    while True:
        block = bytearray(struct.pack("<II32s4iI8x", last | NEXT_CTRL, 0, b"", 0, 0, 0, 0, 0))
        try:
            fcntl.ioctl(node, QUERYCTRL, block)
        except OSError:
            return found
        last, kind, name, lowest, highest = struct.unpack_from("<II32sii", block)
        found.append((last, kind, name.split(b"\0")[0].decode(), lowest, highest))


def choices(node: int, control: int, lowest: int, highest: int) -> dict[int, str]:
    """The words of a menu."""
    found = {}
    for index in range(lowest, highest + 1):
        block = bytearray(struct.pack("<II32s4x", control, index, b""))
        try:
            fcntl.ioctl(node, QUERYMENU, block)
        except OSError:
            continue
        found[index] = bytes(block[8:40]).split(b"\0")[0].decode()
    return found


def choose(camera: int, named: str, word: str) -> str:
    """Set the menu whose name ends with `named` to the choice that holds `word`. Ends the program without one."""
    seen = []
    for number, kind, name, lowest, highest in controls(camera):
        if kind == MENU and name.endswith(named):
            words = choices(camera, number, lowest, highest)
            seen.append((name, words))
            for index, choice in words.items():
                if word in choice:
                    fcntl.ioctl(camera, S_CTRL, bytearray(struct.pack("<Ii", number, index)))
                    return f"{name}: {choice}"
    raise SystemExit(f"the driver has no {named!r} with {word!r}: {seen}")


def shape(lens: int, width: int, height: int) -> int:
    """Set the output's format; bytes of a frame."""
    block = bytearray(208)
    struct.pack_into("<I4x7I", block, 0, VIDEO_OUTPUT, width, height, BGR24, FIELD_INTERLACED, 0, 0, COLORSPACE_SRGB)
    fcntl.ioctl(lens, S_FMT, block)
    got: tuple[int, ...] = struct.unpack_from("<6I", block, 8)
    print(f"{got[0]} x {got[1]} field {got[3]}, {got[5]} bytes a frame", flush=True)
    if got[:3] != (width, height, BGR24):
        raise SystemExit("the driver takes another format only")
    return got[5]


def buffers(lens: int, size: int) -> list[mmap.mmap]:
    """The driver's own buffers, shared: its output takes no write()."""
    asked = bytearray(struct.pack("<5I", COUNT, VIDEO_OUTPUT, MMAP, 0, 0))
    fcntl.ioctl(lens, REQBUFS, asked)
    found = []
    for index in range(struct.unpack_from("<I", asked)[0]):
        block = buffer(index, size)
        fcntl.ioctl(lens, QUERYBUF, block)
        (offset,) = struct.unpack_from("<I", block, AT_OFFSET)
        found.append(mmap.mmap(lens, size, offset=offset))
    return found


def buffer(index: int, size: int) -> bytearray:
    """struct v4l2_buffer: a full frame in this one."""
    block = bytearray(88)
    struct.pack_into("<5I", block, 0, index, VIDEO_OUTPUT, size, 0, FIELD_INTERLACED)
    struct.pack_into("<I", block, AT_MEMORY, MMAP)
    return block


def hold(lens: int, file: Path, size: int) -> None:
    """Show the frame of `file` for ever; the driver takes buffers at its own pace and gives them back."""
    shared = buffers(lens, size)
    frame, read_ns, frames, began = b"", 0, 0, time.monotonic()
    waiting = list(range(len(shared)))
    held: dict[int, int] = {}
    while True:
        now_ns = file.stat().st_mtime_ns
        if now_ns != read_ns:
            frame, read_ns = zlib.decompress(file.read_bytes()).ljust(size, b"\0"), now_ns
        index = waiting.pop()
        if held.get(index) != read_ns:
            shared[index][:] = frame
            held[index] = read_ns
        fcntl.ioctl(lens, QBUF, buffer(index, size))
        if not waiting:
            if frames == 0:
                fcntl.ioctl(lens, STREAMON, struct.pack("<i", VIDEO_OUTPUT))
            block = buffer(0, 0)
            fcntl.ioctl(lens, DQBUF, block)
            waiting.append(struct.unpack_from("<I", block)[0])
            frames += 1
            if frames % 50 == 0:
                print(f"{frames} frames, {frames / (time.monotonic() - began):.1f} a second", flush=True)


def main(file: str, width: str, height: str) -> None:
    """Until it is ended."""
    camera, lens = os.open(CAMERA, os.O_RDWR), os.open(LENS, os.O_RDWR)
    size = shape(lens, int(width), int(height))
    for named, word in WANTED.items():
        print(choose(camera, named, word), flush=True)
    os.close(camera)
    hold(lens, Path(file), size)


if __name__ == "__main__":
    main(*sys.argv[1:4])
