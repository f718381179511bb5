"""`place describe | list` and `station put`. What they need they import when they run."""

import argparse
import json
import time

from central.cli import Commands, command, group
from central.kiosk_toml import KINDS


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    place = group(parent, "place", "places, and where they lie")
    describe = command(place, "describe", describe_venue, "say what a venue is and where it lies")
    describe.add_argument("venue")
    describe.add_argument("--name", required=True)
    describe.add_argument("--kind", choices=KINDS, required=True)
    describe.add_argument("--ward", required=True, help="official code of the ward")
    describe.add_argument("--province", required=True, help="official code of the province")
    describe.add_argument("--open", metavar="HH:MM-HH:MM", help="always open without it")
    command(place, "list", list_places, "places as JSON lines")
    station = group(parent, "station", "health stations")
    put = command(station, "put", put_one, "add a health station, or say it anew")
    put.add_argument("id")
    put.add_argument("--name", required=True)
    put.add_argument("--ward", default="", help="without it: for every ward of the province that has none")
    put.add_argument("--province", default="")
    put.add_argument("--phone", default="")


def describe_venue(options: argparse.Namespace) -> None:
    """`place describe`"""
    from central.places.places import Place, describe_place
    from central.services import open_centre

    opens, closes = _hours(options.open)
    said = Place(0, options.venue, options.name, options.kind, options.ward, options.province, opens, closes)
    engine, _ = open_centre(options)
    with engine.begin() as connection:
        made = describe_place(connection, said, time.time_ns() // 1_000_000)
    print(json.dumps({"number": made.number, "id": made.id, "areas": sorted(made.areas)}))


def list_places(options: argparse.Namespace) -> None:
    """`place list`"""
    from dataclasses import asdict

    from central.places.places import places
    from central.services import open_centre

    engine, _ = open_centre(options)
    with engine.connect() as connection:
        for one in places(connection):
            print(json.dumps(asdict(one), ensure_ascii=False))


def put_one(options: argparse.Namespace) -> None:
    """`station put`"""
    from central.places.places import Station, put_station
    from central.services import open_centre

    engine, _ = open_centre(options)
    with engine.begin() as connection:
        put_station(connection, Station(options.id, options.name, options.ward, options.province, options.phone))
    print(json.dumps({"station": options.id}))


def _hours(text: str | None) -> tuple[int | None, int | None]:
    if text is None:
        return None, None
    opens, _, closes = text.partition("-")
    return _minutes(opens), _minutes(closes)


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) <= 24 and int(minutes) < 60):
        raise ValueError(f"{text}: an hour looks like 05:30")
    return int(hours) * 60 + int(minutes)
