"""Base45 (RFC 9285), which QR codes carry in their alphanumeric mode: 2 bytes in 3 characters."""

import base45 as _library

from wire.refusal import Refused


def encode(data: bytes) -> str:
    """Text in the 45 characters of a QR code's alphanumeric mode."""
    return str(_library.b45encode(data), "ascii")


def decode(text: str) -> bytes:
    """Bytes of `text`. Raises Refused("malformed") for a foreign character, a bad length or an overflow."""
    try:
        return bytes(_library.b45decode(text))
    except (ValueError, TypeError) as error:
        raise Refused("malformed", "not Base45") from error
