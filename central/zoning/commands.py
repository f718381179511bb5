"""`zone list | propose | people`. What they need they import when they run."""

import argparse
import csv
import json
import time
from pathlib import Path

from central.cli import Commands, command, group


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    zone = group(parent, "zone", "levels of venues, wards and provinces")
    command(zone, "list", list_zones, "the zones in force as JSON lines")
    command(zone, "propose", propose_zones, "put what the rule proposes now; a person decides on the page")
    people = command(zone, "people", put_people, "how many people live in each area, for figures per 100,000")
    people.add_argument("file", type=Path, help="CSV with the columns area, people, source; area as ward-26740")


def list_zones(options: argparse.Namespace) -> None:
    """`zone list`"""
    from central.services import open_centre
    from central.zoning.levels import levels

    engine, _ = open_centre(options)
    with engine.connect() as connection:
        for one in levels(connection, time.time_ns() // 1_000_000):
            print(json.dumps(one._asdict()))


def propose_zones(options: argparse.Namespace) -> None:
    """`zone propose`"""
    from central.services import open_centre
    from central.zoning.jobs import propose_now
    from central.zoning.rule import shipped_rule

    engine, _ = open_centre(options)
    made = propose_now(engine, shipped_rule(), time.time_ns() // 1_000_000)
    print(json.dumps({"proposed": made}))


def put_people(options: argparse.Namespace) -> None:
    """`zone people`"""
    from central.services import open_centre
    from central.zoning.residents import put_residents

    with options.file.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["area"], int(row["people"]), row["source"]) for row in csv.DictReader(file)]
    engine, _ = open_centre(options)
    with engine.begin() as connection:
        put_residents(connection, rows)
    print(json.dumps({"areas": len(rows)}))
