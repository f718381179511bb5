"""waitress around a Flask app, in a thread of its own, with a clean end."""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

# A page that reads slowly must not pile up pictures in memory: writers wait beyond this.
MOST_UNSENT_B = 256 * 1024


class Server:
    """A running web server; `url` and `port` tell where ("" and 0 on a unix socket)."""

    def __init__(self, server: Any, on_close: Callable[[], None], unix_socket: str | None) -> None:
        self._server = server
        self._on_close = on_close
        self._unix_socket = unix_socket
        self.port: int = 0 if unix_socket else int(server.effective_port)
        self.url = "" if unix_socket else f"http://{server.effective_host}:{self.port}"
        self._thread = Thread(target=server.run, name="web", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop taking requests, end the streams and wait at most a few seconds for the threads. May be repeated.

        asyncore's sockets may only be touched by its own loop, and the workers wake that loop: so first the door,
        then the workers, then what is left, after which the loop has nothing to watch and ends.
        """
        if not self._thread.is_alive():
            return
        self._on_close()
        self._server.trigger.pull_trigger(lambda: wasyncore.dispatcher.close(self._server))
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=3)
        self._server.trigger.pull_trigger(self._let_go)
        self._thread.join(5)
        self._server.trigger.close()
        if self._unix_socket:
            Path(self._unix_socket).unlink(missing_ok=True)

    def _let_go(self) -> None:
        """In the loop. The trigger is only let go of, not closed: whoever pulled it may still be writing to it."""
        trigger = self._server.trigger
        for watched in list(self._server._map.values()):
            if watched is trigger:
                trigger.del_channel()
            else:
                watched.close()


def serve(
    app: Flask, host: str = "127.0.0.1", port: int = 0, *, unix_socket: str | None = None, threads: int = 16
) -> Server:
    """Serve `app` on host and port (0 = any free one) or on a unix socket. Raises OSError when it is taken.

    `send_bytes` stays at waitress' default: any larger value holds events back.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # streams hold threads by design
    where: dict[str, Any] = {"unix_socket": unix_socket, "unix_socket_perms": "660"} if unix_socket else {}
    server = create_server(
        app,
        **(where or {"host": host, "port": port}),
        threads=threads,
        ident=None,
        clear_untrusted_proxy_headers=True,
        outbuf_high_watermark=MOST_UNSENT_B,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
    )
    stop: Callable[[], None] = app.extensions.get("gatepost.stop", lambda: None)
    return Server(server, stop, unix_socket)
