"""Real MQTT brokers on loopback: nats-server (the embedded default) and mosquitto.

    with running_broker("nats", tmp_path) as url: ...          # mqtt://127.0.0.1:PORT
    broker = Broker("mosquitto", tmp_path); broker.start(); broker.kill(); broker.start(); broker.stop()

A broker keeps its port and its folder, so that it can be killed and come back as the same one.
"""

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.needs import need
from tests.parts.ports import hold_port
from tests.parts.waits import wait_for

KINDS = ("nats", "mosquitto")

_NATS = """\
server_name: gatepost
listen: 127.0.0.1:-1
jetstream {{ store_dir: "{folder}/jetstream", max_memory_store: 64MB, max_file_store: 1GB }}
mqtt {{ listen: 127.0.0.1:{port}, ack_wait: "5s", max_ack_pending: 20 }}
"""
_MOSQUITTO = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 1
max_queued_messages 0
"""
# MQTT 3.1.1 CONNECT with a clean session, client id "probe", keep-alive 10 s; a CONNACK starts with 0x20.
_CONNECT = bytes([0x10, 17, 0, 4]) + b"MQTT" + bytes([4, 2, 0, 10, 0, 5]) + b"probe"


def program(kind: str) -> str | None:
    """Where the broker's program lies, or None."""
    if kind == "nats":
        return shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Broker:
    """One broker process with its own folder and port; `config` replaces the plain loopback configuration."""

    def __init__(self, kind: str, folder: Path, *, config: Path | None = None, port: int | None = None) -> None:
        need(program(kind) is not None, f"{kind} broker")
        self.kind = kind
        self.folder = folder / f"broker-{kind}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = port or hold_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._plain = config is None
        self._config = config or self.folder / "broker.conf"
        self._process: subprocess.Popen[bytes] | None = None
        if config is None:
            text = (_NATS if kind == "nats" else _MOSQUITTO).format(folder=self.folder, port=self.port)
            self._config.write_text(text)

    @property
    def pid(self) -> int:
        """The process id of the running broker."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        path = program(self.kind)
        assert path is not None
        with (self.folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen([path, "-c", str(self._config)], stdout=log, stderr=log)
        wait_for(self._answers, f"{self.kind} answers on port {self.port}")

    def stop(self) -> None:
        """SIGTERM, and wait for its end."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9, and wait for its end."""
        self._end(signal.SIGKILL)

    def signal(self, number: int) -> None:
        """Send any signal, e.g. SIGHUP, SIGSTOP."""
        assert self._process is not None
        self._process.send_signal(number)

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(20)

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"{self.kind} ended at once: {(self.folder / 'log.txt').read_text()[-2000:]}")
        try:
            with closing(socket.create_connection(("127.0.0.1", self.port), 2)) as connection:
                if not self._plain:
                    return True  # behind TLS: an open port has to do
                connection.settimeout(5)
                connection.sendall(_CONNECT)
                return connection.recv(4)[:1] == b"\x20"
        except OSError:
            return False


@contextmanager
def running_broker(kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a broker that runs for the length of the block."""
    broker = Broker(kind, tmp_path)
    broker.start()
    try:
        yield broker.url
    finally:
        broker.stop()
