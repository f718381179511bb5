"""The server that releases are fetched from: HTTPS with ranges, under the centre's own authority; counts what it sends.

A card believes this authority for the centre's own address alone (sync_agent.release_run); the bundle is signed anyway.
"""

import re
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from central.keys import Keyring
from wire.certificates import issue_server, make_csr, make_tls_key

HOST = "127.0.0.1"
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_CHUNK = 1 << 16


@dataclass(slots=True)
class Sent:
    """Bodies only: `bytes` of them, in how many `answers`."""

    bytes: int = 0
    answers: int = 0


class Shop:
    """Serves the files of `folder` on a loopback port; a context manager.

    `keys`: the folder of the centre's; `aside`: a folder for the key of its own.
    """

    def __init__(self, folder: Path, keys: Path, aside: Path) -> None:
        self.sent = Sent()
        self._lock = threading.Lock()
        shop = self

        class Counter(_Counter):
            def give(self, count: int) -> None:
                with shop._lock:
                    shop.sent.bytes += count
                    shop.sent.answers += 1

        Counter.folder = folder
        self._server = ThreadingHTTPServer((HOST, 0), Counter)
        self._server.daemon_threads = True
        self._server.socket = _context(keys, aside).wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="shop", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def taken(self) -> Sent:
        """What was sent since this was last asked."""
        with self._lock:
            found, self.sent = self.sent, Sent()
        return found


class _Counter(BaseHTTPRequestHandler):
    folder: Path
    protocol_version = "HTTP/1.1"  # RAUC asks for hundreds of ranges on one connection
    timeout = 300

    def give(self, count: int) -> None:
        raise NotImplementedError

    def do_GET(self) -> None:
        """One range, or all of a file."""
        path = self.folder / Path(self.path).name
        if not path.is_file():
            self.send_error(404)
            return
        size = path.stat().st_size
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        first = int(asked[1]) if asked else 0
        last = min(int(asked[2]) if asked and asked[2] else size - 1, size - 1)
        if first > last:
            self.send_error(416)
            return
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Accept-Ranges", "bytes")
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.end_headers()
        self._send(path, first, last)

    def _send(self, path: Path, first: int, last: int) -> None:
        with path.open("rb") as file:
            file.seek(first)
            left = last - first + 1
            while left:
                part = file.read(min(left, _CHUNK))
                self.wfile.write(part)
                left -= len(part)
        self.give(last - first + 1)

    def log_message(self, *_: object) -> None:
        """A scene's own words say what was fetched."""


def _context(keys: Path, aside: Path) -> ssl.SSLContext:
    key, now = make_tls_key(), datetime.now(UTC)
    made = issue_server(
        *(Keyring(keys).authority(), make_csr(key, HOST), (HOST,), 4711),
        *(now - timedelta(hours=1), now + timedelta(days=2)),
    )
    both = aside / "shop.pem"
    both.write_bytes(key + made)
    both.chmod(0o600)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context
