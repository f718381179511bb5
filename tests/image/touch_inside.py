"""Runs in the guest, put there by the test's hand: a touch panel, and the finger on it.

    python3 touch_inside.py FIFO WIDTH HEIGHT

Each line "x y" on FIFO is a tap of 150 ms at that pixel. Numbers: Linux's include/uapi/linux/uinput.h and
input-event-codes.h, structures of a 64-bit machine.
"""

import fcntl
import os
import struct
import sys
import time

SET_EVENTS, SET_KEYS, SET_AXES, SET_PROPERTIES = 0x40045564, 0x40045565, 0x40045567, 0x4004556E
SETUP, AXIS_SETUP, CREATE = 0x405C5503, 0x401C5504, 0x5501
SYN, KEY, ABS = 0, 1, 3
BTN_TOUCH, DIRECT, USB = 0x14A, 1, 3
ABS_X, ABS_Y, SLOT, SLOT_X, SLOT_Y, TRACKING = 0, 1, 0x2F, 0x35, 0x36, 0x39
TAP_S = 0.15
DOTS_A_MM = 6  # a panel of 10 inches


def panel(width: int, height: int) -> int:
    """A new touch panel; udev tells who listens."""
    made = os.open("/dev/uinput", os.O_WRONLY)
    for kind in (KEY, ABS):
        fcntl.ioctl(made, SET_EVENTS, kind)
    fcntl.ioctl(made, SET_KEYS, BTN_TOUCH)
    fcntl.ioctl(made, SET_PROPERTIES, DIRECT)
    far = {ABS_X: width - 1, SLOT_X: width - 1, ABS_Y: height - 1, SLOT_Y: height - 1, SLOT: 4, TRACKING: 65535}
    for axis, most in far.items():
        dots = DOTS_A_MM if axis not in (SLOT, TRACKING) else 0
        fcntl.ioctl(made, SET_AXES, axis)
        fcntl.ioctl(made, AXIS_SETUP, struct.pack("<H2x6i", axis, 0, 0, most, 0, 0, dots))
    fcntl.ioctl(made, SETUP, struct.pack("<4H80sI", USB, 0x1209, 1, 1, b"Gatepost test panel", 0))
    fcntl.ioctl(made, CREATE)
    return made


def send(made: int, *events: tuple[int, int, int]) -> None:
    """Events, and the word that they are one."""
    for kind, code, value in (*events, (SYN, 0, 0)):
        os.write(made, struct.pack("<qqHHi", 0, 0, kind, code, value))


def tap(made: int, number: int, x: int, y: int) -> None:
    """One finger down and up again."""
    send(made, (ABS, SLOT, 0), (ABS, TRACKING, number), (ABS, SLOT_X, x), (ABS, SLOT_Y, y),
         (ABS, ABS_X, x), (ABS, ABS_Y, y), (KEY, BTN_TOUCH, 1))  # fmt: skip
    time.sleep(TAP_S)
    send(made, (ABS, SLOT, 0), (ABS, TRACKING, -1), (KEY, BTN_TOUCH, 0))


def main(fifo: str, width: str, height: str) -> None:
    """Until it is ended."""
    made = panel(int(width), int(height))
    print("panel", flush=True)
    os.mkfifo(fifo)
    with os.fdopen(os.open(fifo, os.O_RDWR), "r") as lines:
        for number, line in enumerate(lines, 1):
            x, y = map(int, line.split())
            tap(made, number, x, y)
            print(f"tap {x} {y}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4])
