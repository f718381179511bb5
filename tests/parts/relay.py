"""A cable that reads MQTT 3.1.1 while it relays: a rule sees each packet and says what passes, and who dies then.

    relay = Relay(broker_port)
    relay.rule = lambda packet: Fate((packet,))        # forward everything (the default)

Fixed header and topics by MQTT 3.1.1, sections 2.2 and 3.3. Everything else stays bytes.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from kiosk.bench.cable import Cable

CONNECT, PUBLISH, PUBACK = 1, 3, 4
UP, RECEIPT = "gatepost/v1/up/", "/receipt"


@dataclass(frozen=True, slots=True)
class Packet:
    """One control packet on its way; `upward`: to the broker. `topic` and `payload` of a PUBLISH only."""

    upward: bool
    kind: int
    data: bytes
    ident: int | None = None
    topic: str = ""
    payload: bytes = b""

    @property
    def is_batch(self) -> bool:
        """A signed batch of a device, in either direction."""
        return self.kind == PUBLISH and self.topic.startswith(UP)

    @property
    def is_receipt(self) -> bool:
        """A receipt of the centre, in either direction."""
        return self.kind == PUBLISH and self.topic.endswith(RECEIPT)

    def again(self) -> "Packet":
        """The same PUBLISH as a redelivery: DUP set (3.3.1.1)."""
        data = bytes([self.data[0] | 0x08]) + self.data[1:]
        return Packet(self.upward, self.kind, data, self.ident, self.topic, self.payload)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a packet: these pass now; then, `after_s` later, `then` is called."""

    passing: tuple[Packet, ...]
    then: Callable[[], object] | None = None
    after_s: float = 0.0


Rule = Callable[[Packet], Fate]


def pass_on(packet: Packet) -> Fate:
    """The rule of a good cable."""
    return Fate((packet,))


class Relay(Cable):
    """A Cable with a rule. The rule runs on the relay's thread, one packet after the other."""

    def __init__(self, target_port: int, listen_port: int = 0) -> None:
        self.rule: Rule = pass_on
        self.lock = Lock()
        super().__init__(target_port, listen_port)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        upward = peer is not None and peer[1] == self._target_port
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while self._state != "cut":
                fate = self.rule(await read_packet(reader, upward))
                for packet in fate.passing:
                    writer.write(packet.data)
                await writer.drain()
                if fate.then is not None:
                    if fate.after_s:
                        await asyncio.sleep(fate.after_s)
                    fate.then()
        writer.transport.abort()


async def read_packet(reader: asyncio.StreamReader, upward: bool) -> Packet:
    """The next packet. Raises asyncio.IncompleteReadError at the end."""
    head = await reader.readexactly(1)
    length, shift = 0, 0
    while True:
        byte = await reader.readexactly(1)
        head += byte
        length |= (byte[0] & 0x7F) << shift
        shift += 7
        if not byte[0] & 0x80:
            break
    body = await reader.readexactly(length)
    return parse(upward, head, body)


def parse(upward: bool, head: bytes, body: bytes) -> Packet:
    """A packet from its fixed header and the rest."""
    kind = head[0] >> 4
    if kind == PUBACK:
        return Packet(upward, kind, head + body, int.from_bytes(body[:2], "big"))
    if kind != PUBLISH:
        return Packet(upward, kind, head + body)
    end = 2 + int.from_bytes(body[:2], "big")
    topic, ident = body[2:end].decode(), None
    if head[0] & 0x06:  # QoS 1 or 2
        ident = int.from_bytes(body[end : end + 2], "big")
        end += 2
    return Packet(upward, kind, head + body, ident, topic, body[end:])
