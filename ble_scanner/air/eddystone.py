"""PURE. Eddystone frames (google/eddystone, protocol-specification.md and the page of each frame).

- The high half of the first byte is the type of the frame, the low half must be 0.
- UID has two reserved bytes at its end, which old devices leave away.
- URL has a body of 1 to 17 bytes: nobody could open one without.
- TLM names no beacon and is handed on as it is: whatever its version byte, and its encrypted form with the length of
  the plain one; such devices exist.
- Power is the one at 0 m. TLM has none.
- What follows a frame of a fixed length is none of its own.
"""

from ble_scanner.sighting import Sighting

_SCHEMES = ("http://www.", "https://www.", "http://", "https://")
_ENDS = (".com", ".org", ".edu", ".net", ".info", ".biz", ".gov")
_EXPANSIONS = (*[f"{end}/" for end in _ENDS], *_ENDS)
_UID, _URL, _TLM, _EID = 0x00, 0x10, 0x20, 0x30


def read_frame(frame: bytes) -> Sighting | None:
    """What the service data of FEAA is; None for no frame that we know."""
    size = len(frame)
    if size < 4:
        return None
    kind = frame[0]
    if kind == _TLM:
        return Sighting("eddystone-tlm", extra=frame) if size >= 14 else None
    power = (frame[1] ^ 0x80) - 0x80
    if kind == _EID:
        return Sighting("eddystone-eid", frame[2:10], power) if size >= 10 else None
    if kind == _UID:
        return Sighting("eddystone-uid", frame[2:18], power) if size >= 18 else None
    if kind == _URL and size <= 20 and frame[2] < len(_SCHEMES):
        return Sighting("eddystone-url", frame[2:], power)
    return None


def expanded_url(encoded: bytes) -> str:
    """The address that the bytes of an eddystone-url sighting (scheme and body) stand for. Bytes that the format
    reserves become "%XX", as bytes that are no text do in any address."""
    return _SCHEMES[encoded[0]] + "".join(map(_expanded, encoded[1:]))


def _expanded(byte: int) -> str:
    if byte < len(_EXPANSIONS):
        return _EXPANSIONS[byte]
    return chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}"
