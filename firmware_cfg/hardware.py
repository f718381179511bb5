"""What is screwed to the box: how the panel hangs, how its touch answers, which clock chip keeps the time."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Any, Literal

from firmware_cfg.keys import Section, Wrong, list_of, one_of

TURNS = (0, 90, 180, 270)
# First two rows of the matrix that libinput lays over a touch at (x, y), 0..1 each (libinput: "Device calibration").
# `auto` follows the picture: a picture turned clockwise by 90 has its top at the panel's right edge.
MATRICES = {
    "normal": "1 0 0 0 1 0",
    "turned-90": "0 1 0 -1 0 1",
    "turned-180": "-1 0 1 0 -1 1",
    "turned-270": "0 -1 1 1 0 0",
    "mirrored-x": "-1 0 1 0 1 0",
    "mirrored-y": "1 0 0 0 -1 1",
}
# Chip -> its fixed address on the I2C bus of the 40-pin header (data sheets of Maxim and NXP).
RTC_ADDRESS = {"ds3231": 0x68, "pcf8523": 0x68, "ds1307": 0x68}
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))*")


def _turn(x: Any) -> int:
    if type(x) is not int or x not in TURNS:
        raise Wrong("phải là 0, 90, 180 hoặc 270", "must be 0, 90, 180 or 270")
    return x


def _time_server(x: Any) -> str:
    try:
        return str(ip_address(x if type(x) is str else ""))
    except ValueError:
        if type(x) is str and _HOST.fullmatch(x):
            return x.lower()
    raise Wrong("phải là tên máy chủ giờ hoặc địa chỉ IP", "must be the name of a time server or an IP address")


@dataclass(frozen=True, slots=True)
class Display(Section):
    """`rotation`: by how many degrees the picture is turned clockwise on the panel. `touch`: `auto` turns with it;
    the other names are for panels whose glass is mounted another way."""

    rotation: Annotated[Literal[0, 90, 180, 270], _turn] = 0
    touch: Annotated[str, one_of("auto", *MATRICES)] = "auto"

    def matrix(self) -> str:
        """The six numbers for libinput."""
        name = self.touch if self.touch != "auto" else f"turned-{self.rotation}" if self.rotation else "normal"
        return MATRICES[name]


@dataclass(frozen=True, slots=True)
class Clock(Section):
    """`rtc`: the chip with a battery on the I2C pins (a Pi 5 has its own: `none`). `ntp`: who is asked for the time."""

    rtc: Annotated[Literal["none", "ds3231", "pcf8523", "ds1307"], one_of("none", *RTC_ADDRESS)] = "none"
    ntp: Annotated[tuple[str, ...], list_of(_time_server, most=4)] = ("vn.pool.ntp.org", "asia.pool.ntp.org")
