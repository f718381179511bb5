"""Tell systemd that the service is ready and alive (sd_notify(3)): one datagram to the socket it names."""

import os
import socket

PATIENCE_S = 1.0  # with a manager whose queue is full; a sign of life is simply left out then


def notify(message: str) -> None:
    """Send e.g. "READY=1" or "WATCHDOG=1". Silent where no service manager listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.settimeout(0 if message == "WATCHDOG=1" else PATIENCE_S)
        try:
            out.sendto(message.encode(), "\0" + address[1:] if address[0] == "@" else address)
        except OSError:
            return  # the watchdog acts if the manager is really deaf; no process may stop for it
