"""PURE. A Wi-Fi network as a code, as phones and routers show it: `WIFI:T:WPA;S:name;P:password;H:true;;`.

- The form that Android and iOS write (ZXing, "Barcode Contents", Wi-Fi Network config); WPA3 Specification v3.0
  section 7 is the same form with fields that are passed over here (SAE's public key, transition disable).
- `\\` stands before a `\\ ; , : "` that is meant itself. Fields come in any order; of one given twice the first counts.
- Surrounding quotes of name and password are dropped: some writers put them round what looks like hexadecimal digits.
- Taken: networks with a password (T WPA, WPA2, WPA3 or SAE) and open ones (T nopass, or none and no P). WEP and
  networks with user names are not: their secrets are no secrets, or are a person's.
- Total: never raises. It is no credential and identifies nobody; it is only looked at while a technician sets a box up.
"""

import re
from dataclasses import dataclass
from typing import Literal

PREFIX = "WIFI:"
MAX_CHARACTERS = 400
_OUTER = " \t\r\n\ufeff"
_FIELD = re.compile(r"([A-Za-z0-9]{1,4}):((?:[^\\;]|\\.)*);")
_ESCAPED = re.compile(r"\\(.)")
_LOCKED = frozenset({"WPA", "WPA2", "WPA3", "SAE", "WPA/WPA2", "WPA2/WPA3"})

Reason = Literal["not_wifi", "unreadable", "kind_not_supported", "no_name", "bad_password"]


@dataclass(frozen=True, slots=True, repr=False)  # no repr: the password would stand in every trace of it
class WifiCode:
    """`password` "" for an open network; 8..63 printable ASCII signs or 64 hexadecimal digits else."""

    name: str
    password: str
    hidden: bool


def has_prefix(text: str) -> bool:
    """Whether `text` claims to be such a code."""
    return text.lstrip(_OUTER)[: len(PREFIX)].upper() == PREFIX


def read(text: str) -> WifiCode | Reason:
    """The network, or why not."""
    text = text.strip(_OUTER)
    if not has_prefix(text):
        return "not_wifi"
    fields = _fields(text[len(PREFIX) :]) if len(text) <= MAX_CHARACTERS else None
    if fields is None:
        return "unreadable"
    kind = fields.get("T", "nopass" if "P" not in fields else "WPA")
    open_one = kind.lower() in ("", "nopass")
    if not open_one and kind.upper() not in _LOCKED:
        return "kind_not_supported"
    name = _bare(fields.get("S", ""))
    if not name or not name.isprintable() or len(name.encode("utf-8", "replace")) > 32:
        return "no_name"
    password = "" if open_one else _bare(fields.get("P", ""))
    if not open_one and not re.fullmatch("[ -~]{8,63}|[0-9A-Fa-f]{64}", password):
        return "bad_password"
    return WifiCode(name, password, fields.get("H", "").lower() == "true")


def _fields(body: str) -> dict[str, str] | None:
    """Tag -> value without its escapes; None where it is not made of fields. The last `;` may be missing."""
    found: dict[str, str] = {}
    at, body = 0, body.rstrip(";") + ";" if not body.endswith("\\;") else body + ";"
    while at < len(body):
        field = _FIELD.match(body, at)
        if field is None:
            return None
        found.setdefault(field[1].upper(), _ESCAPED.sub(r"\1", field[2]))
        at = field.end()
    return found


def _bare(value: str) -> str:
    quoted = len(value) > 2 and value[0] == value[-1] == '"'
    return value[1:-1] if quoted else value
