"""dbus-fast 5.2 takes a full socket as the end of the connection, so a burst waits until the bus has read on."""

import asyncio
import fcntl
import sys
import termios

from dbus_fast.aio import MessageBus

# A portion is some 20 kB, and the kernel holds some 200 kB for a reader that is late.
PORTION, MOST_UNREAD, TICK_S = 20, 60_000, 0.003


async def room(bus: MessageBus) -> None:
    """Until there is room for another portion of messages."""
    await asyncio.sleep(TICK_S)
    while unread(bus) > MOST_UNREAD:
        await asyncio.sleep(TICK_S)


def unread(bus: MessageBus) -> int:
    """Bytes of the socket's buffer that the bus has not read yet (unix(7): SIOCOUTQ)."""
    assert bus._fd is not None
    return int.from_bytes(fcntl.ioctl(bus._fd, termios.TIOCOUTQ, bytes(4)), sys.byteorder)
