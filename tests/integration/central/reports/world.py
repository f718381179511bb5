"""A busy day in a small province, made of what its kiosks send; counted by the report's own job."""

import os
from typing import NamedTuple

import pytest

from central.__main__ import main
from central.jobs import Bench
from central.reports.difficulties import answer_difficulty, raise_difficulty
from central.reports.jobs import daily_counts
from central.tracing.stays import derive_stays
from tests.integration.central.desks.world import (
    FAR,
    MARKET,
    TODAY,
    build_places,
    case,
    declaration,
    deliver,
    kiosk,
    suspicion,
)
from tests.parts.centre import NOW_MS, Centre
from wire.reasons import NOTES, REASONS
from wire.records import Direction, IdentityKind, Signal, Source, Visit

MINUTE_MS = 60_000


def come(
    person: int,
    direction: Direction = Direction.IN,
    signal: Signal = Signal.ALLOW,
    duty: str = "no_declaration_due",
) -> Visit:
    """One way through a gate; `duty` is what a kiosk of today notes of a way in, "" what an older one does not."""
    number = (REASONS | NOTES)[duty] if duty and direction is Direction.IN else 0
    reasons = (1, number) if number else (1,)
    return Visit(direction, signal, IdentityKind.CCCD, f"099{person:09d}", reasons=reasons, source=Source.CAMERA)


def busy_day(centre: Centre) -> None:
    """Nine come to the market (one is asked) and six go again, three come to the other market, with an older kiosk.

    An order runs at the market: six of the nine have declared, three it does not concern.

    Seven contacts of one case were reached today, 90 minutes after its result; two difficulties are raised.
    """
    with centre.engine.begin() as connection:
        build_places(connection)
    market, far = kiosk(centre, MARKET, "t-cho"), kiosk(centre, FAR, "t-xa")
    for n in range(1, 10):
        signal = Signal.ASK if n == 9 else Signal.ALLOW
        duty = "declaration_held" if n <= 6 else "no_declaration_due"
        market.add(come(n, signal=signal, duty=duty), at_ms=NOW_MS - (120 - n) * MINUTE_MS)
    for n in range(1, 7):
        market.add(come(n, Direction.OUT), at_ms=NOW_MS - (60 - n) * MINUTE_MS)
        market.add(declaration(f"09900000200{n}", {}), at_ms=NOW_MS - 30 * MINUTE_MS)
    for n in range(20, 23):
        far.add(come(n, duty=""), at_ms=NOW_MS - n * MINUTE_MS)
    far.add(suspicion(), at_ms=NOW_MS - MINUTE_MS)
    for device in (market, far):
        deliver(centre, device)
    with centre.engine.begin() as connection:
        while derive_stays(connection, NOW_MS):
            pass
        case(connection, "000001", [MARKET], contacts=7)
        connection.exec_driver_sql(f"UPDATE case_file SET result_ms = {NOW_MS - 90 * MINUTE_MS}")
        connection.exec_driver_sql(f"UPDATE contact SET state = 'reached', reached_by = 'call', reached_ms = {NOW_MS}")
        number = raise_difficulty(connection, MARKET, "network", "Cửa B mất điện mỗi chiều.", "chu.cho", NOW_MS)
        answer_difficulty(connection, number, "Điện lực sửa trước thứ Sáu; dùng pin dự phòng.", "bao.cao", NOW_MS)
        raise_difficulty(connection, FAR, "rules", "=Người bán không biết quét mã.", "chu.cho", NOW_MS)
    count(centre)


def count(centre: Centre, now_ms: int = NOW_MS) -> None:
    """Let the job work until nothing waits."""
    bench = Bench(centre.engine, centre.ring, lambda: now_ms)
    for _ in range(100):
        if not daily_counts(bench):
            return
    raise AssertionError("the job finds no end")


class Done(NamedTuple):
    """What a command left: its exit status, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> Done:
    """One command of the centre in this process: a start of its own loads the same libraries again each time."""
    capsys.readouterr()
    mask = os.umask(0o077)
    try:
        status = main(arguments)
    finally:
        os.umask(mask)
    return Done(status, *capsys.readouterr())


__all__ = ["TODAY", "Done", "busy_day", "come", "command", "count"]
