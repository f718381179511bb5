"""QEMU's monitor protocol (QMP): registers of the lamps' chip read from outside, the network cable, the power.

https://www.qemu.org/docs/master/interop/qmp-spec.html
"""

import json
import socket
import time
from pathlib import Path
from typing import Any

# The PL061 of `-M virt` (hw/arm/virt.c) lies at 0x09030000; its data register, read through an address mask of all
# ones (0xff << 2), is at +0x3fc. Arm DDI 0190B, section 3.3.1.
PL061_DATA = 0x090303FC
# The PL031 clock of `-M virt`: whole seconds of guest time (the emulator runs it off the guest's clock).
PL031_SECONDS = 0x09010000
# BCM2837: GPIO at 0x3f200000, level register GPLEV0 at +0x34.
BCM_LEVELS = 0x3F200034
START_S = 20.0


class MonitorLost(ConnectionError):
    """The emulator has ended, or does not answer."""


class Monitor:
    """A connection to the socket `path`, which the emulator makes within START_S of its start."""

    def __init__(self, path: Path) -> None:
        self._socket = _connect(path)
        self._lines = self._socket.makefile("rb")
        self._read()
        self.ask("qmp_capabilities")

    def ask(self, command: str, **arguments: Any) -> Any:
        """The answer to one command. Raises MonitorLost, or ValueError with QEMU's own words for a refusal."""
        words = {"execute": command, "arguments": arguments} if arguments else {"execute": command}
        try:
            self._socket.sendall(json.dumps(words).encode())
        except OSError as error:
            raise MonitorLost(str(error)) from error
        while True:
            answer = self._read()
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise ValueError(answer["error"]["desc"])

    def word(self, address: int) -> int:
        """32 bits of the machine's physical memory."""
        said = self.ask("human-monitor-command", **{"command-line": f"xp /1wx {address:#x}"})
        return int(str(said).split(":")[1], 16)

    def cable(self, plugged: bool) -> None:
        """Plug or pull the network cable."""
        self.ask("set_link", name="net0", up=plugged)

    def close(self) -> None:
        """Hang up; the emulator goes on."""
        self._lines.close()
        self._socket.close()

    def _read(self) -> Any:
        try:
            line = self._lines.readline()
        except OSError as error:
            raise MonitorLost(str(error)) from error
        if not line:
            raise MonitorLost("the emulator has ended")
        return json.loads(line)


def _connect(path: Path) -> socket.socket:
    until = time.monotonic() + START_S
    while True:
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(30)
        try:
            made.connect(str(path))
        except OSError as error:
            made.close()
            if time.monotonic() > until:
                raise MonitorLost(f"no monitor at {path.name}") from error
            time.sleep(0.05)
        else:
            return made
