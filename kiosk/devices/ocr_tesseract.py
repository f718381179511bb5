"""Signs of a machine readable zone -> text through `tesseract` (Debian's tesseract-ocr), one short process a picture.

The picture goes in through a pipe and the text comes out of one: no picture of a passport is ever in a file, and the
child may leave no core behind. It steps back behind the gate's own work (nice), and is killed when it takes too long.
"""

import os
import resource
import shutil
import subprocess
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from kiosk.devices.children import end_child

if TYPE_CHECKING:
    from kiosk.devices.zone_signs import Signs  # would load OpenCV, also where nothing here is installed

LONGEST_S = 3.0
_NICE = 10
# The size of the print changes from try to try: the model stumbles over other signs in each.
_SCALES = (1.0, 1.3, 0.8)
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# One block of lines of one size (--psm 6); a resolution that it need not guess.
_OPTIONS = ("-", "-", "--psm", "6", "--dpi", "300", "-c", f"tessedit_char_whitelist={_SIGNS}")


def find_tesseract() -> "Tesseract | None":
    """The program where it is installed."""
    path = shutil.which("tesseract")
    return None if path is None else Tesseract([path, *_OPTIONS])


class Tesseract:
    """`command` reads a picture (PGM) at stdin and writes text to stdout. `lines` belongs to one thread."""

    knows_letters = False

    def __init__(self, command: list[str], longest_s: float = LONGEST_S) -> None:
        self._command, self._longest_s = command, longest_s
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._tries = 0
        self.failed = 0

    @property
    def pid(self) -> int | None:
        """The last child's process id, None before the first."""
        return self._child.pid if self._child else None

    def lines(self, signs: "Signs") -> tuple[str, ...]:
        """What stands in the cells, line by line; () when nothing was read in time. About 0.25 s on a desktop."""
        picture = signs.printed(_SCALES[self._tries % len(_SCALES)])
        self._tries += 1
        height, width = picture.shape
        child = self._start()
        if child is None:
            return ()
        try:
            out, _ = child.communicate(b"P5 %d %d 255\n" % (width, height) + picture.tobytes(), self._longest_s)
        except subprocess.TimeoutExpired:
            out = b""
        finally:
            end_child(child, grace_s=0)
        if child.returncode:
            self.failed += 1
            return ()
        return tuple(line for line in out.decode("utf-8", "replace").splitlines() if line.strip())

    def close(self) -> None:
        """Kill what runs. May be repeated. `lines` afterwards gives ()."""
        with self._lock:
            self._closed = True
            if self._child is not None:
                self._child.kill()

    def _start(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._closed:
                return None
            try:
                child = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=os.environ | {"OMP_THREAD_LIMIT": "1"},
                    start_new_session=True,
                )
            except OSError:
                self.failed += 1
                return None
            with suppress(OSError):  # it may have ended already
                resource.prlimit(child.pid, resource.RLIMIT_CORE, (0, 0))
                os.setpriority(os.PRIO_PROCESS, child.pid, _NICE)
            self._child = child
            return child
