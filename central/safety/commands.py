"""`assess` and `self-check`. What they need they import when they run."""

import argparse
import json
import time
from pathlib import Path

from central.cli import Commands, command


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    assess = parent.add_parser("assess", help="how safe a place is by a scheme: one line of JSON")
    assess.add_argument(
        "scheme", metavar="SCHEME", help="schools-moet-2020, schools-hanoi-2021, hospitals-moh-2020 ..."
    )
    assess.add_argument("file", type=Path, metavar="FILE.json", help='{"criterion id": score}')
    assess.set_defaults(run=assess_file)
    paper = command(
        parent, "self-check", hand_in_paper, "a place's self-check that came on paper, with its pledge signed"
    )
    paper.add_argument("place", metavar="PLACE", help="id of the venue")
    paper.add_argument("scheme", metavar="SCHEME", help="that of the place's kind, such as market-2026")
    paper.add_argument("file", type=Path, metavar="FILE.json", help='{"criterion id": score}')
    paper.add_argument("--daily", action="store_true", help="the short check of a day, not the whole one")


def assess_file(options: argparse.Namespace) -> None:
    """Print {"state", "score", "of", "reasons"}; no database is opened."""
    from central.safety.answers import read_answers
    from central.safety.schemes import scheme_of
    from central.safety.scoring import assess

    scheme = scheme_of(options.scheme)
    print(json.dumps(assess(scheme, read_answers(options.file.read_bytes()))._asdict()))


def hand_in_paper(options: argparse.Namespace) -> None:
    """`self-check`: the same row, the same scoring and the same log as a check from the page."""
    from central.access.audit import Look, note
    from central.access.roles import Purpose
    from central.places.places import place_of
    from central.safety.answers import read_answers
    from central.safety.checks import SelfCheck, hand_in, place_scheme
    from central.safety.states import state_of
    from central.services import open_centre
    from wire.refusal import Refused

    now_ms = time.time_ns() // 1_000_000
    scores = read_answers(options.file.read_bytes())
    if not isinstance(scores, dict):
        raise Refused("bad_answers", "an object of criterion and score expected")
    engine, _ = open_centre(options)
    with engine.begin() as connection:
        place = place_of(connection, options.place)
        scheme = place_scheme(connection, place.number)
        if scheme.id != options.scheme:
            raise Refused("scheme_unknown", f"{place.id} goes by {scheme.id}")
        check = SelfCheck(place.number, "daily" if options.daily else "periodic", scheme, scores, "paper", now_ms)
        number, found = hand_in(connection, check, now_ms)
        look = Look("operator", "self_check", Purpose.UPKEEP, f"SC-{number}", detail={"place": place.id})
        note(connection, look, now_ms)
        holds = state_of(connection, place.number, now_ms)
    shown = {"check": number, **found._asdict(), "place_state": None if holds is None else holds.state}
    print(json.dumps(shown))
