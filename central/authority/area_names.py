"""Names of wards and provinces (2025), and what an officer typed for a ward. Codes are what is stored."""

import unicodedata
from functools import cache

from forms.bundled import BUNDLED
from forms.model import Coding, Option
from forms.value_sets import value_sets
from wire.refusal import Refused


@cache
def provinces() -> dict[str, str]:
    """code -> name of the 34."""
    return {_code(one): one.text.texts["vi"] for one in value_sets()[BUNDLED + "provinces"]}


@cache
def _wards() -> dict[str, tuple[str, str]]:
    """code -> (name, province)."""
    return {_code(one): (one.text.texts["vi"], one.group) for one in value_sets()[BUNDLED + "wards"]}


def _code(one: Option) -> str:
    return one.value.code if isinstance(one.value, Coding) else str(one.value)


def area_name(ward: str, province: str = "") -> str:
    """What to show for a ward; its province where it is not known, the code itself where there is no list."""
    if ward:
        return _wards().get(ward, (ward, ""))[0]
    return provinces().get(province, province)


def read_ward(typed: str, province: str) -> str:
    """The code of a ward that was typed as its code or its name; "" for nothing.

    Raises Refused: ward_unknown, also for a number that no ward has, and for a ward of another province.
    """
    text = " ".join(unicodedata.normalize("NFC", typed).split())
    if not text:
        return ""
    known = _wards()
    if text.isdigit():
        if text not in known or known[text][1] != province:
            raise Refused("ward_unknown", text[:8])
        return text
    wanted = text.casefold()
    for code, (name, of) in known.items():
        bare = name.casefold().partition(" ")[2]
        if of == province and wanted in (name.casefold(), bare, bare.removeprefix("khu ")):
            return code
    raise Refused("ward_unknown")
