"""`report`: the province's report as a file. What it needs it imports when it runs."""

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from central.cli import Commands, command

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def add(parent: Commands) -> None:
    """Add it to `python -m central`."""
    report = command(parent, "report", write_report, "the report of a day as PDF, DOCX or CSV")
    report.add_argument("--day", type=_date, metavar="YYYY-MM-DD", help="in Viet Nam; today without it")
    report.add_argument("--province", default="", help="official code; without it: the country by province")
    report.add_argument("--ward", default="", help="official code of one of its wards")
    report.add_argument("--out", type=Path, required=True, metavar="FILE", help="ends in .pdf, .docx or .csv")
    report.add_argument("--letter", default="", help="number of the official letter that it is annexed to")
    report.add_argument("--office", default="", help="who issues it")
    report.add_argument("--parent", default="", help="the authority above it")
    report.add_argument("--place", default="", help="where it is dated")
    report.add_argument("--position", default="", help="of whoever signs")
    report.add_argument("--signer", default="", help="who signs")


def write_report(options: argparse.Namespace) -> int:
    """`report`: counts what is due first. Exit status: 0 written, 1 refused, 2 wrong usage."""
    from central.desks.said import day_of
    from central.reports.counting import count_places, make_day, mark_days
    from central.reports.files import WRITERS, file_of
    from central.reports.letter import Letter, day_of_number, number_of_day
    from central.services import open_centre
    from wire.refusal import Refused

    kind = options.out.suffix.lower().removeprefix(".")
    if kind not in WRITERS or (options.ward and not options.province):
        return _wrong("usage")
    now_ms = time.time_ns() // 1_000_000
    day = day_of(now_ms) if options.day is None else number_of_day(options.day)
    if day > day_of(now_ms):
        return _wrong("day_to_come")
    engine, _ = open_centre(options)
    try:
        with engine.connect() as connection:
            if not _is_area(connection, options.province, options.ward):
                return _wrong("area")
        for work in (count_places, make_day):
            for _ in range(_MOST_CALLS):
                with engine.begin() as connection:
                    if not work(connection, now_ms):
                        break
        with engine.begin() as connection:
            mark_days(connection, [day] if _counts(day, day_of(now_ms)) else [])
            make_day(connection, now_ms)
        letter = Letter(options.parent, options.office, options.letter, options.place, options.position, options.signer)
        with engine.connect() as connection:
            report, made = file_of(connection, kind, (day, options.province, options.ward), letter, now_ms)
        options.out.write_bytes(made)
    except Refused as refused:
        print(f"{refused.reason}: {refused.detail}", file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    facts = {"day": day_of_number(day).isoformat(), "rows": len(report.rows), "difficulties": len(report.said)}
    print(json.dumps({"file": str(options.out), "bytes": len(made), **facts}))
    return 0


def _wrong(what: str) -> int:
    """Say it in both languages; the exit status of wrong usage."""
    print(_WRONG[what], file=sys.stderr)
    return 2


def _is_area(connection: "Connection", province: str, ward: str) -> bool:
    """Whether a place lies there; an annex without one would read as a quiet day."""
    from central.reports.reading import provinces, wards

    return not province or (province in provinces(connection) and (not ward or ward in wards(connection, province)))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(_WRONG["date"]) from error


def _counts(day: int, today: int) -> bool:
    """Whether a day may be made anew: its visits are all still there."""
    from central.reports.counting import WHOLE_DAYS

    return today - WHOLE_DAYS <= day <= today


_MOST_CALLS = 10_000
_WRONG = {
    "usage": "--out là tệp .pdf, .docx hoặc .csv; --ward cần có --province\n"
    "--out FILE.pdf, FILE.docx or FILE.csv; --ward needs --province",
    "date": "ngày viết như 2026-09-21 / a day is written like 2026-09-21",
    "day_to_come": "--day: ngày này chưa đến, xin xem lại\n--day: that day has not come yet; look at it again",
    "area": "--province, --ward: không có cơ sở nào ở địa bàn mang mã này, xin xem lại\n"
    "--province, --ward: no place lies in an area of that code; look at it again",
}
