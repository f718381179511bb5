"""PURE. One advertisement as it was understood: which format it is of, and the identifier that it carries."""

from typing import Literal, NamedTuple

Kind = Literal[
    "bluezone",
    "bluezone-ios",
    "exposure-notification",
    "opentrace",
    "tracetogether-token",
    "herald",
    "ibeacon",
    "altbeacon",
    "eddystone-uid",
    "eddystone-url",
    "eddystone-tlm",
    "eddystone-eid",
]


class Sighting(NamedTuple):
    """What one advertisement says.

    kind   its format
    id     the identifier, b"" where the advertisement tells of presence only (bluezone-ios, opentrace, herald) or of
           no identity at all (eddystone-tlm)
    power  the transmit power that it names, dBm (at 1 m for ibeacon and altbeacon, at 0 m for eddystone); None: none
    extra  the rest that belongs to the identifier: the encrypted metadata of exposure-notification (4 bytes), the
           reserved byte of altbeacon, the frame of eddystone-tlm; else b""
    """

    kind: Kind
    id: bytes = b""
    power: int | None = None
    extra: bytes = b""
