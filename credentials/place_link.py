"""Place codes of the national apps (tokhaiyte.vn, later PC-COVID). Unsigned: anybody can print one.

- *Layout*: a link whose host is tokhaiyte.vn, qr.tokhaiyte.vn, pccovid.gov.vn or below the latter.
- *Form* (else bad_schema): `?page=Group.checkin&groupId=<24 hex>`, each once; or a short link of PC-COVID,
  `https://qr.pccovid.gov.vn/<6 letters or digits>`.
- Names of parameters and hex digits may come in either case; a short link may not, its case carries meaning.
"""

import re

from credentials.links import Link
from credentials.types import Credential, broken

_GROUP = re.compile(r"[0-9a-f]{24}")
_SHORT = re.compile(r"/([A-Za-z0-9]{6})/?")


def is_place_host(host: str) -> bool:
    """Whether `host` (lower case) belongs to the national place codes."""
    return host in ("tokhaiyte.vn", "qr.tokhaiyte.vn", "pccovid.gov.vn") or host.endswith(".pccovid.gov.vn")


def read(link: Link) -> Credential:
    """The place behind a link whose host `is_place_host`."""
    if link.host.endswith("pccovid.gov.vn") and (short := _SHORT.fullmatch(link.path)) and not link.query:
        return _place(short[1], "pc-covid")
    pages = [value.lower() for name, value in link.query if name == "page"]
    groups = [value.lower() for name, value in link.query if name == "groupid"]
    if pages != ["group.checkin"] or len(groups) != 1 or not _GROUP.fullmatch(groups[0]):
        return broken("venue-qr")
    return _place(groups[0], "tokhaiyte")


def _place(place_id: str, system: str) -> Credential:
    return Credential("venue-qr", "valid", "ok", (), place_id, {"place_id": place_id, "system": system})
