"""A real opener for tests: the room, its lock and its server on a unix socket, on a thread or as its own process.

with running_opener(centre) as vault:         # implements central.vault.port.Vault
    app = make_app(Site(..., vault=vault))
"""

import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from central.vault.client import OpenerClient
from central.vault.custody import OFFLINE, CaseKey, Custody, file_keys
from central.vault.framing import holders_path
from central.vault.process import make_room
from central.vault.server import Server, answers_of_vault, answers_to_holders
from tests.parts.centre import NOW_MS, Centre


@contextmanager
def running_opener(
    centre: Centre, now_ms: Callable[[], int] = lambda: NOW_MS, keys: list[CaseKey] | None = None
) -> Iterator[OpenerClient]:
    """An opener of `centre` that holds its case key (or `keys`) and lives by the clock `now_ms`."""
    with socket_path() as path:
        held = file_keys(centre.keys / OFFLINE) if keys is None else keys
        room, locked = make_room(centre.engine, centre.ring, Custody(held), now_ms)
        room.remember()
        stop, second = threading.Event(), holders_path(path)
        servers = {path: Server(path, answers_of_vault(room)), second: Server(second, answers_to_holders(locked))}
        threads = [threading.Thread(target=server.serve, args=(stop,)) for server in servers.values()]
        for thread in threads:
            thread.start()
        try:
            yield OpenerClient(path)
        finally:
            stop.set()
            for one in servers:
                # It looks up from waiting; one that had looked already is gone with its socket.
                with socket.socket(socket.AF_UNIX) as knock, suppress(FileNotFoundError, ConnectionRefusedError):
                    knock.connect(str(one))
            for thread in threads:
                thread.join()


@contextmanager
def socket_path() -> Iterator[Path]:
    """A path that is short enough: a unix socket's takes 107 bytes (unix(7)), and pytest's folders are deep."""
    folder = tempfile.mkdtemp(prefix="gp-")
    try:
        yield Path(folder) / "opener"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
