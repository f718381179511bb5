"""What stands before the emulated box: a card that a camera can read, a screen to take a picture of, senders on air."""

import asyncio
import struct
import threading
import time
from pathlib import Path

import numpy as np
import zxingcpp
from bumble.device import Device
from bumble.hci import Address
from bumble.transport import open_transport

from image_build.emulate.command import Parts, command, kernel_words
from image_build.emulate.slot import Slot
from kiosk.bench.drawing import FRAME
from tests.image import touch_inside, vivid_inside
from tests.image.radio import Air
from tests.image.stage import SCANNER, ways
from tests.image.vivid import LOOPED, frame
from tests.parts.site import card
from tests.parts.waits import wait_for

SLOT = Slot(Path("vmlinuz"), Path("initrd.gz"), "console=tty1 quiet")
WAIT_S = 20.0


def picture(text: str) -> np.ndarray:
    """As OpenCV gives it to the kiosk: rows of blue, green, red."""
    width, height = FRAME
    return np.frombuffer(frame(text), np.uint8).reshape(height, width, 3)


def test_a_card_before_the_lens_is_read_and_an_empty_lens_is_not() -> None:
    assert [code.text for code in zxingcpp.read_barcodes(picture(card(1)))] == [card(1)]
    assert zxingcpp.read_barcodes(picture("")) == []


def test_the_loop_and_the_ways_fit_the_kernels_2048_bytes() -> None:
    units = {"kiosk.service.d": SCANNER, "ways.service": ways({8090: 65535, 1883: 65535})}
    words = kernel_words(Parts(units=units, words=f"{LOOPED} systemd.mask=kiosk-screen.service"), "x" * 400)
    assert len(words) < 2048


def test_a_screen_is_plugged_in_only_where_one_is_asked_for() -> None:
    assert not [word for word in command(Parts(), SLOT, Path("/x")) if "gpu" in word]
    assert "virtio-gpu-pci,xres=1280,yres=800,addr=8" in command(Parts(screen=(1280, 800)), SLOT, Path("/x"))


def test_the_programs_inside_speak_of_structures_as_long_as_their_ioctl_says() -> None:
    """Linux, asm-generic/ioctl.h: bits 16 to 29 of the number are the size of what is handed over."""
    said = {
        vivid_inside.QUERYCTRL: struct.calcsize("<II32s4iI8x"),
        vivid_inside.QUERYMENU: struct.calcsize("<II32s4x"),
        vivid_inside.S_CTRL: struct.calcsize("<Ii"),
        vivid_inside.S_FMT: 208,
        vivid_inside.REQBUFS: struct.calcsize("<5I"),
        vivid_inside.STREAMON: struct.calcsize("<i"),
        **dict.fromkeys((vivid_inside.QUERYBUF, vivid_inside.QBUF, vivid_inside.DQBUF), len(vivid_inside.buffer(0, 0))),
        touch_inside.SETUP: struct.calcsize("<4H80sI"),
        touch_inside.AXIS_SETUP: struct.calcsize("<H2x6i"),
    }
    assert {number: number >> 16 & 0x3FFF for number in said} == said


def test_a_tag_is_heard_as_near_as_it_is_held_and_once_for_each_advertisement() -> None:
    payload = bytes.fromhex("0201060303aafe0d16aafe30ee" + "ab" * 8)
    heard: list[tuple[float, int, bytes]] = []
    with Air() as air:
        ended = threading.Event()
        box = threading.Thread(target=lambda: asyncio.run(_listen(air.port, heard, ended)))
        box.start()
        wait_for(lambda: air.heard, "the air", seconds=WAIT_S)
        with air.sender("F0:00:00:00:00:09", payload, level=-74):
            wait_for(lambda: len(heard) > 2, "the air", seconds=WAIT_S)
            air.walk("F0:00:00:00:00:09", [-33])
            wait_for(lambda: any(rssi == -33 for _, rssi, _ in heard), "the air", seconds=WAIT_S)
        ended.set()
        box.join(WAIT_S)
    assert {data for _, _, data in heard} == {payload}
    assert heard[0][1] == -74
    times = [at for at, _, _ in heard]
    assert np.median(np.diff(times)) > 0.05, "a report is doubled"


async def _listen(port: int, heard: list[tuple[float, int, bytes]], ended: threading.Event) -> None:
    """A box: bumble's own host at the adapter's cable."""
    async with await open_transport(f"tcp-client:127.0.0.1:{port}") as cable:
        device = Device.with_hci("box", Address("F1:F1:F2:F3:F4:F5"), cable.source, cable.sink)
        device.on("advertisement", lambda said: heard.append((time.monotonic(), said.rssi, bytes(said.data_bytes))))
        await device.power_on()
        await device.start_scanning(filter_duplicates=False)
        while not ended.is_set():
            await asyncio.sleep(0.05)
