"""Fills in a proxy's configuration (nginx-guard.conf, nginx-phone.conf) with the paths and address of one kiosk."""

import re
from dataclasses import dataclass

# What nginx would read as its own syntax must not come in through a path or an address.
_PLAIN = re.compile(r"[A-Za-z0-9/._:\[\]-]{1,200}")


@dataclass(frozen=True, slots=True)
class Proxy:
    """`listen` as nginx takes it ("8443", "192.0.2.7:8443"); the other values are absolute paths."""

    listen: str
    socket: str
    certificate: str
    key: str
    runtime: str


def fill_in(template: str, proxy: Proxy) -> str:
    """The configuration. Raises ValueError for a value with a sign that nginx might take for its own."""
    values = {
        "LISTEN": proxy.listen,
        "SOCKET": proxy.socket,
        "CERTIFICATE": proxy.certificate,
        "KEY": proxy.key,
        "RUNTIME": proxy.runtime,
    }
    for name, value in values.items():
        if _PLAIN.fullmatch(value) is None:
            raise ValueError(f"{name.lower()}: {value!r} cannot stand in nginx's configuration")
    return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], template)
