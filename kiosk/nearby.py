"""The gate's memory copy of whose pass is exposed, and of whether tags are heard.

What the radio's file says is written by the thread that looks at it (kiosk.tapping), the centre's lists by the gate's;
both are read by the gate's: each is replaced whole, never changed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from credentials.types import Credential, Unreadable
from wire.exposures import ExposureList, until_of

NOBODY: Mapping[bytes, int] = MappingProxyType({})


class Nearby:
    """`exposed`: id of a pass (16 bytes) that the radio heard with a case -> until when it counts (Unix ms); `listed`:
    the centre's exposure lists. `taps`: tags held to the gate are heard."""

    def __init__(self) -> None:
        self.exposed = NOBODY
        self.listed: tuple[ExposureList, ...] = ()
        self.taps = False

    def exposed_ms(self, code: Credential | Unreadable) -> int | None:
        """Until when the exposure of a pass counts, by its code or its tag; None for everybody else."""
        if code.kind != "pass" or code.normal_form is None:
            return None
        pass_id = bytes.fromhex(code.normal_form)
        heard, listed = self.exposed.get(pass_id), until_of(self.listed, pass_id)
        return max((ms for ms in (heard, listed) if ms is not None), default=None)
