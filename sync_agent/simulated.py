"""A broker in memory, for tests and trials: same port, same promises, and faults to order.

    exchange = Exchange()
    broker = SimulatedBroker("t-gate-1", exchange)
    exchange.up = False                  # dialling fails, connections break
    exchange.lose = lambda topic, payload: True   # a PUBACK is sent and the message is gone, as from a killed broker

An `Exchange` is what its clients share: retained messages, and a list of all that came.
"""

from collections.abc import Callable, Sequence

from sync_agent.broker import OFFLINE, Delivered, Lost, Message, News, Up
from wire import topics


class Exchange:
    """The broker's side."""

    def __init__(self) -> None:
        self.up = True
        self.acknowledges = True
        self.lose: Callable[[str, bytes], bool] = lambda topic, payload: False
        self.retained: dict[str, bytes] = {}
        self.received: list[tuple[str, bytes]] = []
        self.clients: list[SimulatedBroker] = []

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Deliver to every client that subscribed."""
        if retain:
            self.retained[topic] = payload
        for client in self.clients:
            client.deliver(topic, payload)

    def take(self) -> list[tuple[str, bytes]]:
        """What came since the last call."""
        taken, self.received = self.received, []
        return taken


class SimulatedBroker:
    """`Broker` on an Exchange. Waits for nothing: `turn` returns at once."""

    def __init__(self, device: str, exchange: Exchange) -> None:
        self._device = device
        self._exchange = exchange
        self._connected = False
        self._filters: list[str] = []
        self._news: list[News] = []
        self.dialled: list[str] = []
        exchange.clients.append(self)

    def dial(self, url: str) -> None:
        """See `Broker`."""
        self.dialled.append(url)
        self._connected, self._filters = self._exchange.up, []
        self._news.append(Up() if self._connected else Lost("connection refused"))

    def hang_up(self, reason: str) -> None:
        """See `Broker`."""
        if self._connected:
            self._connected = False
            self._news.append(Lost(reason))

    def subscribe(self, names: Sequence[str]) -> None:
        """See `Broker`."""
        self._filters += names
        for topic, payload in self._exchange.retained.items():
            self.deliver(topic, payload)

    def publish(self, token: int, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """See `Broker`."""
        if not self._connected:
            return False
        if retain:
            self._exchange.retained[topic] = payload
        if not self._exchange.lose(topic, payload):
            self._exchange.received.append((topic, payload))
        if self._exchange.acknowledges:
            self._news.append(Delivered(token))
        return True

    def turn(self, timeout_s: float) -> list[News]:
        """See `Broker`."""
        if self._connected and not self._exchange.up:
            self.hang_up("connection lost")
            self._exchange.retained[topics.state(self._device)] = OFFLINE
        news, self._news = self._news, []
        return news

    def close(self) -> None:
        """See `Broker`."""
        self._connected = False

    def deliver(self, topic: str, payload: bytes) -> None:
        """From the Exchange."""
        if self._connected and any(_matches(name, topic) for name in self._filters):
            self._news.append(Message(topic, payload))


def _matches(name: str, topic: str) -> bool:
    return topic == name or (name.endswith("/#") and topic.startswith(name[:-1]))
