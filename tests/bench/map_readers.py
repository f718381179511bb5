"""Many open maps in one thread: each a connection of its own that asks for the snapshot and waits for its next time."""

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
_LENGTH, _TAG = re.compile(rb"Content-Length: (\d+)"), re.compile(rb'ETag: (W/"[0-9a-f]+-(\d+)")')


class Reader:
    """One open map. `version` is that of its last tag; `seen`: (version, when) of each new one."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setblocking(False)
        self.tag, self.got = b"", b""
        self.seen: list[tuple[int, float]] = []

    def ask(self) -> None:
        """Send the question; it is shorter than any socket's buffer."""
        known = b"If-None-Match: " + self.tag + b"\r\n" if self.tag else b""
        self.socket.send(
            b"GET " + PATH.encode() + b" HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n" + known + b"\r\n"
        )

    def hear(self) -> tuple[int, int] | None:
        """(status, bytes of the body) once the answer is whole. Raises ConnectionError when it was cut."""
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
        for reader in self._readers:
            self._wait.register(reader.socket, selectors.EVENT_READ, reader)
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
                self._readers[heapq.heappop(self._due)[1]].ask()
            until = min(end, self._due[0][0]) if self._due else end
            for key, _ in self._wait.select(max(0.0, until - time.monotonic())):
                self._hear(key.data, now)

    def behind(self, commits: Sequence[float]) -> Iterator[float]:
        """Seconds from each commit to each reader that saw it."""
        for reader in self._readers:
            first = told = reader.seen[0][0]
            for version, at in reader.seen[1:]:
                new = range(told - first, min(version - first, len(commits)))
                yield from (at - commits[number] for number in new)
                told = version

    def _hear(self, reader: Reader, asked_at: float) -> None:
        try:
            heard = reader.hear()
        except ConnectionError:
            self.refused += 1
            self._wait.unregister(reader.socket)
            return
        if heard is not None:
            self.statuses[heard[0]] += 1
            self.size = heard[1] or self.size
            heapq.heappush(self._due, (asked_at + self._every, self._number[id(reader)]))
