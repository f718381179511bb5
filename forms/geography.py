"""Provinces before and after the merger of 1 July 2025: 63 became 34.

- The old answer is never rewritten: what was given, which list it was chosen from and today's code stand side by side.
- Both lists number with two digits and share many of them, so that a code says nothing without its list: 45 was Quảng
  Trị and is no province any more, 44 was Quảng Bình and is Quảng Trị now.
- A merged province kept the name of one of its parts. A name alone is therefore enough to find today's province.

Sources: Resolution 202/2025/QH15 of 12 June 2025 (which provinces merged); Decision 19/2025/QĐ-TTg (the 34 codes);
Decision 124/2004/QĐ-TTg (the 63 codes).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

Edition = Literal["63", "34"]

# Today's code -> the codes of 2004 that it took in. Eleven provinces stayed as they were.
MERGED: Mapping[str, tuple[str, ...]] = {
    "01": ("01",),
    "04": ("04",),
    "08": ("08", "02"),
    "11": ("11",),
    "12": ("12",),
    "14": ("14",),
    "15": ("10", "15"),
    "19": ("19", "06"),
    "20": ("20",),
    "22": ("22",),
    "24": ("27", "24"),
    "25": ("25", "26", "17"),
    "31": ("31", "30"),
    "33": ("33", "34"),
    "37": ("37", "35", "36"),
    "38": ("38",),
    "40": ("40",),
    "42": ("42",),
    "44": ("45", "44"),
    "46": ("46",),
    "48": ("48", "49"),
    "51": ("51", "62"),
    "52": ("64", "52"),
    "56": ("56", "58"),
    "66": ("66", "54"),
    "68": ("68", "67", "60"),
    "75": ("75", "70"),
    "79": ("79", "74", "77"),
    "80": ("72", "80"),
    "82": ("87", "82"),
    "86": ("86", "83", "84"),
    "91": ("89", "91"),
    "92": ("92", "93", "94"),
    "96": ("96", "95"),
}
_TODAY = {old: new for new, parts in MERGED.items() for old in parts}

_TITLE = re.compile(r"^(?:(?:tinh|thanh pho|tp|t)[. ]+|tp(?=hcm$))")
_LETTERS = str.maketrans("đ", "d")


class Place(NamedTuple):
    """An address as it was given, with the code chosen then and the province it lies in today ("" where unknown)."""

    given: str
    edition: Edition
    code: str
    now: str


def today(code_63: str) -> str | None:
    """Today's code (of 34) of a province's code of 2004 (of 63); None for a code that never was."""
    return _TODAY.get(code_63)


def place(given: str, edition: Edition, code: str) -> Place:
    """The address `given` whose province was chosen as `code` from the list of 63 or of 34."""
    if edition == "63":
        return Place(given, edition, code, _TODAY.get(code, ""))
    return Place(given, edition, code, code if code in MERGED else "")


def plain(name: str) -> str:
    """A name for comparison: small letters without marks. Hoà and Hòa are one word, written in two schools."""
    split = unicodedata.normalize("NFD", " ".join(name.casefold().split())).translate(_LETTERS)
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def bare(province: str) -> str:
    """The plain name of a province without "tỉnh", "thành phố" or "TP." in front."""
    name = " ".join(_TITLE.sub("", plain(province).replace("-", " ")).split())
    return "ho chi minh" if name == "hcm" else name


def code_named(name: str, names: Iterable[tuple[str, str]]) -> str | None:
    """The code of the one province (code, name) in `names` that is called `name`; None when none is, or two are."""
    wanted = bare(name)
    found = {code for code, called in names if bare(called) == wanted}
    return found.pop() if wanted and len(found) == 1 else None
