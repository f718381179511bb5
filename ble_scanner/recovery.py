"""The two steps of the ladder that are the machine's, not the adapter's: restart bluetooth, reboot.

On a kiosk they are `systemctl` under a polkit rule for this unit's account; on the bench they are written into a file.
"""

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

RESTART_BLUETOOTH = ("systemctl", "--no-ask-password", "restart", "bluetooth.service")
REBOOT = ("systemctl", "--no-ask-password", "reboot")
PATIENCE_S = 30.0  # a stop job of bluetoothd that hangs is killed after 90 s; nobody waits for it here


class Recovery(Protocol):
    """What the machine can do for its radio. Returns whether it was done; never raises; returns within a minute."""

    async def restart_bluetooth(self) -> bool:
        """Restart the Bluetooth service: the adapter vanishes and comes back."""
        ...

    async def reboot(self) -> bool:
        """Reboot the whole box; True means that it was accepted."""
        ...


class SystemRecovery:
    """Through systemd."""

    async def restart_bluetooth(self) -> bool:
        """See Recovery."""
        return await _run(RESTART_BLUETOOTH, PATIENCE_S)

    async def reboot(self) -> bool:
        """See Recovery."""
        return await _run(REBOOT, PATIENCE_S)


class FileRecovery:
    """The bench's: each wish is one JSON line in `recovery.jsonl` of the radio folder; a silence may mend by it."""

    def __init__(self, folder: Path, mono_ms: Callable[[], int], mend: Callable[[str], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._mono_ms, self._mend = folder, mono_ms, mend

    async def restart_bluetooth(self) -> bool:
        """See Recovery."""
        return self._write("restart_bluetooth")

    async def reboot(self) -> bool:
        """See Recovery."""
        return self._write("reboot")

    def _write(self, name: str) -> bool:
        line = json.dumps({"mono_ms": self._mono_ms(), "did": name}) + "\n"
        self._mend(name)
        fd = os.open(self._folder / "recovery.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            os.write(fd, line.encode())
        finally:
            os.close(fd)
        return True


async def _run(argv: tuple[str, ...], patience_s: float) -> bool:
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(*argv, stdin=quiet, stdout=quiet, stderr=quiet)
    except OSError:
        return False
    try:
        return await asyncio.wait_for(process.wait(), patience_s) == 0
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return False
