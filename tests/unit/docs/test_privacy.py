"""The privacy page names the limits that the program keeps."""

from dataclasses import astuple

from firmware_cfg.settings import Settings
from store.retention import Limits
from tests.unit.docs.pages import ROOT, rows_of
from tests.unit.docs.test_technician import keys_of

KEPT = {row[0]: row[2] for row in rows_of(ROOT / "docs" / "privacy.md", "What is kept where")}
LIMITS = Limits()


def test_the_days_on_the_page_are_those_of_the_retention_job() -> None:
    assert KEPT["Kiosk, `visit` table"].startswith(f"{LIMITS.visit_days} days")
    outbox = KEPT["Kiosk, `outbox` table"]
    assert f"{LIMITS.received_days} days more" in outbox
    assert f"{LIMITS.unsent_days} days at most" in outbox
    assert KEPT["Kiosk, `aside/`"] == f"{LIMITS.unsent_days} days"
    assert KEPT["Kiosk, `ble.db`, sightings"].startswith(f"{LIMITS.sighting_days} days (`storage.sighting_days`)")


def test_the_settings_begin_with_the_same_days() -> None:
    default = dict(keys_of(Settings))
    keys = [f"storage.{what}_days" for what in ("received", "unsent", "visitor", "sighting")]
    assert tuple(default[key] for key in keys) == astuple(LIMITS)


def test_a_result_stays_as_long_as_the_page_says() -> None:
    default = dict(keys_of(Settings))
    stays = [default[f"times.{signal}_ms"] // 1000 for signal in ("allow", "ask", "stop", "fault")]
    assert KEPT["Kiosk, screen"].startswith(f"{min(stays)} to {max(stays)} s")
