"""Waitress around the app."""

import gc
import threading
from collections.abc import Callable

from flask import Flask
from waitress.server import create_server

THREADS = 24  # 16 of them may be held by officers' live maps (central.map.live)
CONNECTIONS = 4_000  # open maps keep theirs between two questions; more wait in the listen queue


def settle() -> None:
    """What the start has loaded stays for good: to look through it again costs a page a tenth of a second."""
    gc.collect()
    gc.freeze()


def serve(app: Flask, host: str, port: int, stop: threading.Event, ready: Callable[[int], None]) -> None:
    """Serve until `stop`; `ready(port)` is called once the socket listens (with port 0 the system chooses one)."""
    server = create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident="gatepost",
        max_request_body_size=1 << 20,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,  # select() ends at descriptor 1,024
        clear_untrusted_proxy_headers=False,  # central.phones.limits believes them of this machine alone
    )
    worker = threading.Thread(target=server.run, name="web", daemon=True)
    worker.start()
    settle()
    ready(int(server.effective_port))
    stop.wait()
    server.task_dispatcher.shutdown(timeout=1)  # its threads wake the loop by a pipe that close() takes away
    server.close()
    worker.join(5)
