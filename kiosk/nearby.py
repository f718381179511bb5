"""The gate's memory copy of what the radio's file says: whose pass was heard with a case, and whether tags are heard.

Written by the thread that looks at the file (kiosk.tapping), read by the gate's: each is replaced whole, never changed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from credentials.types import Credential, Unreadable

NOBODY: Mapping[bytes, int] = MappingProxyType({})


class Nearby:
    """`exposed`: id of a pass (16 bytes) -> until when it counts (Unix ms). `taps`: tags held to the gate are heard."""

    def __init__(self) -> None:
        self.exposed = NOBODY
        self.taps = False

    def exposed_ms(self, code: Credential | Unreadable) -> int | None:
        """Until when the exposure of a pass counts, by its code or its tag; None for everybody else."""
        if code.kind != "pass" or code.normal_form is None:
            return None
        return self.exposed.get(bytes.fromhex(code.normal_form))
