"""PURE. Contact candidates of all gates of a venue as one line for each other: a hospital's wards hear one building.

A record says in how many minutes both were heard at its gate, not in which. Stays that do not touch in time add up;
where several gates heard the same time, the minutes lie between those of the gate with the most and their sum.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Line = Mapping[str, Any]  # as central.radio.matched.encounters_of gives candidates
_MINUTE_MS = 60_000


def of_building(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """One line for each (venue, other), the longest first; lines of another kind are left out.

    `windows` are the minutes that are certain, `windows_at_most` those that are possible; `gates` where; `bucket` that
    of the nearest gate.
    """
    of_other: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line["kind"] == "candidate":
            of_other[line["venue"], line["system"], line["id"]].append(line)
    return sorted(map(_joined, of_other.values()), key=lambda one: (-one["windows"], one["start_ms"], one["id"]))


def _joined(lines: Sequence[Line]) -> dict[str, Any]:
    first = lines[0]
    bounds = [_minutes(together) for together in _touching(lines)]
    return {
        "kind": "building",
        **{name: first[name] for name in ("case", "venue", "system", "id")},
        "gates": sorted({line["gate"] for line in lines}),
        "start_ms": min(line["start_ms"] for line in lines),
        "end_ms": max(line["end_ms"] for line in lines),
        "windows": sum(least for least, _ in bounds),
        "windows_at_most": sum(most for _, most in bounds),
        "bucket": min(line["bucket"] for line in lines),
    }


def _touching(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines in groups whose times touch no other group's."""
    group: list[Line] = []
    until_ms = 0
    for line in sorted(lines, key=lambda one: int(one["start_ms"])):
        if group and line["start_ms"] >= until_ms:
            yield group
            group = []
        group.append(line)
        until_ms = max(until_ms, line["end_ms"]) if len(group) > 1 else line["end_ms"]
    if group:
        yield group


def _minutes(group: Sequence[Line]) -> tuple[int, int]:
    """(certain, possible) minutes of lines whose times touch."""
    of_gate: dict[str, int] = defaultdict(int)
    for line in group:
        of_gate[line["gate"]] += line["windows"]
    span = max(line["end_ms"] for line in group) - min(line["start_ms"] for line in group)
    least = max(of_gate.values())
    return least, max(least, min(sum(of_gate.values()), -(-span // _MINUTE_MS)))
