"""A manager hears in time that the full check runs out, once, and only where the centre sends texts."""

import json

import pytest

from central.alerts.sealing import make_sender_key
from central.safety.checks import SelfCheck, hand_in
from central.safety.periods import DAY_MS
from central.safety.schemes import scheme_of
from central.statements import run
from central.venues.texting import seal_phone
from tests.integration.central.safety.conftest import Town

MARKET = scheme_of("market-2026")


@pytest.fixture
def checked(town: Town) -> Town:
    """The market checked itself 28 days ago; whoever registered it left a number."""
    make_sender_key(town.centre.keys)
    with town.centre.engine.begin() as connection:
        at_ms = town.now_ms - 28 * DAY_MS
        scores = {one.id: 1 for one in MARKET.criteria}
        hand_in(connection, SelfCheck(town.number, "periodic", MARKET, scores, "chu-cho", at_ms), at_ms)
        values = (b"h" * 32, seal_phone(town.centre.ring, "0900000001"), b"t" * 16, town.number)
        sql = (
            "INSERT INTO registration (hash, state, name, kind, province, ward, address, capacity, language, phone,"
            " phone_tag, code_ends_ms, tries, codes, proven, made_ms, changed_ms, decided_by, reason, place)"
            " VALUES (?, 'confirmed', 'Chợ Mẫu', 'market', '79', '26740', '', 200, 'vi', ?, ?, 0, 0, 1, 'sms', 1, 1,"
            " 'phuong', '', ?)"
        )
        run(connection, sql, values)
    return town


def channels(town: Town, *names: str) -> None:
    with town.centre.engine.begin() as connection:
        said = json.dumps({"channels": names, "base": ""})
        run(connection, "INSERT INTO meta (key, value) VALUES ('alert_channels', ?)", (said,))


def texts(town: Town) -> int:
    return int(town.centre.one("SELECT count(*) FROM message WHERE channel = 'sms'"))


def test_one_text_three_days_ahead(checked: Town) -> None:
    channels(checked, "sms")
    checked.run_jobs()
    checked.run_jobs()
    assert texts(checked) == 1
    assert b"0900000001" not in checked.centre.one("SELECT sealed FROM message")


def test_without_texts_the_desk_alone_says_it(checked: Town) -> None:
    checked.run_jobs()
    assert texts(checked) == 0
    assert checked.centre.one("SELECT told_ms FROM self_check") == checked.now_ms


def test_nobody_is_told_of_what_was_done_again_or_is_not_due(checked: Town) -> None:
    channels(checked, "sms")
    checked.now_ms -= 5 * DAY_MS
    checked.run_jobs()
    checked.now_ms += 5 * DAY_MS
    with checked.centre.engine.begin() as connection:
        scores = {one.id: 1 for one in MARKET.criteria}
        new = SelfCheck(checked.number, "periodic", MARKET, scores, "chu-cho", checked.now_ms)
        hand_in(connection, new, checked.now_ms)
    checked.run_jobs()
    assert texts(checked) == 0
