"""What carries a letter away: the port, and how a centre says which carriers it has (KEYS/sender.toml).

    [links]  base = "https://gatepost.example"           for "call me back"
    [email]  host, port, tls = "starttls" | "tls" | "none", user, password, from
    [sms]    host, port, system_id, password, source, tls = true | false
    [push]   subject = "mailto:...", hosts = ["fcm.googleapis.com", ".push.apple.com"]

A channel whose table is missing is not ready: nobody is promised it. `tls = "none"` is for this machine alone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from central.alerts.sealing import Letter
from wire.refusal import Refused

FILE = "sender.toml"
LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


class Later(Exception):
    """Not now; try again by the schedule. `reason` is a code, never what the other side said."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Never(Later):
    """Not at all: the address is wrong or gone."""


class Carrier(Protocol):
    """One channel. May be asked from one thread at a time; keeps its connection between letters as it likes."""

    def send(self, letter: Letter, number: int) -> str:
        """Hand one letter over; what the other side calls it ("" where it says nothing).

        `number` names the letter: the same one sent twice carries the same name. Raises Later, Never.
        """

    def receipts(self) -> list[tuple[str, bool]]:
        """(what the other side called it, whether it arrived), as they came since the last call. Never waits."""

    def close(self) -> None:
        """Give the connection back. May be repeated."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """The channels of this centre by name, and the base of links."""

    by_channel: Mapping[str, Carrier]
    base: str = ""


def load_carriers(folder: Path) -> Carriers:
    """The carriers of the key folder. Raises Refused("bad_sender") for a table that makes no sense."""
    try:
        table = tomllib.loads((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return Carriers({})
    except ValueError as error:
        raise Refused("bad_sender", "not TOML") from error
    found: dict[str, Carrier] = {}
    try:
        if "email" in table:
            from central.alerts.mail_smtp import SmtpCarrier

            found["email"] = SmtpCarrier(**_checked(table["email"], "from", "sender"))
        if "sms" in table:
            from central.alerts.sms_smpp import SmppCarrier

            found["sms"] = SmppCarrier(**_checked(table["sms"]))
        if "push" in table:
            from central.alerts.push_web import PushCarrier

            found["push"] = PushCarrier(folder, **_checked(table["push"]))
    except (TypeError, ValueError) as error:
        raise Refused("bad_sender", type(error).__name__) from error
    return Carriers(found, str(table.get("links", {}).get("base", "")).rstrip("/"))


def _checked(table: Mapping[str, Any], old: str = "", new: str = "") -> dict[str, Any]:
    found = {new if name == old else name: value for name, value in table.items()}
    if found.get("tls") in ("none", False) and found.get("host") not in LOCAL:
        raise Refused("bad_sender", "without TLS only on this machine")
    return found
