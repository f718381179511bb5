"""`place describe | list | import | poster` and `station put`. What they need they import when they run."""

import argparse
import json
import time
from pathlib import Path

from central.cli import Commands, command, group
from central.places.kinds import KINDS


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
    describe.add_argument("--address", default="")
    describe.add_argument("--lat", default="", help="degrees north, WGS 84")
    describe.add_argument("--lon", default="", help="degrees east")
    describe.add_argument("--capacity", type=int, help="people at once")
    describe.add_argument("--list", action="store_true", help="put it onto the public map")
    command(place, "list", list_places, "places as JSON lines")
    take = command(place, "import", import_places, "put a list of places (CSV, XLSX) onto the map")
    take.add_argument("file", type=Path)
    take.add_argument(
        "--office", default="all", metavar="AREA", help="whose list: province-79, ward-26740; its ids count"
    )
    take.add_argument("--dry-run", action="store_true", help="say what each row would do, and write nothing")
    poster = command(place, "poster", make_posters, "posters of a place's doors as an A4 PDF")
    poster.add_argument("venue")
    poster.add_argument("--out", type=Path, required=True)
    poster.add_argument("--gate", action="append", default=[], help="name of a door; may be repeated")
    poster.add_argument("--language", default="", help="a third language: zh, ko, ja, km, lo, th")
    poster.add_argument("--days", type=int, default=365, help="180, 365 or 730")
    poster.add_argument("--host", help="name under which phones reach the public pages; else that of KEYS/sender.toml")
    station = group(parent, "station", "health stations")
    put = command(station, "put", put_one, "add a health station, or say it anew")
    put.add_argument("id")
    put.add_argument("--name", required=True)
    put.add_argument("--ward", default="", help="without it: for every ward of the province that has none")
    put.add_argument("--province", default="")
    put.add_argument("--phone", default="")


def describe_venue(options: argparse.Namespace) -> None:
    """`place describe`"""
    from central.places.places import Place, Site, describe_place, put_site, site_of
    from central.services import open_centre
    from central.venues.asking import read_point
    from central.venues.listing import put_on_map

    opens, closes = _hours(options.open)
    said = Place(0, options.venue, options.name, options.kind, options.ward, options.province, opens, closes)
    engine, _ = open_centre(options)
    now_ms = time.time_ns() // 1_000_000
    with engine.begin() as connection:
        made = describe_place(connection, said, now_ms)
        kept = site_of(connection, made.number)
        lat, lon = read_point(options.lat, options.lon) if options.lat else (kept.lat_e6, kept.lon_e6)
        site = Site(options.address or kept.address, lat, lon, options.capacity or kept.capacity)
        put_site(connection, made.number, site)
        if options.list:
            put_on_map(connection, made.number, now_ms)
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


def import_places(options: argparse.Namespace) -> int:
    """`place import`: a JSON line for each row that is not as it was, then the numbers. 1 where a row is bad."""
    from central.access.roles import is_area
    from central.services import open_centre
    from central.venues import importing
    from central.venues.sheets import read_sheet

    if not is_area(options.office):
        raise ValueError(f"{options.office}: an area looks like province-79")
    rows = importing.read_rows(read_sheet(options.file.read_bytes(), importing.HEADINGS), options.office)
    engine, _ = open_centre(options)
    with engine.begin() as connection:
        do = importing.weigh if options.dry_run else importing.import_rows
        more = () if options.dry_run else (time.time_ns() // 1_000_000,)
        outcomes = do(connection, options.office, rows, *more)
    for one in outcomes:
        if one.what != "same":
            said = {"row": one.row.line, "own_id": one.row.own_id, "what": one.what}
            print(
                json.dumps(
                    said | ({"why": one.row.why} if one.row.why else {}) | ({"place": one.venue} if one.venue else {})
                )
            )
    print(json.dumps(importing.summary(outcomes) | {"dry_run": options.dry_run}))
    return int(any(one.what == "bad" for one in outcomes))


def make_posters(options: argparse.Namespace) -> None:
    """`place poster`: doors that have no code yet get one; the others keep theirs."""
    from central.places.places import place_of
    from central.services import open_centre
    from central.venues import posters
    from central.venues.poster_pdf import Sheet, posters_pdf

    engine, ring = open_centre(options)
    now_ms = time.time_ns() // 1_000_000
    with engine.begin() as connection:
        place = place_of(connection, options.venue)
        hanging = {one.gate for one in posters.posters_of(connection, place)}
        for gate in options.gate or ([] if hanging else [""]):
            if gate not in hanging:
                posters.make_poster(connection, place, gate, options.language, options.days, "command", now_ms)
        host = options.host or posters.host_for(connection, "")
        sheets = [
            Sheet(one.name, one.gate, posters.text_of(ring, place, one, host), host or "", one.expires_s, one.language)
            for one in posters.posters_of(connection, place)
            if not options.gate or one.gate in options.gate
        ]
    options.out.write_bytes(posters_pdf(sheets))
    print(json.dumps({"place": place.id, "doors": [one.gate for one in sheets], "file": str(options.out)}))


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
