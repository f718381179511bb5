"""Many open maps in one thread: each asks for the snapshot and waits for its next time.

Waitress takes the Content-Length of a 304 away and ends every connection whose answer has none, although such an answer
ends with its head (RFC 9112, 6.3): the reader comes again by a new one, as browsers do. No header of ours changes that.
"""

import heapq
import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from central.map.quick import PATH

_HEAD = re.compile(rb"HTTP/1\.1 (\d{3}).*?\r\n\r\n", re.DOTALL)
_ASKING = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n".encode()
_LENGTH, _TAG = re.compile(rb"(?i)content-length: (\d+)"), re.compile(rb'(?i)etag: (W/"[0-9a-f]+-(\d+)")')


class Reader:
    """One open map. `version` is that of its last tag; `seen`: (version, when) of each new one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.socket: socket.socket | None = None
        self.tag, self.got = b"", b""
        self.seen: list[tuple[int, float]] = []
        self.asked_at = 0.0
        self.owed = False  # asked, and not yet heard

    def ask(self) -> bool:
        """Send the question, which is shorter than any socket's buffer; whether that took a new connection."""
        known = b"If-None-Match: " + self.tag + b"\r\n" if self.tag else b""
        new = self.socket is None
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self._port), timeout=10)
            self.socket.setblocking(False)
        self.socket.send(_ASKING + known + b"\r\n")
        self.owed = True
        return new

    def hear(self) -> tuple[int, int] | None:
        """(status, bytes of the body) once the answer is whole. Raises ConnectionError when it was cut."""
        assert self.socket is not None
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError
        self.got += part
        head = _HEAD.match(self.got)
        if head is None:
            return None
        length = _LENGTH.search(head.group(0))
        size = int(length.group(1)) if length else 0
        if len(self.got) < head.end() + size:
            return None
        tag = _TAG.search(head.group(0))
        if tag is not None and tag.group(1) != self.tag:
            self.tag = tag.group(1)
            self.seen.append((int(tag.group(2)), time.monotonic()))
        self.got = b""
        return int(head.group(1)), size


class Crowd:
    """`count` readers that ask every `every` seconds (0: as soon as they have heard), spread over that time."""

    def __init__(self, port: int, count: int, every: float) -> None:
        self._every = every
        self._readers = [Reader(port) for _ in range(count)]
        self._wait = selectors.DefaultSelector()
        now = time.monotonic()
        self._due = [(now + every * n / count, n) for n in range(count)]
        self._number = {id(reader): n for n, reader in enumerate(self._readers)}
        self.forget()

    def forget(self) -> None:
        """Count from here on."""
        self.statuses: Counter[int] = Counter()
        self.refused = self.size = 0
        for reader in self._readers:
            del reader.seen[:-1]

    def ask(self, seconds: float) -> None:
        """For so long."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            while self._due and self._due[0][0] <= now:
                self._ask(self._readers[heapq.heappop(self._due)[1]], now)
            until = min(end, self._due[0][0]) if self._due else end
            for key, _ in self._wait.select(max(0.0, until - time.monotonic())):
                self._hear(key.data)

    def leave(self, seconds: float = 5.0) -> None:
        """Hear the answers that are still on their way, and hang up: a server that stops then owes nobody anything."""
        self._due.clear()
        end = time.monotonic() + seconds
        while self._wait.get_map() and time.monotonic() < end:
            for key, _ in self._wait.select(0.2):
                self._hear(key.data)
            for reader in self._readers:
                if reader.socket is not None and not reader.owed:
                    self._hang_up(reader)
        self._wait.close()

    def behind(self, commits: Sequence[float]) -> Iterator[float]:
        """Seconds from each commit to each reader that saw it."""
        for reader in self._readers:
            first = told = reader.seen[0][0]
            for version, at in reader.seen[1:]:
                new = range(told - first, min(version - first, len(commits)))
                yield from (at - commits[number] for number in new)
                told = version

    def _ask(self, reader: Reader, now: float) -> None:
        reader.asked_at = now
        if reader.ask() and reader.socket is not None:
            self._wait.register(reader.socket, selectors.EVENT_READ, reader)

    def _hear(self, reader: Reader) -> None:
        try:
            heard = reader.hear()
        except ConnectionError:
            self.refused += 1
            heard = None
        if heard is None and reader.got:
            return
        reader.owed = False
        if heard is not None:
            self.statuses[heard[0]] += 1
            self.size = heard[1] or self.size
        if heard is None or heard[0] == 304:
            self._hang_up(reader)
        heapq.heappush(self._due, (reader.asked_at + self._every, self._number[id(reader)]))

    def _hang_up(self, reader: Reader) -> None:
        if reader.socket is not None:
            self._wait.unregister(reader.socket)
            reader.socket.close()
            reader.socket = None
