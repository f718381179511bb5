"""`assess`: a place's answers by a published scheme. What it needs it imports when it runs."""

import argparse
import json
from pathlib import Path

from central.cli import Commands


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    assess = parent.add_parser("assess", help="how safe a place is by a scheme: one line of JSON")
    assess.add_argument(
        "scheme", metavar="SCHEME", help="schools-moet-2020, schools-hanoi-2021, hospitals-moh-2020 ..."
    )
    assess.add_argument("file", type=Path, metavar="FILE.json", help='{"criterion id": score}')
    assess.set_defaults(run=assess_file)


def assess_file(options: argparse.Namespace) -> None:
    """Print {"state", "score", "of", "reasons"}; no database is opened."""
    from central.safety.answers import read_answers
    from central.safety.schemes import scheme_of
    from central.safety.scoring import assess

    scheme = scheme_of(options.scheme)
    print(json.dumps(assess(scheme, read_answers(options.file.read_bytes()))._asdict()))
