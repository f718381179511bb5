"""The fleet's pages in Chromium: axe-core finds nothing, nothing is too wide, at four sizes, by day and at night."""

import json
import os
from pathlib import Path

from playwright.sync_api import Browser

from central.access.roles import Grant
from central.fleet import caring, claims, rollouts
from central.fleet.noting import note_state
from central.fleet.rollout_step import Plan, Ring
from central.fleet.watching import watch
from tests.browser.axe import violations
from tests.browser.officers_page import SIZES, Office, running_office
from tests.integration.central.desks.world import build_places
from tests.parts.centre import NOW_MS, Centre
from wire.release import Release, write_release

HOUR_MS = 3_600_000
OLD, NEW = "2026.11.1", "2026.11.24"
SHOTS = os.environ.get("GATEPOST_SHOTS")  # a folder for pictures, for whoever wants to look
PAGES = {
    "list": "/fleet",
    "kiosk": "/fleet/kiosk/t-gate-3",
    "alarms": "/fleet/alarms",
    "rollouts": "/fleet/rollouts",
    "rollout": "/fleet/rollouts/1",
    "signing": "/fleet/rollouts/2",
    "new": "/fleet/rollouts/new",
}


def fill(centre: Centre) -> str:
    """60 kiosks in every state, a roll-out under way, one that waits, alarms; the code of a box."""
    names = [f"t-gate-{n}" for n in range(60)]
    for name in names:
        centre.device(name)
    with centre.engine.begin() as connection:
        build_places(connection)
        connection.exec_driver_sql("UPDATE device SET venue = (SELECT min(id) FROM place)")
        connection.exec_driver_sql("UPDATE device SET enrolled_ms = 1700000000000")

        def say(name: str, at_ms: int, **said: object) -> None:
            whole = {"online": True, "version": OLD, "slot": "a", "boots": 3, "disk_free_mb": 900, "disk_wear_pct": 4}
            whole |= {"temp_c": 48, "volts_low": False, "clock": "synced", "backlog": 0}
            note_state(connection, name, json.dumps(whole | said).encode(), at_ms)

        for name in names[:55]:
            say(name, NOW_MS - 3 * HOUR_MS)
        body = Release(NEW, "https://centre.example/r.raucb", 9 << 20, bytes(32), "ab" * 32, 0, NEW, 0, frozenset())
        plan = Plan((Ring(0, tuple(f"device-{one}" for one in names[:6])), Ring(3_000), Ring(10_000)), 1, 60, 9)
        for _ in range(2):
            rollouts.propose(connection, "release", "", write_release(body), plan, "an.ky.thuat", "Sửa đèn", NOW_MS)
        first = rollouts.rollout_of(connection, 1)
        rollouts.begin(connection, centre.ring, 1, first.hash.hex(), "tat.ca", NOW_MS - 3 * HOUR_MS)
        for name in names[:55]:
            say(name, NOW_MS - 20_000, **({"version": NEW} if int(name[7:]) < 6 else {}))
        rollouts.carry_on(connection, centre.ring, 1, NOW_MS)
        say("t-gate-7", NOW_MS - 9_000, update={"version": NEW, "outcome": "rolled_back", "why": "self_test"})
        for n in (8, 9, 10):
            note_state(connection, names[n], b'{"online": false}', NOW_MS - n * HOUR_MS // 6)
        note_state(connection, names[11], b'{"online": false, "bye": true}', NOW_MS - HOUR_MS)
        ill = {"fails": ["camera", "broker"], "disk_free_mb": 80, "temp_c": 84, "volts_low": True, "clock": "holdover"}
        say("t-gate-3", NOW_MS - 8_000, boots=5, box="moved", backlog=1_234, oldest_ms=NOW_MS - 200 * HOUR_MS, **ill)
        watch(connection, NOW_MS)
        caring.see_to(connection, "kiosk_power", "t-gate-3", "an.ky.thuat", "Mang nguồn mới đến", NOW_MS)
        caring.set_quiet(connection, "ward-26740", "22:00", "04:00", "an.ky.thuat", NOW_MS)
        caring.put_into(connection, "thu-nghiem", "t-gate-3")
        return claims.new_claim(connection, "t-gate-20", NOW_MS)


def look(office: Office, browser: Browser, secret: str, size: str, language: str, paths: dict[str, str]) -> list[str]:
    """What is wrong on these pages at this size."""
    found = []
    page = office.page(browser, secret, size, bypass_csp=True)
    for name, path in paths.items():
        answer = page.goto(f"{office.url}{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer is not None and answer.status == 200, path
        for scheme in ("light", "dark") if size == "phone" or SHOTS else ("light",):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/fleet-{name}-{size}-{language}-{scheme}.png", full_page=True)
            if size == "phone":  # what axe looks at does not depend on the width; two looks at each page are enough
                found += [f"{name} {scheme}: {one}" for one in violations(page)]
        page.emulate_media(color_scheme="light")
        wide = page.evaluate("document.documentElement.scrollWidth") - SIZES[size][0]
        found += [f"{name} {size}: {wide} px too wide"] if wide > 0 else []
    page.context.close()
    return found


def test_the_pages_of_the_fleet_are_clean_at_every_size(tmp_path: Path, browser: Browser) -> None:
    with running_office(tmp_path) as office:
        code = fill(office.centre)
        grants = [Grant("technician", "all"), Grant("administrator", "all")]
        secret = office.officer("tat.ca", "NGUYỄN THỊ THỬ", *grants)
        paths = {**PAGES, "claim": f"/fleet/claim?code={code}"}
        found = look(office, browser, secret, "phone", "vi", paths)
        for size, language in (("small", "en"), ("wide", "vi"), ("tall", "vi")):
            found += look(office, browser, secret, size, language, paths)
    assert found == []
