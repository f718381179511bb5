"""python -m tests.parts.fake_bluez ADDRESS: a BlueZ on the D-Bus at ADDRESS, told what to do on standard input.

One JSON object a line in, {"do": name, ...}; one JSON object a line out, {"ok": ...} or {"error": text}. The first
line out says that org.bluez is there. It ends with its input. Its owner: tests.parts.fake_bluez_desk.
"""

import asyncio
import json
import sys
from typing import Any

from dbus_fast import Message
from dbus_fast.aio import MessageBus

from tests.parts.fake_bluez_bus import Bluetoothd
from tests.parts.fake_bluez_flood import flood
from tests.parts.fake_bluez_gatt import Phone

LONGEST_ORDER = 1 << 20
SWITCHES = {"offers_monitors", "monitors_are_deaf", "strict_filter", "stalled", "blocked"}


async def obey(daemon: Bluetoothd, order: dict[str, Any]) -> Any:
    """Do one order; its result."""
    match order.pop("do"):
        case "advertise":
            payload, phone = bytes.fromhex(order.pop("payload")), order.pop("phone", None)
            if phone:
                phone["value"] = bytes.fromhex(phone["value"])
            return daemon.advertise(payload=payload, phone=Phone(**phone) if phone else None, **order)
        case "flood":
            return await flood(daemon, **order)
        case "forget":
            return await daemon.forget()
        case "remove_adapter":
            return await daemon.remove_adapter()
        case "add_adapter":
            return daemon.add_adapter()
        case "power":
            return daemon.power(order["on"])
        case "switch":
            for name in SWITCHES & order.keys():
                setattr(daemon, name, order[name])
            return None
        case "fail":
            daemon.failures[order["method"]] = [(order["error"], order.get("text", ""))] * order.get("times", 1)
            return None
        case "state":
            return state(daemon)
        case unknown:
            raise ValueError(f"no such order: {unknown}")


def state(daemon: Bluetoothd) -> dict[str, Any]:
    """What a test may ask: who listens, how, and which methods were called how often."""
    return {
        "powered": daemon.powered,
        "discovering": len(daemon.discovering),
        "filters": daemon.filters,
        "patterns": [[start, kind, content.hex()] for m in daemon.monitors for start, kind, content in m.patterns],
        "connected": sum(device.phone.connected for device in daemon.devices.values()),
        "devices": len(daemon.devices),
        "calls": dict(daemon.calls),
    }


async def main(address: str) -> None:
    """Own org.bluez on the bus until the input ends."""
    bus = await MessageBus(bus_address=address).connect()
    daemon = Bluetoothd(bus)
    bus.add_message_handler(daemon.handle)
    rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
    await bus.call(
        Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="AddMatch",
            signature="s",
            body=[rule],
        )
    )
    await bus.request_name("org.bluez")
    print(json.dumps({"ok": "org.bluez"}), flush=True)
    lines = asyncio.StreamReader(limit=LONGEST_ORDER)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        try:
            answer = {"ok": await obey(daemon, json.loads(line))}
        except (ValueError, KeyError, TypeError) as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)
    bus.disconnect()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
