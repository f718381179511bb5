"""Codes that we know by sight but do not read: other countries' posters, and health certificates of a later version.

A poster asks for another act than a visitor's code does, so that its visitor must hear "this is a place's poster,
show your own code" and not "unreadable". Sources: ukhsa-collaboration/covid19-app-system-public (UKC19TRACING),
corona-warn-app/cwa-documentation event_registration.md (e.coronawarn.app and `/CWA1/`), CrowdNotifier/documents
(qr.notify-me.ch), minhealthnz/nzcovidtracer-app (NZCOVIDTRACER). Certificates: EU and WHO HCERT (HC1 to HCZ), SMART
Health Cards, NZ COVID Pass, DIVOC, ICAO VDS-NC.
"""

import json
import re

from credentials.links import Link

_POSTER = re.compile(r"UKC19TRACING:|NZCOVIDTRACER:", re.IGNORECASE)
_POSTER_HOSTS = frozenset({"e.coronawarn.app", "qr.notify-me.ch"})
_CERTIFICATE = re.compile(r"HC[1-9A-Z]:|shc:/|NZCP:/|B64:", re.IGNORECASE)


def is_foreign_poster(text: str, link: Link | None) -> bool:
    """Whether this is a poster of another country's app, as text or as link."""
    if link is None:
        return _POSTER.match(text) is not None
    return link.host in _POSTER_HOSTS or "/CWA1/" in link.fragment or "NZCOVIDTRACER:" in link.fragment


def is_certificate(text: str) -> bool:
    """Whether this is a health certificate, whatever it says."""
    return _CERTIFICATE.match(text) is not None or (text.startswith("{") and _is_vds_nc(text))


def _is_vds_nc(text: str) -> bool:
    """JSON with a text at data.hdr.t (`icao.vacc`, `icao.test`): ICAO's visible digital seal for open documents."""
    try:
        match json.loads(text):
            case {"data": {"hdr": {"t": str()}}}:
                return True
    except (ValueError, RecursionError):
        return False
    return False
