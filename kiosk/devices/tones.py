"""The sounds of the gate, computed: no recording, no licence, the same on every kiosk. PURE.

Rising is good, falling is not, so that the meaning does not hang on knowing the sounds. Frequencies lie between 500 and
1,800 Hz, which small loudspeakers can give and most old ears still hear (high tones are lost first with age).
"""

import math
import struct
from array import array

RATE = 16_000
# Each end of a note swells and fades over this time: a hard edge clicks in the loudspeaker.
EDGE_S = 0.012

# Sound -> notes of (hertz, seconds); 0 Hz is a rest.
NOTES: dict[str, tuple[tuple[float, float], ...]] = {
    "scan": ((1760, 0.05),),
    "ok": ((880, 0.1), (1320, 0.18)),
    "ask": ((740, 0.14), (0, 0.06), (740, 0.14)),
    "stop": ((660, 0.22), (0, 0.05), (520, 0.4)),
    "fault": ((520, 0.15), (0, 0.1), (520, 0.15), (0, 0.1), (520, 0.15)),
}


def wav(name: str, volume: float) -> bytes:
    """A WAV file (RIFF, PCM, mono, 16 bit, 16 kHz; under 32 KB) of the sound. volume 0..1. KeyError: no such sound."""
    samples = array("h")
    for hertz, seconds in NOTES[name]:
        count = round(seconds * RATE)
        for index in range(count):
            edge = min(1.0, min(index, count - 1 - index) / (EDGE_S * RATE))
            samples.append(round(32_000 * volume * edge * math.sin(2 * math.pi * hertz * index / RATE)))
    data = struct.pack(f"<{len(samples)}h", *samples)
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
    body = b"WAVE" + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body
