"""How a kiosk reaches its network: Wi-Fi, or a cable with or without an address of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_interface
from typing import Annotated, Any

from firmware_cfg.keys import Problem, Section, Wrong, flag, list_of, matching

LONGEST_NAME = 32  # octets of an SSID, IEEE 802.11-2020 section 9.4.2.2
_COUNTRY = matching("[A-Z]{2}", "mã nước hai chữ hoa như VN", "the two capital letters of a country, such as VN")


def network_name(x: Any) -> str:
    """An SSID: 1..32 bytes of UTF-8 that can be printed; "" for no Wi-Fi."""
    if type(x) is not str or not x.isprintable() or len(x.encode("utf-8", "replace")) > LONGEST_NAME:
        raise Wrong("phải là tên Wi-Fi, tối đa 32 byte", "must be the name of a Wi-Fi network, 32 bytes at most")
    return x


def network_password(x: Any) -> str:
    """A WPA passphrase (8..63 signs from space to ~, IEEE 802.11-2020 J.4.1) or its 64 hexadecimal digits; "": open."""
    if type(x) is not str or not re.fullmatch("|[ -~]{8,63}|[0-9A-Fa-f]{64}", x):
        raise Wrong(
            "phải có 8 đến 63 ký tự không dấu, hoặc để trống nếu Wi-Fi không có mật khẩu",
            "must have 8 to 63 characters without accents, or be empty for a network without a password",
        )
    return x


def _own_address(x: Any) -> str:
    """dhcp, or an address with its prefix length: 192.0.2.10/24."""
    if x == "dhcp":
        return "dhcp"
    try:
        made = ip_interface(x if type(x) is str and "/" in x else "")
        net = made.network
        usable = made.version == 6 or net.prefixlen >= 31 or made.ip not in (net.network_address, net.broadcast_address)
        if usable and not made.is_multicast and not made.is_unspecified:
            return str(made)
    except ValueError:
        pass
    raise Wrong('phải là "dhcp" hoặc địa chỉ như 192.0.2.10/24', 'must be "dhcp" or an address like 192.0.2.10/24')


def _address(x: Any) -> str:
    try:
        return str(ip_address(x if type(x) is str else ""))
    except ValueError:
        raise Wrong("phải là địa chỉ IP như 192.0.2.1", "must be an IP address such as 192.0.2.1") from None


def _address_or_none(x: Any) -> str:
    return "" if x == "" else _address(x)


@dataclass(frozen=True, slots=True)
class Network(Section):
    """`wifi_name` "": no Wi-Fi from this file (a Wi-Fi shown to the camera as a code is kept beside it).
    `ethernet`: "dhcp", or an address with its prefix length; then `gateway` and `dns` are the venue's."""

    wifi_name: Annotated[str, network_name] = ""
    wifi_password: Annotated[str, network_password] = ""
    wifi_hidden: Annotated[bool, flag] = False
    wifi_country: Annotated[str, _COUNTRY] = "VN"
    ethernet: Annotated[str, _own_address] = "dhcp"
    gateway: Annotated[str, _address_or_none] = ""
    dns: Annotated[tuple[str, ...], list_of(_address, most=3)] = ()

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        if not self.wifi_name and (self.wifi_password or self.wifi_hidden):
            yield Problem("wifi_name", "còn thiếu", "is missing")
        if self.ethernet == "dhcp":
            if self.gateway:
                yield Problem(
                    "gateway", "chỉ dùng khi ethernet có địa chỉ riêng", "is for an ethernet address of its own"
                )
        elif self.gateway and ip_address(self.gateway) not in ip_interface(self.ethernet).network:
            yield Problem("gateway", "không cùng mạng với ethernet", "is not in the network of ethernet")
