"""What the gateway keeps of the radio: one row for an identifier in a minute, never a packet and never an address.

Packets are not counted for dwell time: the stack below drops repetitions as it likes. "Seen in minute m" it does not.
Only what rotates, and the tags that the centre issued, is kept at all: a beacon with a fixed number of its own would be
somebody's tracker.
"""

from typing import NamedTuple

WINDOW_MS = 60_000
DAY_MS = 86_400_000
MOST_IDENTIFIER_BYTES = 20
# Numbers are for ever: append, never reuse. `tag` stands for the 16 bytes of the pass that the tag was issued for.
SYSTEMS: dict[str, int] = {"bluezone": 1, "exposure-notification": 2, "dp3t": 3, "tag": 4}
SYSTEM_NAMES: dict[int, str] = {number: name for name, number in SYSTEMS.items()}


class SightingWindow(NamedTuple):
    """An identifier that was heard in a minute.

    system      its number in SYSTEMS
    identifier  1 to 20 bytes (exposure-notification: RPI and AEM, 20 bytes, where the AEM was heard)
    at_ms       the beginning of the minute, Unix ms, a multiple of WINDOW_MS
    strongest   RSSI in dBm, -127..20; `mean` likewise, the mean of what was reported
    heard       how many reports it was, 1..255 (255: or more): how much the figures rest on, never how long
    """

    system: int
    identifier: bytes
    at_ms: int
    strongest: int
    mean: int
    heard: int
