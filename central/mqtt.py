"""One persistent MQTT 3.1.1 session on paho, for ingest.

- Messages are acknowledged by hand, after the commit. Until then the broker keeps them, and holds back what is beyond
  its window: that is all the flow control there is.
- Callbacks only put into a bounded queue. Should it ever be full, the connection is dropped and the broker delivers
  again: nothing is thrown away in silence.
- This class never reconnects by itself: its owner asks the session's lock first.
- An acknowledgement carries the number of its connection: packet ids begin anew with each, and a late one would
  acknowledge a stranger.
"""

import queue
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

CONNECT_S = 10.0
KEEPALIVE_S = 20
_QUEUED_OUT = 2000  # receipts and bulletins waiting for a slow broker


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files: the authority, and this client's certificate and key."""

    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that waits to be acknowledged."""

    session: "MqttSession"
    connection: int
    mid: int
    qos: int
    topic: str
    payload: bytes


class MqttSession:
    """A client with a fixed id. `inbox` is shared by all sessions of a worker."""

    def __init__(
        self,
        url: str,
        client_id: str,
        subscriptions: Sequence[tuple[str, int]],
        inbox: "queue.Queue[Incoming]",
        tls: Tls | None = None,
    ) -> None:
        self.url = url
        self._subscriptions = list(subscriptions)
        self._inbox = inbox
        self._connection = 0
        self._up = threading.Event()
        self._answered = threading.Event()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=False,
            protocol=paho.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        self._client.max_queued_messages_set(_QUEUED_OUT)
        self._client.connect_timeout = CONNECT_S
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        if urlsplit(url).scheme == "mqtts":
            self._client.tls_set_context(_tls_context(tls))

    @property
    def is_open(self) -> bool:
        """Whether the broker has taken the connection and the subscriptions."""
        return self._up.is_set()

    def open(self) -> None:
        """Connect and subscribe. Raises OSError when the broker does not answer or refuses."""
        self.close()
        parts = urlsplit(self.url)
        port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
        self._connection += 1
        self._answered.clear()
        self._client.connect(parts.hostname or "127.0.0.1", port, KEEPALIVE_S)
        self._client.loop_start()
        if not self._answered.wait(CONNECT_S) or not self.is_open:
            self.close()
            raise OSError(f"no session at {parts.hostname}:{port}")

    def close(self) -> None:
        """Disconnect, leaving the session at the broker; does nothing when there is no connection."""
        self._up.clear()
        self._client.disconnect()
        self._client.loop_stop()

    def acknowledge(self, message: Incoming) -> None:
        """Let the broker forget a message, unless it came by an earlier connection."""
        if message.qos and message.connection == self._connection and self.is_open:
            self._client.ack(message.mid, message.qos)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send at QoS 1; False when it could not even be queued: the caller will have another occasion."""
        if not self.is_open:
            return False
        return self._client.publish(topic, payload, qos=1, retain=retain).rc == paho.MQTT_ERR_SUCCESS

    def _on_connect(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._answered.set()
        else:
            client.subscribe(self._subscriptions)

    def _on_subscribe(self, _client: paho.Client, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        if not any(reason.is_failure for reason in reasons):
            self._up.set()
        self._answered.set()

    def _on_disconnect(self, _client: paho.Client, _data: Any, _flags: Any, _reason: Any, _properties: Any) -> None:
        self._up.clear()
        self._answered.set()

    def _on_message(self, client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            self._inbox.put_nowait(
                Incoming(self, self._connection, message.mid, message.qos, message.topic, bytes(message.payload))
            )
        except queue.Full:
            self._up.clear()
            client.disconnect()


def _tls_context(tls: Tls | None) -> ssl.SSLContext:
    if tls is None:
        raise ValueError("mqtts:// needs the key folder's ca.pem, centre.pem and centre.key")
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(tls.ca))
    context.load_cert_chain(str(tls.certificate), str(tls.key))
    return context
