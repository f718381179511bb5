"""Orders: dated duties to declare. A form is mandatory only while one of them runs; when it ends, the form stops.

An order comes as a signed bulletin of kind "order"; its id and version are the bulletin's name and version. Body:

    {"mandatory": bool, "form": "url|version", "start": ms, "end": ms, "valid": ms, "who": CertLogic or null,
     "disease": text, "legal_basis" "purpose" "notice" "consequence": {language: text},
     "names_fields": bool, "stops": bool}

- It has an end, at most 400 days after its start, and never outlives its bulletin.
- A mandatory one names its legal basis, purpose, notice and the consequence of a refusal, in Vietnamese at least.
- Only a mandatory order may stop anybody, and only with `stops`.
- `who` is CertLogic over {"venue", "direction", "person"}; one that cannot be worked out concerns everybody. Deep logic
  stands as its JSON text (rules.travel).
- The hash of what was read (`consent_hash`) is stored with the declaration: nobody can change the text afterwards.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from rules.certlogic import Prepared, prepare
from rules.messages import OWN_LANGUAGE, in_language
from rules.travel import read_logic
from wire import cbor
from wire.bulletin import Bulletin
from wire.refusal import Refused

HOUR_MS = 3_600_000
LONGEST_MS = 400 * 24 * HOUR_MS  # a year and the weeks in which it is renewed: a duty without an end is no order
SHORTEST_VALID_MS = 60_000
MAX_TEXT = 4_000  # characters: two pages that somebody at a gate is asked to read
TEXTS = ("legal_basis", "purpose", "notice", "consequence")
_FIELDS = frozenset(
    {"mandatory", "form", "start", "end", "valid", "who", "disease", "names_fields", "stops", *TEXTS},
)
_NO_TEXTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Order:
    """One order as it stands. Times in Unix ms; `valid_ms` is how long one declaration counts."""

    id: str
    version: int
    mandatory: bool
    form: str
    start_ms: int
    end_ms: int
    valid_ms: int
    who: Any = None
    disease: str = ""
    legal_basis: Mapping[str, str] = field(default_factory=lambda: _NO_TEXTS)
    purpose: Mapping[str, str] = field(default_factory=lambda: _NO_TEXTS)
    notice: Mapping[str, str] = field(default_factory=lambda: _NO_TEXTS)
    consequence: Mapping[str, str] = field(default_factory=lambda: _NO_TEXTS)
    names_fields: bool = False
    stops: bool = False
    whom: Prepared = field(init=False, repr=False, compare=False)  # `who`, read once

    def __post_init__(self) -> None:
        object.__setattr__(self, "whom", prepare(self.who))

    def runs(self, now_ms: int | None) -> bool:
        """Whether it is in force. An unset clock (None) proves no end: the last word stands."""
        return now_ms is None or self.start_ms <= now_ms < self.end_ms


def in_force(orders: Iterable[Order], now_ms: int | None) -> tuple[Order, ...]:
    """The orders that run now; of one id the newest version alone."""
    newest: dict[str, Order] = {}
    for order in orders:
        held = newest.get(order.id)
        if held is None or held.version < order.version:
            newest[order.id] = order
    return tuple(order for order in newest.values() if order.runs(now_ms))


def consent_hash(order: Order, language: str) -> bytes:
    """SHA-256 over everything that the notice says in `language` (32 bytes)."""
    said = [in_language(getattr(order, name), language) for name in TEXTS]
    told = ["gatepost/1 consent", order.id, order.version, order.form, order.mandatory, language, order.disease]
    return hashlib.sha256(cbor.dumps([*told, order.start_ms, order.end_ms, order.names_fields, *said])).digest()


def read_order(bulletin: Bulletin) -> Order:
    """The order of an accepted bulletin. Raises Refused("bad_order") with the place and what is wrong there."""
    body = bulletin.body
    if bulletin.kind != "order" or type(body) is not dict:
        raise _bad("bulletin", "a map of kind order expected")
    unknown = [name for name in body if name not in _FIELDS]
    if unknown:
        raise _bad(str(unknown[0])[:24], "unknown field")
    start, end = _time(body, "start"), _time(body, "end")
    order = Order(
        id=bulletin.name,
        version=bulletin.version,
        mandatory=_flag(body, "mandatory"),
        form=_form(body.get("form")),
        start_ms=start,
        end_ms=min(end, bulletin.expires_ms),
        valid_ms=_time(body, "valid"),
        who=_who(body.get("who")),
        disease=_line(body.get("disease", ""), "disease"),
        names_fields=_flag(body, "names_fields"),
        stops=_flag(body, "stops"),
        **{name: _texts(body.get(name, {}), name) for name in TEXTS},
    )
    _check(order, end)
    return order


def _check(order: Order, end_ms: int) -> None:
    if not order.start_ms < end_ms <= order.start_ms + LONGEST_MS:
        raise _bad("end", "after the start and at most 400 days later")
    if not SHORTEST_VALID_MS <= order.valid_ms <= LONGEST_MS:
        raise _bad("valid", "from one minute to 400 days, in ms")
    if order.who is not None and order.whom.problems:
        problem = order.whom.problems[0]
        raise _bad(f"who{problem.path}", problem.text)
    if order.stops and not order.mandatory:
        raise _bad("stops", "a voluntary form stops nobody")
    for name in TEXTS if order.mandatory else ("purpose", "notice"):
        if OWN_LANGUAGE not in getattr(order, name):
            raise _bad(name, "missing in Vietnamese")


def _who(logic: Any) -> Any:
    try:
        return read_logic(logic)
    except ValueError as error:
        raise _bad("who", "CertLogic, or its JSON text") from error


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if type(value) is not bool:
        raise _bad(name, "true or false expected")
    return value


def _time(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise _bad(name, "milliseconds expected")
    return value


def _form(value: Any) -> str:
    url, bar, version = value.partition("|") if type(value) is str else ("", "", "")
    if not (url and bar and version) or len(value) > 200:
        raise _bad("form", "url|version expected")
    return f"{url}|{version}"


def _line(value: Any, place: str) -> str:
    if type(value) is not str or len(value) > MAX_TEXT:
        raise _bad(place, f"text of at most {MAX_TEXT} characters expected")
    return value


def _texts(value: Any, name: str) -> Mapping[str, str]:
    if type(value) is not dict or len(value) > 32:
        raise _bad(name, "a text for each language expected")
    for language, text in value.items():
        if type(language) is not str or not 2 <= len(language) <= 16 or not _line(text, f"{name}.{language}").strip():
            raise _bad(f"{name}.{str(language)[:16]}", "a text expected")
    return MappingProxyType(dict(value))


def _bad(place: str, what: str) -> Refused:
    return Refused("bad_order", f"{place}: {what}")
