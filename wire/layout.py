"""How a record lies on the wire: two CBOR arrays, trace and vault, in the order of its fields (wire.records).

A schema only ever appends fields. What an older schema did not have yet stands at its default.
"""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple

from wire.refusal import Refused


class Layout(NamedTuple):
    """How a record class lies on the wire: its trace fields stand before its vault fields, oldest schema first."""

    trace: tuple[tuple[str, int, Any], ...]  # (name, since schema, default)
    vault: tuple[tuple[str, int, Any], ...]
    checks: tuple[tuple[str, Callable[[Any], Any], Any], ...]  # (name, rule, default)
    packs: tuple[tuple[int, Callable[[Any], Any]], ...]  # (place in the trace part, how to shorten it)
    read_trace: Callable[[Any], tuple[Any, ...]]  # every value of the part at once
    read_vault: Callable[[Any], tuple[Any, ...]]


def layout_of(cls: type[Any]) -> Layout:
    """The layout of a record class, read once from its field metadata."""
    found = _LAYOUTS.get(cls)
    if found is None:
        found = _LAYOUTS[cls] = _read_layout(cls)
    return found


def _read_layout(cls: type[Any]) -> Layout:
    own = fields(cls)
    by_part: dict[str, list[tuple[str, int, Any]]] = {"trace": [], "vault": []}
    packs = []
    for f in own:
        place = f.metadata["place"]
        if place.rule.pack is not None:
            packs.append((len(by_part["trace"]), place.rule.pack))
        by_part[place.part].append((f.name, place.since, f.default))
    checks = tuple((f.name, f.metadata["place"].rule.take, f.default) for f in own)
    trace_part, vault_part = tuple(by_part["trace"]), tuple(by_part["vault"])
    return Layout(trace_part, vault_part, checks, tuple(packs), _reader(trace_part), _reader(vault_part))


def _reader(places: tuple[tuple[str, int, Any], ...]) -> Callable[[Any], tuple[Any, ...]]:
    names = [name for name, _, _ in places]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple([getattr(record, name) for name in names])  # attrgetter of one gives no tuple


def to_parts(record: Any) -> tuple[list[Any], tuple[Any, ...] | None]:
    """(trace array, vault array); the vault is None when every field of it is empty.

    Numbered words (IntEnum) stand as they are: CBOR writes their number.
    """
    layout = layout_of(type(record))
    trace_part, vault_part = list(layout.read_trace(record)), layout.read_vault(record)
    for place, pack in layout.packs:
        trace_part[place] = pack(trace_part[place])
    return trace_part, vault_part if any(vault_part) else None


def build(cls: type[Any], schema: int, trace_part: Any, vault_part: Any = None) -> Any:
    """A record of class `cls` again. Without its vault part the vault fields are at their defaults.

    Raises Refused("bad_record").
    """
    layout = layout_of(cls)
    values = _in_order(layout.trace, schema, trace_part)
    if vault_part is None:
        values += [default for _, _, default in layout.vault]
    else:
        values += _in_order(layout.vault, schema, vault_part)
    # Field by field, each checked once: the constructor would set them all and then check them all, in twice the time.
    record = object.__new__(cls)
    for (name, take, default), value in zip(layout.checks, values, strict=True):
        object.__setattr__(record, name, value if value is default else take(value))
    return record


def _in_order(places: tuple[tuple[str, int, Any], ...], schema: int, items: Any) -> list[Any]:
    """The values of one part, with the defaults of what its schema did not have yet."""
    known = len(places)
    while known and places[known - 1][1] > schema:
        known -= 1
    if type(items) is not list or len(items) != known:
        raise Refused("bad_record", f"{known} fields expected in schema {schema}")
    return items + [default for _, _, default in places[known:]]


_LAYOUTS: dict[type[Any], Layout] = {}
