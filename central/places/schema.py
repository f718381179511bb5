"""The tables of places and health stations, in the metadata of central.schema. Comments give each column's rule."""

from sqlalchemy import CheckConstraint, Column, Index, Table, Text, text

from central.columns import NUMBER
from central.schema import metadata

place = Table(
    "place",
    metadata,
    Column("number", NUMBER, primary_key=True),  # stands for the place in visits by the million
    Column("id", Text, nullable=False, unique=True),  # the venue of central.schema.device
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # central.kiosk_toml.KINDS
    Column("ward", Text, nullable=False),  # code of one of the 3,321 wards; "" while nobody has said
    Column("province", Text, nullable=False),  # code of one of the 34 provinces; "" while nobody has said
    Column("opens_min", NUMBER),  # minutes after midnight in Viet Nam; null: always open
    Column("closes_min", NUMBER),  # may be before opens_min: a night market
    Column("made_ms", NUMBER, nullable=False),
    Column("closed_ms", NUMBER),
    Column("address", Text),  # of the place itself, as it stands on the map
    Column("lat_e6", NUMBER),  # WGS 84 in millionths of a degree; null while nobody has said
    Column("lon_e6", NUMBER),
    Column("capacity", NUMBER),  # people at once
    Column("listed_ms", NUMBER),  # since when it stands on the public map; null: it does not
    CheckConstraint(text("(opens_min IS NULL) = (closes_min IS NULL)")),
    CheckConstraint(text("opens_min IS NULL OR opens_min BETWEEN 0 AND 1440 AND closes_min BETWEEN 0 AND 1440")),
    CheckConstraint(text("(lat_e6 IS NULL) = (lon_e6 IS NULL)")),
    CheckConstraint(text("lat_e6 BETWEEN -90000000 AND 90000000 AND lon_e6 BETWEEN -180000000 AND 180000000")),
    CheckConstraint(text("capacity > 0")),
    sqlite_strict=True,
)
Index("place_area", place.c.province, place.c.ward)

station = Table(
    "station",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("ward", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("phone", Text, nullable=False),  # the station's own, told to people in alerts; "" where there is none
    sqlite_strict=True,
)
Index("station_ward", station.c.ward)
