"""The simulated air: the same seed is the same market, identifiers rotate, traces go back and forth."""

from itertools import pairwise

import pytest

from ble_scanner.beacon import parse_payload
from ble_scanner.market import MOST_PHONES, Market
from ble_scanner.rolling_id import eid
from ble_scanner.simulated import Advert, BadTrace, HeldTag, read_trace, trace_line

NOON = 1_790_000_000_000
KEY = b"key of a tag ..."


def _kinds(adverts: list[Advert]) -> dict[str, int]:
    found: dict[str, int] = {}
    for advert in adverts:
        for sighting in parse_payload(advert.payload):
            found[sighting.kind] = found.get(sighting.kind, 0) + 1
    return found


def _ids(adverts: list[Advert], kind: str) -> set[bytes]:
    sightings = [sighting for advert in adverts for sighting in parse_payload(advert.payload)]
    return {sighting.id for sighting in sightings if sighting.kind == kind}


def test_the_same_seed_and_time_give_the_same_air_however_it_is_cut() -> None:
    whole = Market(30).adverts(NOON, NOON + 3000)
    market = Market(30)
    assert [a for at in range(0, 3000, 100) for a in market.adverts(NOON + at, NOON + at + 100)] == whole
    assert Market(30, "another").adverts(NOON, NOON + 3000) != whole


def test_a_market_of_a_hundred_phones_has_every_kind() -> None:
    kinds = _kinds(Market(100).adverts(NOON, NOON + 40_000))
    assert {"bluezone", "exposure-notification", "bluezone-ios", "opentrace", "herald", "ibeacon"} <= set(kinds)


def test_every_advertisement_is_well_formed_and_of_a_plausible_strength() -> None:
    for advert in Market(60).adverts(NOON, NOON + 5000):
        assert len(advert.payload) <= 31
        assert -105 <= advert.rssi <= -40
        assert len(advert.address) == 17


def test_exposure_notification_changes_identifier_and_address_together() -> None:
    market = Market(60)
    first, later = market.adverts(NOON, NOON + 5000), market.adverts(NOON + 600_000, NOON + 605_000)
    assert _ids(first, "exposure-notification")
    assert not _ids(first, "exposure-notification") & _ids(later, "exposure-notification")
    rotating = {a.address for a in first if b"\x6f\xfd" in a.payload}
    assert not rotating & {a.address for a in later}


def test_bluezone_pauses_for_15_seconds_and_keeps_its_identifier_over_the_pause() -> None:
    heard: dict[bytes, list[int]] = {}
    for advert in Market(40).adverts(NOON, NOON + 60_000):
        for identifier in _ids([advert], "bluezone"):
            heard.setdefault(identifier, []).append(advert.at_ms)
    gaps = [max(later - at for at, later in pairwise(times)) for times in heard.values() if len(times) > 50]
    assert gaps
    assert all(14_000 <= gap <= 18_000 for gap in gaps)


def test_no_phones_no_air() -> None:
    assert Market(0).adverts(NOON, NOON + 60_000) == []


def test_a_market_is_never_larger_than_it_may_be() -> None:
    market = Market(10 * MOST_PHONES)
    assert len({a.address for a in market.adverts(NOON, NOON + 1000)}) < 2 * MOST_PHONES


def test_a_held_tag_rises_stays_and_leaves_with_the_identifier_of_the_moment() -> None:
    tag = HeldTag(KEY, 10, NOON // 1000 - 5000, NOON, stays_ms=2000)
    adverts = list(tag.adverts(NOON - 1000, NOON + 60_000, lambda n: 100 + n % 50))
    levels = [advert.rssi for advert in adverts]
    assert levels[0] < -70 and max(levels) > -36 and levels[-1] < -70
    assert {s.id for a in adverts for s in parse_payload(a.payload)} == {eid(KEY, 10, 5000)}
    assert adverts[-1].at_ms < tag.ends_ms


def test_a_trace_is_written_and_read_back_at_any_speed() -> None:
    adverts = Market(10).adverts(NOON, NOON + 2000)
    lines = [trace_line(advert, NOON) for advert in adverts]
    assert list(read_trace(lines, NOON)) == adverts
    fast = list(read_trace(lines, NOON, speed=4))
    assert fast[-1].at_ms - NOON == round((adverts[-1].at_ms - NOON) / 4)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"ms": 1}',
        '{"ms": 1, "address": "a", "rssi": -60, "payload": "0"}',
        '{"ms": 1, "address": "a", "rssi": 90, "payload": ""}',
        "[]",
    ],
)
def test_a_broken_trace_says_in_which_line(line: str) -> None:
    with pytest.raises(BadTrace, match="line 2"):
        list(read_trace(['{"ms": 0, "address": "a", "rssi": -60, "payload": ""}', line], NOON))


def test_a_trace_may_not_go_back_in_time() -> None:
    good = '{"ms": 5, "address": "a", "rssi": -60, "payload": ""}'
    with pytest.raises(BadTrace, match="back"):
        list(read_trace([good, good.replace("5", "4")], NOON))
