"""What a form of these pages says, read strictly: short texts without control signs, times on a clock in Viet Nam."""

from flask import request

from central.authority.area_names import provinces, read_ward
from central.authority.cases import NewCase
from central.authority.days import ms_of_day, ms_of_minute
from wire.refusal import Refused


def text(name: str, at_most: int = 64) -> str:
    """A field of the form or of the address; "" where it is missing, too long or not printable."""
    value = request.values.get(name, "").strip()
    return value if len(value) <= at_most and value.isprintable() else ""


def whole(name: str) -> int:
    """A number of the address, 0 where there is none."""
    value = request.values.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0


def new_case() -> NewCase:
    """The form of a new case. Raises Refused: bad_day, bad_form, ward_unknown."""
    evidence, anchor, province = text("evidence"), text("anchor"), text("province", 8)
    if evidence not in ("laboratory", "clinician") or anchor not in ("onset", "sample") or province not in provinces():
        raise Refused("bad_form")
    try:
        day, result = ms_of_day(text("day", 10)), ms_of_minute(text("result", 16))
    except (ValueError, OverflowError) as error:
        raise Refused("bad_day") from error
    return NewCase(
        text("disease"),
        "laboratory" if evidence == "laboratory" else "clinician",
        text("reference"),
        "onset" if anchor == "onset" else "sample",
        day,
        result,
        read_ward(text("ward"), province),
        province,
    )


def whole_of(name: str) -> int:
    """A row's number in a form. Raises Refused("bad_form")."""
    value = request.form.get(name, "")
    if not (value.isascii() and value.isdigit() and 0 < len(value) < 16):
        raise Refused("bad_form")
    return int(value)
