"""The ports that kiosk.toml names, for the sets of nftables.conf. The rules themselves never depend on settings."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from firmware_cfg.served import HTTPS, local_name, port_of
from firmware_cfg.settings import Settings

TABLE = "inet gatepost"
MDNS = 5353  # RFC 6762 section 5: where a name such as cua-a.local is asked for
SETS = ("open_ports", "agent_ports", "named_ports")
_DEFAULT = {"https": HTTPS, "http": 80}


def ports(settings: Settings) -> str:
    """Input for `nft -f`: what the venue's network may reach, and where the agent may go.

    Loopback addresses need no port here: nothing inside the box is filtered.
    """
    pages = {port_of(settings.guard.url)} if settings.guard.socket else set[int]()
    if settings.phone.url:
        pages.add(port_of(settings.phone.url))
    # An update is fetched over HTTPS wherever a signed notice says, hence 443 besides.
    away = {HTTPS, *map(_port, (settings.centre.enrol_url, *settings.centre.brokers))}
    named = {MDNS} if settings.guard.socket and local_name(settings.guard.url) else set[int]()
    return "".join(map(_set, SETS, (pages, away, named)))


def closed() -> str:
    """Input for `nft -f` that shuts everything that settings can open."""
    return "".join(_set(name, ()) for name in SETS)


def _port(address: str) -> int:
    parts = urlsplit(address)
    return parts.port or _DEFAULT.get(parts.scheme, HTTPS)


def _set(name: str, found: Iterable[int]) -> str:
    listed = ", ".join(map(str, sorted(found)))
    filled = f"add element {TABLE} {name} {{ {listed} }}\n" if listed else ""
    return f"flush set {TABLE} {name}\n{filled}"
