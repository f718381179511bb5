"""`trace`: contacts out of a file of visits, without a server. What it needs it imports when it runs."""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from central.cli import Commands

if TYPE_CHECKING:
    from central.tracing.model import Contact, Reason
    from central.tracing.visits_file import VisitsFile


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    trace = parent.add_parser(
        "trace",
        help="contacts out of a file of visits, without a server: a JSON line each",
        epilog="Times are ISO 8601; without an offset they are Viet Nam's. A date alone as --to means its whole day.",
    )
    trace.add_argument("--visits", type=Path, required=True, metavar="FILE.csv", help="columns venue, person, in, out")
    trace.add_argument("--person", required=True, help="as in the file")
    trace.add_argument("--from", required=True, dest="from_", metavar="TIME")
    trace.add_argument("--to", required=True, metavar="TIME")
    trace.add_argument("--min-overlap", required=True, type=_minutes, metavar="MINUTES")
    trace.add_argument("--hops", type=int, choices=(1, 2, 3), default=1)
    trace.add_argument("--max-stay", type=_hours, default=_hours("12"), metavar="HOURS", help="where out is empty (12)")
    trace.add_argument("--in-order", action="store_true", help="contacts pass on only what came after their own")
    trace.set_defaults(run=trace_file)


def trace_file(options: argparse.Namespace) -> int:
    """`trace`"""
    from central.tracing.words import COUNTED, NOBODY, both, refusal
    from wire.refusal import Refused

    try:
        lines = list(_lines(options))
    except Refused as refused:
        print(refusal(refused), file=sys.stderr)
        return 1
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
    print(both(COUNTED, len(lines)) if lines else both(NOBODY), file=sys.stderr)
    return 0


def _lines(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from central.tracing.model import ContactRule, Index
    from central.tracing.overlaps import contacts_among
    from central.tracing.visits_file import read_visits, same_name
    from central.tracing.words import UNKNOWN, both
    from wire.refusal import Refused

    from_ms, to_ms = _time("--from", options.from_), _time("--to", options.to, end_of_day=True)
    if from_ms > to_ms:
        raise Refused("window_order")
    visits = read_visits(options.visits, options.max_stay)
    person = visits.persons.get(same_name(options.person))
    if person is None:
        print(both(UNKNOWN), file=sys.stderr)  # no failure: whoever asks for many must not stop at one
        return
    rule = ContactRule("command", options.min_overlap, options.max_stay, options.hops, options.in_order)
    names = list(visits.persons)
    for contact in contacts_among(visits.stays, [Index(person, from_ms, to_ms)], rule):
        yield _line(contact, visits, names)


def _line(contact: "Contact", visits: "VisitsFile", names: list[str]) -> dict[str, Any]:
    return {
        "person": names[contact.person],
        "hop": contact.hop,
        "overlap_minutes": _in_minutes(contact.overlap_ms),
        "reasons": [_reason(why, visits, names) for why in contact.reasons],
    }


def _reason(why: "Reason", visits: "VisitsFile", names: list[str]) -> dict[str, Any]:
    return {
        "venue": visits.venues[why.place],
        "with": names[why.other],
        "from": _iso(why.start_ms),
        "to": _iso(why.end_ms),
        "minutes": _in_minutes(why.end_ms - why.start_ms),
        "assumed": why.assumed,
    }


def _iso(at_ms: int) -> str:
    from central.tracing.visits_file import VIET_NAM

    return datetime.fromtimestamp(at_ms // 1000, VIET_NAM).replace(microsecond=at_ms % 1000 * 1000).isoformat()


def _in_minutes(length_ms: int) -> int | float:
    """Whole minutes as a whole number."""
    return length_ms // 60_000 if length_ms % 60_000 == 0 else round(length_ms / 60_000, 3)


def _time(option: str, text: str, *, end_of_day: bool = False) -> int:
    from central.tracing.visits_file import time_ms

    try:
        return time_ms(text, end_of_day=end_of_day)
    except (ValueError, OverflowError):
        raise ValueError(f"{option} {text}: not ISO 8601, such as 2026-08-01T07:30+07:00") from None


def _minutes(text: str) -> int:
    return _ms(text, 60_000, least_ms=0)


def _hours(text: str) -> int:
    return _ms(text, 3_600_000, least_ms=1)


def _ms(text: str, unit_ms: int, *, least_ms: int) -> int:
    """Milliseconds of a decimal number of minutes or hours; rounded up, so that the least stays the least."""
    try:
        made = -(-Fraction(text) * unit_ms // 1)
    except (ValueError, ZeroDivisionError):
        made = -1
    if not least_ms <= made < 1 << 53:
        raise argparse.ArgumentTypeError(f"{text}: a number, not below zero")
    return made
