"""`python -m kiosk.devices.zbar_child`: libzbar in a process of its own, for it has crashed in the field (pyzbar #83).

Stdin: looks. Each is width and height (two unsigned 32-bit numbers, little endian) and width * height gray bytes.
Stdout: one answer a look. The number of symbols (unsigned 32-bit), then for each its length (unsigned 32-bit) and text
as UTF-8. Ends when stdin closes. Before the first look it says READY (4 bytes), which tells that libzbar is loaded.

Character set. QR byte segments without a stated character set hold, in all Vietnamese codes, UTF-8. libzbar guesses
instead, and takes "Trần Văn Thử" for Shift JIS: kanji come out, with no error. So it is asked for the raw bytes
(its option BINARY), which are taken as they are when they are UTF-8; only else is its own guess asked for.

No numpy, no dataclasses: the process shall stay at about 10 MB.
"""

import struct
import sys
from ctypes import c_char_p, c_void_p, cast, string_at
from typing import BinaryIO

from pyzbar import wrapper as zbar

# Numbers of zbar.h (0.23): zbar_config_t and the "800L" format (one byte of luma a pixel).
ENABLE, BINARY = 0, 4
ANY, QRCODE = 0, 64
Y800 = 0x30303859
MAX_PIXELS = 50_000_000
READY = b"zbar"


class Scanner:
    """One zbar image scanner for QR codes, with or without its guess of character sets."""

    def __init__(self, binary: bool) -> None:
        self._scanner = zbar.zbar_image_scanner_create()
        zbar.zbar_image_scanner_set_config(self._scanner, ANY, ENABLE, 0)
        zbar.zbar_image_scanner_set_config(self._scanner, QRCODE, ENABLE, 1)
        # zbar before 0.23.1 has no such option, and answers with an error: then its guess is all there is.
        zbar.zbar_image_scanner_set_config(self._scanner, QRCODE, BINARY, int(binary))

    def scan(self, gray: bytes, width: int, height: int) -> list[bytes]:
        """The payload of each QR code in `gray`, rows of `width` bytes."""
        image = zbar.zbar_image_create()
        try:
            zbar.zbar_image_set_format(image, Y800)
            zbar.zbar_image_set_size(image, width, height)
            zbar.zbar_image_set_data(image, cast(c_char_p(gray), c_void_p), len(gray), None)
            if zbar.zbar_scan_image(self._scanner, image) <= 0:
                return []
            found, symbol = [], zbar.zbar_image_first_symbol(image)
            while symbol:
                length = zbar.zbar_symbol_get_data_length(symbol)
                found.append(string_at(zbar.zbar_symbol_get_data(symbol), length))
                symbol = zbar.zbar_symbol_next(symbol)
            return found
        finally:
            zbar.zbar_image_destroy(image)


def is_utf8(data: bytes) -> bool:
    """Whether `data` is well-formed UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def look(raw: Scanner, guessing: Scanner, gray: bytes, width: int, height: int) -> list[bytes]:
    """The texts in one picture, as UTF-8."""
    found = raw.scan(gray, width, height)
    if all(is_utf8(data) for data in found):
        return found
    return [data for data in guessing.scan(gray, width, height) if is_utf8(data)]


def _read(pipe: BinaryIO, count: int) -> bytes | None:
    data = pipe.read(count)
    return data if len(data) == count else None


def main() -> int:
    """Serve looks until stdin closes: 0; a frame that cannot be (too large, cut short): 1."""
    raw, guessing = Scanner(binary=True), Scanner(binary=False)
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    stdout.write(READY)
    stdout.flush()
    while head := stdin.read(8):
        if len(head) < 8:
            return 1
        width, height = struct.unpack("<II", head)
        if width * height > MAX_PIXELS or (gray := _read(stdin, width * height)) is None:
            return 1
        texts = look(raw, guessing, gray, width, height) if width and height else []
        answer = b"".join(struct.pack("<I", len(text)) + text for text in texts)
        stdout.write(struct.pack("<I", len(texts)) + answer)
        stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
