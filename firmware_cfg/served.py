"""The pages that a kiosk serves, and to whom: its own screen, the guards, visitors' own phones."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from firmware_cfg.keys import LOOPBACK, Problem, Section, flag, one_of, text, whole

HTTPS = 443
_LOCAL = re.compile(r"([a-z0-9][a-z0-9-]{0,62})\.local")


@dataclass(frozen=True, slots=True)
class Screen(Section):
    """The page that the kiosk shows itself; on this machine only. `mirror`: show the live picture as a mirror does.
    `inside`: tell visitors how many people are inside."""

    host: Annotated[str, one_of(*LOOPBACK)] = "127.0.0.1"
    port: Annotated[int, whole(1, 65_535)] = 8080
    mirror: Annotated[bool, flag] = True
    inside: Annotated[bool, flag] = True


@dataclass(frozen=True, slots=True)
class Guard(Section):
    """The guard's page. `socket` is where nginx finds it ("" for no such page); `url` is what phones on the venue's
    network open, "https://cua-a.local"."""

    socket: Annotated[str, text(100, shortest=0)] = ""
    url: Annotated[str, text(200, shortest=0)] = ""

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        if self.socket and not self.url.startswith("https://"):
            yield Problem("url", "phải bắt đầu bằng https://", "must begin with https://")


@dataclass(frozen=True, slots=True)
class Phone(Section):
    """Forms on visitors' own phones; "" in `url`: none. Nobody can ask a visitor to trust a private certificate: `url`
    is a name of the venue's own domain, `certificate` and `key` are what a public authority gave for it."""

    url: Annotated[str, text(100, shortest=0)] = ""
    socket: Annotated[str, text(100, shortest=0)] = ""
    certificate: Annotated[str, text(200, shortest=0)] = ""
    key: Annotated[str, text(200, shortest=0)] = ""

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        paths = {"socket": self.socket, "certificate": self.certificate, "key": self.key}
        if not self.url:
            if any(paths.values()):
                yield Problem("url", "còn thiếu", "is missing")
            return
        if not _is_public_name(self.url):
            yield Problem(
                "url",
                "phải có dạng https://tên-miền[:cổng] mà mọi điện thoại tin: không phải số IP, không phải .local",
                "must be https://name[:port] with a certificate that every phone trusts: no IP address, no .local",
            )
        for name, path in paths.items():
            if not path:
                yield Problem(name, "còn thiếu", "is missing")
            elif not path.startswith("/"):
                yield Problem(name, "phải là đường dẫn bắt đầu bằng /", "must be a path that begins with /")


def port_of(address: str) -> int:
    """The port of an https address; 443 where none can be read."""
    try:
        return urlsplit(address).port or HTTPS
    except ValueError:
        return HTTPS


def host_of(address: str) -> str:
    """What a browser writes into the Host header for an https address: the port only where it is not 443."""
    name, port = urlsplit(address).hostname or "", port_of(address)
    return name if port == HTTPS else f"{name}:{port}"


def local_name(address: str) -> str:
    """cua-a for https://cua-a.local; "" for every other address (RFC 6762 section 3: one label below .local)."""
    try:
        found = _LOCAL.fullmatch(urlsplit(address).hostname or "")
    except ValueError:
        return ""
    return found[1] if found else ""


def _is_public_name(address: str) -> bool:
    """Whether it is https://name[:port] of a name that public authorities vouch for."""
    try:
        parts = urlsplit(address if address.isascii() else "")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = f"https://{name}" + (f":{port}" if port is not None else "")
    if address.rstrip("/").lower() != plain or "." not in name.strip(".") or name.endswith((".local", ".internal")):
        return False
    try:
        ip_address(name)
    except ValueError:
        return all(part and not part.startswith("-") for part in name.split("."))
    return False
