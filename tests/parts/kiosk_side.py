"""The far end of the wire for tests of the centre: publishes batches at QoS 1 and collects what comes down."""

import ssl
import threading
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.parts.waits import wait_for

REFUSALS = 3  # one connection may be lost by chance; whoever is turned away this often is not wanted


class KioskSide:
    """A connected MQTT client, its subscriptions granted; `received` holds (topic, payload) in the order of arrival."""

    def __init__(
        self,
        url: str,
        client_id: str,
        subscriptions: Sequence[str] = (),
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self.received: list[tuple[str, bytes]] = []
        self._answered = threading.Event()  # taken, and its subscriptions in force; or turned away REFUSALS times
        self._refusals = 0
        self._subscriptions = [(topic, 1) for topic in subscriptions]
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id, clean_session=False, protocol=paho.MQTTv311)
        self.client.reconnect_delay_set(0.2, 2)  # type: ignore[arg-type]
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_subscribe = self._on_subscribe
        self.client.on_message = self._on_message
        if tls is not None:
            self.client.tls_set_context(tls())
        parts = urlsplit(url)
        self.client.connect(parts.hostname or "", parts.port or 0, 10)
        self.client.loop_start()
        if not self._answered.wait(15) or self._refusals >= REFUSALS:
            self.close()
            raise ConnectionError(f"the broker did not take the connection; turned away {self._refusals} times")

    def send(self, topic: str, payload: bytes) -> None:
        """Publish and wait for the broker's PUBACK."""
        info = self.client.publish(topic, payload, qos=1)
        wait_for(info.is_published, f"PUBACK for {topic}")

    def post(self, topic: str, payload: bytes) -> None:
        """Publish without waiting."""
        self.client.publish(topic, payload, qos=1)

    def on(self, topic: str) -> list[bytes]:
        """What came on one topic."""
        return [payload for name, payload in self.received if name == topic]

    def close(self) -> None:
        """Disconnect."""
        self.client.disconnect()
        self.client.loop_stop()

    def _on_connect(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            return
        self._refusals = 0
        if self._subscriptions:  # before the SUBACK a broker may pass by what is published (MQTT 3.1.1, 3.8.4)
            client.subscribe(self._subscriptions)
        else:
            self._answered.set()

    def _on_subscribe(self, *_: Any) -> None:
        self._answered.set()

    def _on_disconnect(self, *_: Any) -> None:
        if not self._answered.is_set():
            self._refusals += 1
            if self._refusals >= REFUSALS:
                self._answered.set()

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        self.received.append((message.topic, bytes(message.payload)))
