"""The air before the box: its Bluetooth adapter at the end of a serial cable, and phones and tags around it (bumble).

    with Air() as air, Machine(image, folder, Parts(bluetooth=air.port)) as machine:
        ...                                       # in the guest: btattach -B /dev/ttyS1 -P h4
        with air.sender("F0:00:00:00:00:01", payload):
            air.walk("F0:00:00:00:00:01", Air.HELD)

Each sender is a whole Bluetooth stack of its own (device, host, controller); only what reaches the box's adapter is
ours, since bumble hears everybody at -50 dBm, and each of them twice.
"""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from bumble.controller import Controller
from bumble.device import AdvertisingType, Device
from bumble.hci import (
    Address,
    HCI_LE_Extended_Advertising_Report_Event,
    Phy,
)
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.tcp_server import (
    open_tcp_server_transport_with_socket,
)

BOX = "C0:FF:EE:00:00:01"
EACH_MS = 100.0  # Eddystone's and Bluezone's senders: ten advertisements a second
FAR_DBM, NEAR_DBM = -74, -33
CALL_S = 20.0
_Report = HCI_LE_Extended_Advertising_Report_Event.Report
_Kind = HCI_LE_Extended_Advertising_Report_Event.EventType
# Bluetooth Core 5.4, vol 4 part E, 7.7.65.13, table 7.1: what an old advertisement is called in a new report.
_NOT_CONNECTABLE = _Kind.LEGACY_ADVERTISING_PDU_USED
_CONNECTABLE = _NOT_CONNECTABLE | _Kind.CONNECTABLE_ADVERTISING | _Kind.SCANNABLE_ADVERTISING
_NO_SET, _NO_POWER = 0xFF, 0x7F


class Air:
    """Opens a TCP port on this machine's loopback, `port`, which the emulator takes for the adapter's cable."""

    # A hand comes to the mark, rests for two seconds, and goes: one level (dBm) each 100 ms.
    HELD = (*range(FAR_DBM, NEAR_DBM, 4), *[NEAR_DBM] * 20, *range(NEAR_DBM - 6, FAR_DBM - 8, -8))

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="air", daemon=True)
        self._levels: dict[str, int] = {}
        self._connectable: set[str] = set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_S)
        self._loop.close()
        self._socket.close()

    @contextmanager
    def sender(
        self, address: str, payload: bytes, *, connectable: bool = False, level: int = FAR_DBM
    ) -> Iterator[None]:
        """Somebody who advertises `payload` (AD structures, 31 bytes at most) and is heard with `level` dBm."""
        self._levels[address] = level
        if connectable:
            self._connectable.add(address)
        device = self._do(self._begin(address, payload, connectable))
        try:
            yield
        finally:
            self._do(self._end(device))
            del self._levels[address]
            self._connectable.discard(address)

    def walk(self, address: str, levels: Sequence[int], each_s: float = 0.1) -> None:
        """From now on the sender moves: it is heard with these levels in dBm, each for `each_s`."""
        asyncio.run_coroutine_threadsafe(self._walk(address, levels, each_s), self._loop)

    @property
    def heard(self) -> bool:
        """Whether the box listens now."""
        return bool(self._ear.le_scan_enable)

    async def _close(self) -> None:
        await self._transport.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _walk(self, address: str, levels: Sequence[int], each_s: float) -> None:
        for level in levels:
            if address in self._levels:
                self._levels[address] = level
            await asyncio.sleep(each_s)

    def _do(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(CALL_S)

    async def _open(self) -> None:
        self._link = LocalLink()  # type: ignore[no-untyped-call, unused-ignore]
        self._transport = await open_tcp_server_transport_with_socket(self._socket)
        source, sink = self._transport.source, self._transport.sink
        self._ear = _Ear(self, source, sink, self._link)

    async def _begin(self, address: str, payload: bytes, connectable: bool) -> Any:
        host = Host()
        host.controller = Controller(address, link=self._link)
        device = Device(name=address, address=Address(address), host=host)
        await device.power_on()
        kinds = AdvertisingType
        kind = kinds.UNDIRECTED_CONNECTABLE_SCANNABLE if connectable else kinds.UNDIRECTED
        await device.start_advertising(
            kind, advertising_data=payload, advertising_interval_min=EACH_MS, advertising_interval_max=EACH_MS
        )
        return device

    async def _end(self, device: Any) -> None:
        await device.stop_advertising()
        await device.power_off()
        self._link.remove_controller(device.host.controller)

    def level(self, address: str) -> int | None:
        """How strong a sender is heard now; None of somebody who has gone."""
        return self._levels.get(address)

    def is_connectable(self, address: str) -> bool:
        """Whether it says that one may connect to it."""
        return address in self._connectable


class _Ear(Controller):
    """The box's adapter: one report for each advertisement, as strong as its sender is near."""

    def __init__(self, air: Air, source: Any, sink: Any, link: Any) -> None:
        super().__init__("box", host_source=source, host_sink=sink, link=link, public_address=BOX)
        self._air = air

    def on_advertising_pdu(self, pdu: Any) -> None:
        """See bumble's Controller, which calls it for each advertisement on the link."""
        name = pdu.advertiser_address.to_string(with_type_qualifier=False)
        level = self._air.level(name)
        if level is None or not self.le_scan_enable:
            return
        report = _Report(
            event_type=_CONNECTABLE if self._air.is_connectable(name) else _NOT_CONNECTABLE,
            address_type=pdu.advertiser_address.address_type, address=pdu.advertiser_address,
            primary_phy=Phy.LE_1M, secondary_phy=0, advertising_sid=_NO_SET, tx_power=_NO_POWER, rssi=level,
            periodic_advertising_interval=0, direct_address_type=0, direct_address=Address.ANY, data=bytes(pdu.data),
        )  # fmt: skip
        self.send_hci_packet(HCI_LE_Extended_Advertising_Report_Event([report]))
