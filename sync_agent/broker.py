"""The way to a broker: the port that the loop uses, and its adapter on paho-mqtt. MQTT 3.1.1, QoS 1.

- One thread: `turn` runs the network for a while and returns what happened. A callback only appends to a list, so
  nothing can deadlock and nothing is decided in two places.
- Every dial makes a new client: what paho remembered of an old connection is not wanted, the database knows better.
- Clean sessions with the device id as client id: receipts are answers to what is sent again anyway, bulletins are
  retained, and two devices with one name throw each other out, which is noticed.
- The last will marks the device offline on its retained state topic.
"""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from wire import topics

CONNECT_S = 10.0
KEEPALIVE_S = 30  # shorter than the minute after which mobile networks forget an idle connection
MOST_QUEUED = 16  # the agent allows 8 batches in flight; state messages come on top
MOST_NEWS = 1000  # retained bulletins after subscribing; more in one turn means that something floods us
OFFLINE = b'{"online": false}'  # the last will: nobody knows why
GOODBYE = b'{"online": false, "bye": true}'  # somebody has switched the kiosk off, or restarts it
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux only
# For TLS 1.2; TLS 1.3 has both. ChaCha20 first: boards before the Pi 5 have no AES instructions.
_CIPHERS = "ECDHE+CHACHA20:ECDHE+AESGCM"


@dataclass(frozen=True, slots=True)
class Up:
    """The broker accepted us."""


@dataclass(frozen=True, slots=True)
class Lost:
    """No connection, or no longer; `reason` is for the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """PUBACK for the message that was published under `token`."""

    token: int


@dataclass(frozen=True, slots=True)
class Message:
    """What a subscription brought."""

    topic: str
    payload: bytes


News = Up | Lost | Delivered | Message


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files: the authority that brokers are judged by, and this device's certificate and key."""

    ca: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """A client context with these files. Raises OSError or ssl.SSLError when they are not readable."""
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(self.ca))
        context.load_cert_chain(str(self.certificate), str(self.key))
        context.set_ciphers(_CIPHERS)
        context.sslsocket_class = _Socket
        return context


class _Socket(ssl.SSLSocket):
    """paho forgets a socket whose handshake failed; a device that dials for days would run out of them."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


class Broker(Protocol):
    """A connection to one broker at a time, for one thread."""

    def dial(self, url: str) -> None:
        """Begin to connect to mqtt(s)://host:port; Up or Lost follows from `turn`. An open connection is dropped."""

    def hang_up(self, reason: str) -> None:
        """Drop the connection, if there is one; Lost(reason) follows from `turn`."""

    def subscribe(self, names: Sequence[str]) -> None:
        """Ask for these topic filters at QoS 1."""

    def publish(self, token: int, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send at QoS 1; Delivered(token) follows. False: not taken, and it will not be sent."""

    def turn(self, timeout_s: float) -> list[News]:
        """Run the network until something happened, for at most about `timeout_s`. Never raises."""

    def close(self) -> None:
        """Say goodbye. May be repeated."""


class PahoBroker:
    """`Broker` on paho-mqtt. `tls` is needed for mqtts:// only."""

    def __init__(self, device: str, tls: Tls | None = None) -> None:
        self._device = topics.check_device(device)
        self._tls = tls
        self._client: paho.Client | None = None
        self._tokens: dict[int, int] = {}
        self._news: list[News] = []

    def dial(self, url: str) -> None:
        """See `Broker`. Blocks while TCP and TLS are set up: 10 s at most for each address of the host."""
        self._drop()
        parts = urlsplit(url)
        try:
            self._client = client = self._make_client(parts.scheme == "mqtts")
            client.connect(parts.hostname or "", parts.port or 1883, KEEPALIVE_S)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            self._drop()
            self._news.append(Lost(f"{type(error).__name__}: {error}"))

    def hang_up(self, reason: str) -> None:
        """See `Broker`."""
        if self._client is not None:
            self._drop()
            self._news.append(Lost(reason))

    def subscribe(self, names: Sequence[str]) -> None:
        """See `Broker`."""
        if self._client is not None:
            self._client.subscribe([(name, 1) for name in names])

    def publish(self, token: int, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """See `Broker`."""
        if self._client is None or not self._client.is_connected():
            return False
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        if info.rc != paho.MQTT_ERR_SUCCESS:
            return False
        self._tokens[info.mid] = token
        return True

    def turn(self, timeout_s: float) -> list[News]:
        """See `Broker`."""
        client = self._client
        if client is not None and not self._news:
            _acknowledge_at_once(client.socket())
            code = client.loop(timeout_s)
            if code != paho.MQTT_ERR_SUCCESS and self._client is client:
                self._drop()
                self._news.append(Lost(paho.error_string(code)))
        news, self._news = self._news, []
        if len(news) > MOST_NEWS:
            self._drop()
            return [Lost("flooded")]
        return news

    def close(self) -> None:
        """See `Broker`."""
        if self._client is not None and self._client.is_connected():
            self._client.publish(topics.state(self._device), GOODBYE, qos=1, retain=True)
            self._client.loop(0.05)
            self._client.disconnect()
        self._drop()

    def _make_client(self, encrypted: bool) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._device,
            clean_session=True,
            protocol=paho.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_S
        client.max_queued_messages_set(MOST_QUEUED)
        client.will_set(topics.state(self._device), OFFLINE, qos=1, retain=True)
        if encrypted:
            if self._tls is None:
                raise ValueError("mqtts:// needs the files of an enrolled device")
            client.tls_set_context(self._tls.context())
        client.on_socket_open = _send_without_delay
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _drop(self) -> None:
        """Let go of the client at once; its callbacks no longer count."""
        client, self._client = self._client, None
        self._tokens.clear()
        if client is not None:
            client.on_connect = client.on_disconnect = client.on_publish = client.on_message = None
            held = client.socket()
            client.disconnect()
            if held is not None:
                held.close()

    def _on_connect(self, _client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._news.append(Lost(f"refused: {reason}") if reason.is_failure else Up())

    def _on_disconnect(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if self._client is client:
            self._client = None
            self._tokens.clear()
            self._news.append(Lost(str(reason)))

    def _on_publish(self, _client: paho.Client, _data: Any, mid: int, _reason: Any, _properties: Any) -> None:
        token = self._tokens.pop(mid, None)
        if token is not None:
            self._news.append(Delivered(token))

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        self._news.append(Message(message.topic, bytes(message.payload)))


def _acknowledge_at_once(opened: Any) -> None:
    """A broker with Nagle's algorithm (mosquitto as it comes) holds its next PUBACK back until we acknowledge the one
    before, for which Linux takes up to 40 ms. The kernel forgets this wish, so it is said each turn (tcp(7))."""
    if opened is not None and _QUICKACK is not None:
        opened.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)


def _send_without_delay(_client: paho.Client, _data: Any, opened: Any) -> None:
    """Nagle's algorithm holds the end of a batch back until the one before is acknowledged: 40 ms at the worst."""
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
