"""NetworkManager's profiles of one kiosk, as keyfiles (nm-settings-keyfile(5)).

- The Wi-Fi of kiosk.toml and the one shown to the camera are two profiles: the shown one is tried first, and where it
  is out of reach the other one serves. Neither overwrites the other.
- wpa-psk covers WPA2 and, where the chip can, WPA3 of the same password: NetworkManager then offers SAE too.
- Each is retried without end: a venue's router is switched off at night.
"""

import uuid
from ipaddress import ip_interface

from firmware_cfg.network import Network
from firmware_cfg.wifi import Wifi

_SPACE = uuid.UUID("6a7e9057-0000-5000-8000-000000000043")
WIFI, SHOWN, CABLE = "gatepost-wifi", "gatepost-wifi-shown", "gatepost-ethernet"


def profiles(network: Network, shown: Wifi | None) -> dict[str, str]:
    """Name of the profile -> text of its keyfile. The cable is always there; it goes before any Wi-Fi."""
    found = {CABLE: _cable(network)}
    if network.wifi_name:
        found[WIFI] = _wifi(WIFI, Wifi(network.wifi_name, network.wifi_password, network.wifi_hidden), 10, network)
    if shown is not None:
        found[SHOWN] = _wifi(SHOWN, shown, 20, network)
    return found


def _cable(network: Network) -> str:
    return _connection(CABLE, "ethernet", 30) + _ip(network, network.ethernet)


def _wifi(name: str, wifi: Wifi, priority: int, network: Network) -> str:
    # Bytes, not letters: a name may hold what a keyfile takes for its own.
    octets = "".join(f"{byte};" for byte in wifi.name.encode("utf-8"))
    hidden = "hidden=true\n" if wifi.hidden else ""
    lock = f"[wifi-security]\nkey-mgmt=wpa-psk\npsk={_value(wifi.password)}\n\n" if wifi.password else ""
    air = f"[wifi]\nmode=infrastructure\nssid={octets}\n{hidden}\n"
    return _connection(name, "wifi", priority) + air + lock + _ip(network, "dhcp")


def _connection(name: str, kind: str, priority: int) -> str:
    return (
        f"[connection]\nid={name}\nuuid={uuid.uuid5(_SPACE, name)}\ntype={kind}\n"
        f"autoconnect-priority={priority}\nautoconnect-retries=0\n\n"
    )


def _ip(network: Network, address: str) -> str:
    own = None if address == "dhcp" else ip_interface(address)
    parts = []
    for version, header in ((4, "[ipv4]"), (6, "[ipv6]")):
        lines = [header, "method=auto", "may-fail=true"]
        if own is not None and own.version == version:
            gateway = f",{network.gateway}" if network.gateway else ""
            lines[1:] = ["method=manual", f"address1={own}{gateway}"]
        dns = "".join(f"{server};" for server in network.dns if (":" in server) is (version == 6))
        parts.append("\n".join([*lines, *([f"dns={dns}"] if dns else [])]) + "\n")
    return "\n".join(parts)


def _value(text: str) -> str:
    """As g_key_file writes a value: a backslash doubled, a space as \\s, so that none is lost at either end."""
    return text.replace("\\", "\\\\").replace(" ", "\\s")
