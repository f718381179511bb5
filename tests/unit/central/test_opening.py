"""Pseudonyms and spans: small rules with large consequences."""

import hmac
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.database import migrate, open_database
from central.opening import Pseudonyms
from central.schema import device, stream
from central.spans import add_span, state_of
from central.web.chart import hours_chart
from wire.records import IdentityKind


def test_one_person_is_one_pseudonym_and_another_centre_sees_another() -> None:
    here, elsewhere = Pseudonyms(b"p" * 32), Pseudonyms(b"q" * 32)
    one = here.of(IdentityKind.CCCD, "099000000001")
    assert one == hmac.digest(b"p" * 32, b"1\x00099000000001", "sha256")[:16]
    assert one == here.of(IdentityKind.CCCD, "099000000001")
    assert one != elsewhere.of(IdentityKind.CCCD, "099000000001")
    assert one != here.of(IdentityKind.BHYT, "099000000001")
    assert here.of(IdentityKind.NONE, "") is None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ranges=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 15)), max_size=12))
def test_through_and_missing_are_what_a_set_of_seqs_says(tmp_path: Path, ranges: list[tuple[int, int]]) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/spans.db")
    migrate(engine)
    held: set[int] = set()
    with engine.connect() as connection:
        connection.execute(device.insert().values(_A_DEVICE))
        connection.execute(stream.insert().values(_A_STREAM))
        for first, length in ranges:
            add_span(connection, 1, first, first + length)
            held |= set(range(first, first + length + 1))
        through, missing = state_of(connection, 1)
        connection.rollback()
    engine.dispose()
    expected = next(n for n in range(1, 100) if n not in held) - 1
    assert through == expected
    gaps = {n for first, last in missing for n in range(first, last + 1)}
    assert gaps == {n for n in range(through + 1, max(held, default=0)) if n not in held}


def test_the_chart_is_scaled_to_the_busiest_hour() -> None:
    chart = hours_chart([0] * 7 + [40] + [0] * 16, [0] * 8 + [10] + [0] * 15)
    assert chart.most == 40
    assert chart.bars[7].up == 4 * chart.bars[8].down > 0


_A_DEVICE = {
    "id": "t-gate-1",
    "venue": "v",
    "gate": "g",
    "public": bytes(32),
    "kid": bytes(8),
    "state": "active",
    "enrolled_ms": 0,
    "certificate_serial": "0",
}
_A_STREAM = {
    "id": 1,
    "device": "t-gate-1",
    "epoch": bytes(8),
    **dict.fromkeys(("n", "through_seq", "opened_through", "rejected", "clock_fixes", "first_ms", "last_ms"), 0),
}
