"""Why a kiosk is away, in the order of what a technician has to do about it."""

import re
from typing import Any

import pytest

from central.enrolment import CERTIFICATE_DAYS
from central.fleet import why as rules
from central.fleet.why import is_quiet, mark_of, troubles, why, within
from central.fleet.words import WORDS, codes_in_words
from tests.unit.central.fleet.orders import DAY_MS, HOUR_MS, NOW_MS, kiosk

AWAY = {"away_ms": NOW_MS - 2 * HOUR_MS, "said_ms": NOW_MS - 2 * HOUR_MS}


@pytest.mark.parametrize(
    ("code", "mark", "changed", "quiet"),
    [
        ("online", "good", {}, False),
        ("after_cut", "good", {"cut_ms": NOW_MS - HOUR_MS}, False),
        ("online", "good", {"cut_ms": NOW_MS - 2 * DAY_MS}, False),
        ("silent", "watch", {"said_ms": NOW_MS - 6 * 60_000}, False),
        ("silent", "bad", {"said_ms": NOW_MS - 2 * HOUR_MS}, False),
        ("never", "watch", {"said_ms": None}, False),
        ("never", "off", {"said_ms": None, "enrolled_ms": NOW_MS - HOUR_MS}, False),
        ("revoked", "bad", {"state": "revoked"}, False),
        ("lost", "bad", AWAY, False),
        ("lost", "watch", {"away_ms": NOW_MS - 60_000}, False),
        ("quiet", "off", AWAY, True),
        ("bye", "off", AWAY | {"bye": 1}, False),
        ("bye", "watch", AWAY | {"bye": 1, "away_ms": NOW_MS - 2 * DAY_MS}, False),
        ("clock", "bad", AWAY | {"clock": "unset"}, False),
        ("certificate", "bad", AWAY | {"enrolled_ms": NOW_MS - 4 * 365 * DAY_MS, "bye": 1}, False),
    ],
)
def test_the_reason_and_its_mark(code: str, mark: str, changed: dict[str, Any], quiet: bool) -> None:
    found = why(kiosk(**changed), NOW_MS, quiet)
    assert (found.code, found.mark) == (code, mark)
    assert f"fleet.why_{code}" in WORDS and f"fleet.why_do_{code}" in WORDS


def test_a_certificate_lasts_as_long_as_it_is_issued_for() -> None:
    assert rules.CERTIFICATE_DAYS == CERTIFICATE_DAYS


@pytest.mark.parametrize(
    ("code", "mark", "changed"),
    [
        ("disk", "bad", {"disk_free_mb": 150}),
        ("disk_errors", "bad", {"disk_errors": 2}),
        ("worn", "watch", {"disk_wear_pct": 80}),
        ("worn", "bad", {"disk_wear_pct": 110}),
        ("power", "bad", {"volts_low": 1}),
        ("box_moved", "bad", {"box": "moved"}),
        ("box_copied", "bad", {"box": "copied"}),
        ("hot", "watch", {"temp_c": 76}),
        ("hot", "bad", {"temp_c": 85}),
        ("clock_unset", "bad", {"clock": "unset"}),
        ("clock_holdover", "watch", {"clock": "holdover"}),
        ("fails", "bad", {"fails": "camera sound"}),
        ("warns", "watch", {"warns": "card"}),
        ("agent", "watch", {"alarms": "rejected"}),
        ("old", "watch", {"backlog": 3, "oldest_ms": NOW_MS - 2 * DAY_MS}),
        ("old", "bad", {"backlog": 3, "oldest_ms": NOW_MS - 8 * DAY_MS}),
        ("rolled_back", "bad", {"update_outcome": "rolled_back", "update_version": "2026.11.2"}),
    ],
)
def test_each_trouble_is_found_alone_and_has_its_sentence(code: str, mark: str, changed: dict[str, Any]) -> None:
    found = troubles(kiosk(**changed), NOW_MS, None)
    assert [(one.code, one.mark) for one in found] == [(code, mark)]
    assert f"fleet.trouble_{code}" in WORDS
    assert mark_of(why(kiosk(**changed), NOW_MS), found) == mark


def test_a_kiosk_that_is_well_has_none_and_the_worst_comes_first() -> None:
    assert troubles(kiosk(), NOW_MS, "2026.11.1") == []
    assert all(troubles(kiosk(box=box), NOW_MS, None) == [] for box in ("new", "same"))
    found = troubles(kiosk(warns="card", temp_c=90), NOW_MS, "2026.11.2")
    assert [one.code for one in found] == ["hot", "behind", "warns"]


def test_quiet_hours_the_narrowest_rule_wins() -> None:
    night = {"all": (20 * 60, 4 * 60)}
    assert is_quiet(kiosk(), night, NOW_MS)
    assert not is_quiet(kiosk(), night | {"venue-v-cho": (60, 120)}, NOW_MS)
    assert is_quiet(kiosk(), {"ward-26740": (21 * 60, 22 * 60)}, NOW_MS)
    assert not is_quiet(kiosk(), {"ward-1": (0, 1439)}, NOW_MS)


def test_a_place_that_is_shut_is_quiet_and_one_that_never_shuts_is_not() -> None:
    assert is_quiet(kiosk(opens_min=300, closes_min=1080), {}, NOW_MS)
    assert not is_quiet(kiosk(opens_min=1080, closes_min=180), {}, NOW_MS)  # a night market
    assert not is_quiet(kiosk(), {}, NOW_MS)
    assert not is_quiet(kiosk(opens_min=0, closes_min=1440), {}, NOW_MS)


def test_hours_go_over_midnight() -> None:
    assert [within(minute, 1320, 240) for minute in (1319, 1320, 0, 239, 240)] == [False, True, True, True, False]


def test_both_languages_say_the_same_with_the_same_values() -> None:
    for key, (vi, en) in WORDS.items():
        assert vi and en and set(re.findall(r"{\w+}", vi)) == set(re.findall(r"{\w+}", en)), key
    assert codes_in_words("vi", "camera card later_thing") == "camera, thẻ nhớ, later thing"
