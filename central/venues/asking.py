"""PURE. What a form or a sheet says of a place, read strictly.

- A place's name is what stands on its sign: 2 to 80 printable characters.
- The point must lie in Viet Nam's wide frame (with Hoàng Sa and Trường Sa); without one the place stands in its ward's
  list. Hours are those of one day; closing before opening is a night market; neither of both is always open.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from central.alerts.reachable import phone_of
from central.authority.area_names import provinces, read_ward
from central.places.kinds import KINDS
from wire.refusal import Refused

_MOST_PEOPLE = 200_000
_FRAME = (6_000_000, 24_000_000, 102_000_000, 118_000_000)  # lat and lon in millionths of a degree
_MOBILE = re.compile(r"84[35789]\d{8}")  # mobile numbers of Viet Nam since 2018
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:hH.]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Said:
    """A place as somebody describes it. Coordinates in millionths of a degree, hours in minutes after midnight."""

    name: str
    kind: str
    province: str
    ward: str
    address: str
    capacity: int
    lat_e6: int | None = None
    lon_e6: int | None = None
    opens_min: int | None = None
    closes_min: int | None = None


def read_place(fields: Mapping[str, str]) -> Said:
    """A place of the fields name, kind, province, ward, address, capacity, point or lat and lon, opens, closes.

    Raises Refused("bad_FIELD") for the first one that cannot be right, and "ward_unknown".
    """
    name, address = line(fields.get("name", "")), line(fields.get("address", ""))
    if not 2 <= len(name) <= 80:
        raise Refused("bad_name")
    kind, province = fields.get("kind", ""), fields.get("province", "")
    if kind not in KINDS:
        raise Refused("bad_kind")
    if province not in provinces():
        raise Refused("bad_province")
    ward = read_ward(line(fields.get("ward", ""))[:80], province)
    if not ward:
        raise Refused("ward_unknown")
    if not 2 <= len(address) <= 160:
        raise Refused("bad_address_of_place")
    point = read_point(fields.get("lat", ""), fields.get("lon", ""))
    hours = read_hours(fields.get("opens", ""), fields.get("closes", ""))
    return Said(name, kind, province, ward, address, read_capacity(fields.get("capacity", "")), *point, *hours)


def read_capacity(text: str) -> int:
    """People at once. Raises Refused("bad_capacity")."""
    digits = line(text).replace(".", "").replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 7 and 0 < int(digits) <= _MOST_PEOPLE):
        raise Refused("bad_capacity")
    return int(digits)


def read_point(lat: str, lon: str) -> tuple[int | None, int | None]:
    """Two numbers as a map gives them, or nothing. Raises Refused("bad_point")."""
    if not lat.strip() and not lon.strip():
        return None, None
    try:
        north, east = (round(float(one.strip().replace(",", ".")[:24]) * 1e6) for one in (lat, lon))
    except (ValueError, OverflowError) as error:
        raise Refused("bad_point") from error
    if not (_FRAME[0] <= north <= _FRAME[1] and _FRAME[2] <= east <= _FRAME[3]):
        raise Refused("bad_point")
    return north, east


def read_hours(opens: str, closes: str) -> tuple[int | None, int | None]:
    """05:30 and 18:00, or nothing. Raises Refused("bad_hours")."""
    if not opens.strip() and not closes.strip():
        return None, None
    first, last = _CLOCK.fullmatch(opens.strip()), _CLOCK.fullmatch(closes.strip())
    if first is None or last is None:
        raise Refused("bad_hours")
    opens_min, closes_min = (int(one[1]) * 60 + int(one[2]) for one in (first, last))
    if max(opens_min, closes_min) > 1440 or opens_min == closes_min:
        raise Refused("bad_hours")
    return opens_min, closes_min


def read_phone(text: str) -> str:
    """The digits of a mobile number of Viet Nam, as a sender wants them. Raises Refused("bad_phone")."""
    digits = phone_of(text[:30])
    if not _MOBILE.fullmatch(digits):
        raise Refused("bad_phone")
    return digits


def line(text: str) -> str:
    """One line in NFC with single spaces; "" where something in it cannot be printed."""
    one = " ".join(unicodedata.normalize("NFC", text).split())
    return one if one.isprintable() else ""


def clock_of(minutes: int | None) -> str:
    """05:30; "" for none."""
    return "" if minutes is None else f"{minutes // 60:02d}:{minutes % 60:02d}"
