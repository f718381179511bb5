"""What one process keeps in memory for phones: its pen, what was published, and what was asked lately.

Made empty with the site; the pen is fetched when something is first written, so that a centre nobody writes to by phone
has no such device.
"""

import threading
from typing import TYPE_CHECKING

from central.phones.board import Board
from central.phones.joining import join
from central.phones.limits import Counter, Heard
from central.phones.writing import Writer

if TYPE_CHECKING:
    from central.web.app import Site


class PhoneDesk:
    """Belongs to one site. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writer: Writer | None = None
        self._board: Board | None = None
        self.counter = Counter()
        self.heard = Heard()

    def writer(self, site: "Site") -> Writer:
        """The one writer of this process."""
        with self._lock:
            if self._writer is None:
                key = join(site.engine, site.ring, site.now_ms())
                self._writer = Writer(site.engine, key, site.ring.root().recipients, site.now_ms)
            return self._writer

    def board(self, site: "Site") -> Board:
        """What stands, as this process last read it."""
        with self._lock:
            if self._board is None:
                self._board = Board(site.ring, site.now_ms)
            return self._board
