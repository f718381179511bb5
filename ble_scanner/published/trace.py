r"""PURE. `data_trace.txt`: what a Bluezone phone had heard, as its owner sent it to the health authority.

One row a line, `OWN\tCONTACT\tRSSI\tTIMESTAMP`: two identifiers of 12 bytes in hex, dBm, Unix time in milliseconds
(Android) or seconds (iOS). CONTACT is empty in rows of classic Bluetooth, which name an address only and are of no use
here. Source: BluezoneGlobal/bluezone-app, `BluezoneIdTrace`.
"""

from typing import NamedTuple

from ble_scanner.published.moments import unix_ms

IDENTIFIER_BYTES = 12


class TraceRow(NamedTuple):
    """The phone, as `own`, heard `contact` (b"": none was named) with `rssi` dBm at `at_ms` (Unix ms)."""

    own: bytes
    contact: bytes
    rssi: int
    at_ms: int


def read_trace_row(line: str) -> TraceRow:
    """The row of a line, with or without its CR, LF or byte order mark.

    Raises ValueError: what is wrong (in Vietnamese and English), never what stood there.
    """
    parts = line.strip("\ufeff\r\n ").split("\t")
    if len(parts) != 4:
        raise ValueError("four columns expected / cần bốn cột: own, contact, RSSI, time")
    own, contact, rssi, at = parts
    level = _whole(rssi, "RSSI")
    if not -127 <= level <= 20:
        raise ValueError("cần RSSI / RSSI expected: -127 to 20 dBm")
    return TraceRow(
        _identifier(own), _identifier(contact) if contact.strip() else b"", level, unix_ms(_whole(at, "giờ / time"))
    )


def _identifier(text: str) -> bytes:
    try:
        identifier = bytes.fromhex(text.strip())
    except ValueError:
        identifier = b""
    if len(identifier) != IDENTIFIER_BYTES:
        raise ValueError(f"cần mã / an identifier expected: {2 * IDENTIFIER_BYTES} hex")
    return identifier


def _whole(text: str, what: str) -> int:
    text = text.strip()
    # Python would read digits of every script and underscores; no phone writes them.
    if not text.isascii() or not text.removeprefix("-").isdecimal() or len(text) > 20:
        raise ValueError(f"{what}: cần số nguyên / a whole number expected")
    return int(text)
