"""The schemes that ship, read once. `python -m central assess` and the desks know them by id."""

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

from central.safety.scoring import Band, Criterion, Scheme
from central.safety.states import State
from wire.refusal import Refused

FOLDER = Path(__file__).with_name("schemes")
_SHARES = ("share_above", "share_at_least", "share_below")


@cache
def schemes() -> dict[str, Scheme]:
    """id -> scheme, in the order of their ids."""
    return {path.stem: read_scheme(json.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.json"))}


def scheme_of(name: str) -> Scheme:
    """The scheme of an id. Raises Refused("scheme_unknown") with those that there are."""
    if name not in schemes():
        raise Refused("scheme_unknown", f"{name[:40]}: known are {', '.join(schemes())}")
    return schemes()[name]


def read_scheme(document: dict[str, Any]) -> Scheme:
    """A scheme from its JSON. Raises KeyError, TypeError or ValueError for a file that is none."""
    return Scheme(
        document["id"],
        document["version"],
        document["kind"],
        document["answers"],
        document["of"],
        tuple(Criterion(**one) for one in document["criteria"]),
        tuple(_band(one) for one in document["bands"]),
        _band(document["unsaid"]),
        document["title"],
        document["source"],
        tuple(document.get("serves", ())),
        document.get("form", ""),
        document.get("days", 30),
        document.get("fixed", False),
        document["sure"],
    )


@cache
def scheme_for(kind: str) -> Scheme:
    """By which scheme a place of this kind checks itself; kinds that have none of their own go by the offices'."""
    serving = (one for one in schemes().values() if kind in one.serves)
    return next(serving, None) or scheme_for("office")


def sureness(scheme: Scheme) -> Literal["ours", "thresholds", "second_hand"]:
    """How sure a scheme is: ours altogether, with thresholds of ours, or as others quote it."""
    if scheme.sure == "ours":
        return "ours"
    return "thresholds" if "thresholds ours" in scheme.sure else "second_hand"


def _band(document: dict[str, Any]) -> Band:
    shares = {name: Fraction(document[name]) for name in _SHARES if name in document}
    return Band(**{**document, **shares, "state": State(document["state"])})
