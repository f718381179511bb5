"""The technician's PIN: one small file beside the database, with a digest made as those of the guards are.

Chosen on the page at the first visit, with the button pressed. Forgotten: `python -m kiosk technician forget`, or the
factory reset; the page then asks for a new one.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from machine.health import read_object
from ui.guard.pins import SALT_BYTES, digest_of, fits

FILE = "technician.json"


class TechnicianPin:
    """`folder` is the storage folder. From any thread."""

    def __init__(self, folder: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._path, self._random_bytes = folder / FILE, random_bytes

    def is_set(self) -> bool:
        """Whether there is one. A damaged file counts: whoever can damage it must not choose the next PIN."""
        return self._path.exists()

    def fits(self, pin: str) -> bool:
        """Whether this is it. Takes as long when there is none."""
        said = read_object(self._path)
        try:
            salt, digest = bytes.fromhex(said["salt"]), bytes.fromhex(said["digest"])
        except (KeyError, TypeError, ValueError):
            salt, digest = bytes(SALT_BYTES), bytes(32)
        return fits(pin, salt, digest)

    def choose(self, pin: str) -> bool:
        """Keep the first one, once and for good; False when there is one already or it could not be written."""
        salt = self._random_bytes(SALT_BYTES)
        text = json.dumps({"salt": salt.hex(), "digest": digest_of(pin, salt).hex()})
        new = self._path.with_suffix(f".{os.getpid()}")
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.link(new, self._path)  # fails when there is one: two who choose at once do not both succeed
        except OSError:
            return False
        finally:
            with suppress(OSError):
                new.unlink()
        return True

    def forget(self) -> None:
        """There is none any more."""
        self._path.unlink(missing_ok=True)
