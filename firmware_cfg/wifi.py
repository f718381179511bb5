"""A Wi-Fi network that was shown to the camera as a code, kept as JSON beside the database until the next one is shown.

The gate writes the file, and the settings are applied by root: what is read here is as foreign as the code itself.
"""

import json
from dataclasses import dataclass

from firmware_cfg.keys import Wrong
from firmware_cfg.network import network_name, network_password

FILE = "wifi.json"
MAX_BYTES = 1024


@dataclass(frozen=True, slots=True, repr=False)  # no repr: a password must not come into a log with it
class Wifi:
    """`name` 1..32 bytes; `password` "" for an open network."""

    name: str
    password: str
    hidden: bool = False


def make_wifi(name: object, password: object, hidden: object = False) -> Wifi | None:
    """The network, or None where a value breaks its rule in firmware_cfg.network."""
    try:
        made = Wifi(network_name(name), network_password(password), hidden is True)
    except Wrong:
        return None
    return made if made.name else None


def write_wifi(wifi: Wifi) -> str:
    """The text of wifi.json."""
    return json.dumps({"name": wifi.name, "password": wifi.password, "hidden": wifi.hidden}, ensure_ascii=False) + "\n"


def read_wifi(text: str) -> Wifi | None:
    """The network in the text of wifi.json; None for anything else. Never raises."""
    if len(text) > MAX_BYTES:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if type(found) is not dict:
        return None
    return make_wifi(found.get("name"), found.get("password"), found.get("hidden"))
