"""How often one network may ask for what costs this process some milliseconds."""

from typing import TYPE_CHECKING

from flask import request

from central.phones.limits import LOOKS, networks_of

if TYPE_CHECKING:
    from central.web.app import Site


def spend(site: "Site") -> None:
    """One look at a list, a place or a file. Raises Refused("too_fast")."""
    networks = networks_of(request.remote_addr, request.headers.get("X-Forwarded-For"))
    site.phones.counter.take("map", LOOKS, networks, site.now_ms())
