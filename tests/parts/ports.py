"""Ports of 127.0.0.1 for servers that are started later, and killed and started again.

A number that was only looked up can be taken by anybody before the server comes, and again while it is down: by another
test's server, or as the near end of any connection. So the number is held: a socket that is bound and does not listen
keeps the kernel from giving it away, and a server that sets SO_REUSEADDR (every one here does) may listen beside it
(socket(7), Linux). Whoever connects meanwhile is refused, as at a free port.
"""

import socket

_HELD: list[socket.socket] = []  # to the end of this process: a few hundred at most


def hold_port() -> int:
    """A TCP port of 127.0.0.1 that is given to nobody else while this process lives."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    _HELD.append(holder)
    port: int = holder.getsockname()[1]
    return port
