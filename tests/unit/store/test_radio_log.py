"""The technician can see how the radio is and what was done about it."""

from pathlib import Path

import pytest

from store.db import StoreError
from store.radio_log import KEPT_STEPS, Step, note_step, put_status, status, steps
from tests.unit.store.heard import NOW_MS, sightings_in


def test_steps_are_told_newest_first_and_do_not_pile_up(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as radio, sightings_in(tmp_path) as technician:
        assert steps(technician) == []
        for number in range(KEPT_STEPS + 20):
            note_step(radio, Step("restart_scanner", NOW_MS + number, b"boot 001", number, f"silent {number}"))
        newest = KEPT_STEPS + 19
        assert steps(technician, 1) == [
            Step("restart_scanner", NOW_MS + newest, b"boot 001", newest, f"silent {newest}")
        ]
        assert len(steps(technician, 10_000)) == KEPT_STEPS


def test_a_long_detail_is_cut(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as radio:
        note_step(radio, Step("reboot", NOW_MS, b"boot 001", 1, "x" * 1000))
        assert len(steps(radio)[0].detail) == 200


def test_the_last_word_on_the_radio_is_the_one_that_counts(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as radio, sightings_in(tmp_path) as technician:
        assert status(technician) == {}
        put_status(radio, {"state": "starting"})
        put_status(radio, {"state": "listening", "per_minute": 180, "ok": True, "since": None})
        assert status(technician) == {"state": "listening", "per_minute": 180, "ok": True, "since": None}


def test_a_status_that_is_too_long_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as radio:
        put_status(radio, {"state": "listening"})
        with pytest.raises(StoreError):
            put_status(radio, {"state": "x" * 5000})
        assert status(radio) == {"state": "listening"}
