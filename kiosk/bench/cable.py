"""The network cable of the bench: a TCP relay that can be cut, mended and made slow. Only the demo and tests use it."""

import asyncio
import contextlib
from threading import Event, Thread

_CHUNK = 16 * 1024
SLOW_S = 0.4  # what each chunk waits on a bad 2G link


class Cable:
    """Listens on 127.0.0.1 and relays to `target_port`; runs on a thread of its own."""

    def __init__(self, target_port: int, listen_port: int = 0) -> None:
        self._target_port = target_port
        self._state = "up"
        self._links: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        self._listen_port = listen_port
        self._server: asyncio.Server | None = None
        self._thread = Thread(target=self._run, name="cable", daemon=True)
        self._thread.start()
        self._ready.wait(5)

    @property
    def port(self) -> int:
        """Where to connect."""
        return self._listen_port

    @property
    def state(self) -> str:
        """up, cut or slow."""
        return self._state

    def set(self, state: str) -> None:
        """up, cut (links drop, new ones are refused) or slow. Raises ValueError for anything else."""
        if state not in ("up", "cut", "slow"):
            raise ValueError(state)
        self._state = state
        if state == "cut":
            self._loop.call_soon_threadsafe(self._drop)

    def close(self) -> None:
        """Cut for good."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._link, "127.0.0.1", self._listen_port))
        self._listen_port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        self._server.close()
        self._drop()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    def _drop(self) -> None:
        for writer in self._links:
            writer.transport.abort()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._state == "cut":
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._links |= ends
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        finally:
            self._links -= ends
            for end in ends:
                end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while data := await reader.read(_CHUNK):
                if self._state == "slow":
                    await asyncio.sleep(SLOW_S)
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
