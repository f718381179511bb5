"""Counts of self-checks for the report, by ward: those that did not come by a kiosk, which the desks count already."""

from sqlalchemy.engine import Connection

from central.desks.said import start_of
from central.statements import run


def checks_of_day(connection: Connection, day: int) -> dict[tuple[str, str], int]:
    """(province, ward) -> self-checks of a day from managers' phones and on paper."""
    sql = (
        "SELECT p.province, p.ward, count(*) FROM self_check c JOIN place p ON p.number = c.place"
        " WHERE c.at_ms >= ? AND c.at_ms < ? AND substr(c.author, 1, 6) <> 'kiosk:' GROUP BY p.province, p.ward"
    )
    return {(row[0], row[1]): int(row[2]) for row in run(connection, sql, (start_of(day), start_of(day + 1)))}
