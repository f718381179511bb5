"""An order whose form has not arrived: visitors are sent to paper, guard and technician are told which form it is."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.commands import check
from kiosk.missing_forms import MOST, WAIT_MS, MissingForms
from store import bulletins
from tests.unit.forms.library import questionnaire
from tests.unit.kiosk.site import CARD, NOON, Kiosk, Time
from tests.unit.kiosk.test_form_desk import DOMESTIC, HOUR_MS, Place, order, well
from ui.guard.stream import view_for_guards
from ui.place import Place as Where
from ui.words import LOCALES, Words, read_language
from wire.bulletin import Bulletin
from wire.records import DeviceEvent, Visit

DAILY = "https://gatepost.example/form/daily"
LANGUAGES = ("vi", "en", "zh", "ko", "ja", "km", "lo", "th")


@pytest.fixture
def place(tmp_path: Path, time: Time) -> Iterator[Place]:
    yield Place(Kiosk(tmp_path, time), tmp_path)


def named(bulletin: Bulletin, name: str) -> Bulletin:
    return Bulletin("order", "all", name, bulletin.version, bulletin.issued_ms, bulletin.expires_ms, bulletin.body)


def form_bulletin(version: str = "7") -> Bulletin:
    body = {**questionnaire("daily"), "version": version}
    sent = {"url": body["url"], "version": version, "questionnaire": json.dumps(body)}
    return Bulletin("form", "all", "daily", 1, NOON - HOUR_MS, NOON + 60 * HOUR_MS, sent)


def told(place: Place) -> list[dict[str, Any]]:
    records = place.kiosk.opened_records()
    return [one.facts for one in records if isinstance(one, DeviceEvent) and one.name == "form_missing"]


def test_visitors_are_sent_to_paper_and_the_guard_reads_which_form_it_is(place: Place) -> None:
    place.publish(order(form=f"{DAILY}|7"))
    assert place.kiosk.show(CARD) == "yellow"
    number, view = place.kiosk.feed.latest()
    assert (view.reasons, view.formless) == (("form_missing",), ("thu-1", "daily 7"))
    assert view.basis == {}, "nobody is stopped: no legal basis is held up to the visitor"
    for language in LANGUAGES:
        texts, where = read_language(LOCALES / language), Where("Chợ Mẫu", "Cửa A", "in", languages=LANGUAGES)
        said = Words(LANGUAGES).say(view, where, language)
        assert (said.word, said.reason) == (texts["word.form_missing"], texts["reason.form_missing"])
        guard = view_for_guards(place.kiosk.feed, Words(LANGUAGES), where, language, number, view)
        why = str(guard["why"])
        assert "thu-1" in why and "daily 7" in why and "{" not in why
    assert place.desk.held() is None, "no form waits for the card"
    (visit,) = [one for one in place.kiosk.opened_records() if isinstance(one, Visit)]
    assert visit.reasons == (56, 29), "it was due all the same: the record says so"


def test_the_form_is_offered_as_soon_as_it_arrives(place: Place, time: Time) -> None:
    place.publish(order(form=f"{DAILY}|7"))
    place.kiosk.show(CARD)
    bulletins.keep(place.kiosk.store, form_bulletin(), b"signed", NOON)
    place.kiosk.ledger.board.refresh()
    time.pass_ms(60_000)
    assert place.kiosk.show(CARD) == "yellow"
    assert place.kiosk.feed.latest()[1].reasons == ("declaration_due",)
    assert place.submit(well(place.form()), ("cccd", "099099000001")).signal == "ALLOW"


def test_one_form_that_is_here_is_asked_before_the_one_that_is_not(place: Place, time: Time) -> None:
    place.publish(named(order(form=f"{DAILY}|7"), "a-thu"))
    place.publish(named(order(form=DOMESTIC), "b-thu"))
    place.kiosk.show(CARD)
    assert place.kiosk.feed.latest()[1].reasons == ("declaration_due",)
    outcome = place.submit(well(place.form()), ("cccd", "099099000001"))
    assert outcome.reasons == ("form_missing",)
    time.pass_ms(60_000)
    place.kiosk.show(CARD)
    assert place.kiosk.feed.latest()[1].formless == ("a-thu", "daily 7")


@pytest.mark.parametrize("changes", [{"mandatory": False}, {"end": NOON - 1}, {"start": NOON + HOUR_MS}])
def test_nobody_is_sent_to_paper_by_an_order_that_asks_nothing_now(place: Place, changes: dict[str, Any]) -> None:
    place.publish(order(form=f"{DAILY}|7", **changes))
    assert place.kiosk.show(CARD) == "green"


def test_a_form_that_cannot_be_asked_is_one_that_is_not_here(place: Place) -> None:
    sent = {"url": DAILY, "version": "7", "questionnaire": "{"}
    place.publish(Bulletin("form", "all", "daily", 1, NOON - HOUR_MS, NOON + 60 * HOUR_MS, sent))
    place.publish(order(form=f"{DAILY}|7"))
    place.kiosk.show(CARD)
    assert place.kiosk.feed.latest()[1].reasons == ("form_missing",)


def look(place: Place, missing: MissingForms, *at_ms: int) -> None:
    for mono_ms in at_ms:
        missing.look(mono_ms, NOON)


def test_the_centre_is_told_once_and_not_of_a_form_that_is_just_on_its_way(
    place: Place, tmp_path: Path, time: Time
) -> None:
    missing = MissingForms(place.kiosk.ledger)
    place.publish(order(form=f"{DAILY}|7"))
    look(place, missing, 0, WAIT_MS - 1)
    assert told(place) == []
    look(place, missing, WAIT_MS, 2 * WAIT_MS, 3 * WAIT_MS)
    assert told(place) == [{"order": "thu-1", "form": "daily 7"}]
    again = Place(Kiosk(tmp_path, time), tmp_path)
    look(again, MissingForms(again.kiosk.ledger), 0, WAIT_MS)
    assert len(told(again)) == 1, "a restart does not tell it again"


def test_a_form_that_came_in_time_is_no_news(place: Place) -> None:
    missing = MissingForms(place.kiosk.ledger)
    place.publish(order(form=f"{DAILY}|7"))
    look(place, missing, 0)
    place.publish(form_bulletin())
    look(place, missing, WAIT_MS)
    assert told(place) == []


def test_a_flood_of_orders_without_forms_is_told_once_each_and_kept_short(place: Place) -> None:
    missing = MissingForms(place.kiosk.ledger)
    for n in range(MOST + 6):
        bulletins.keep(place.kiosk.store, named(order(form=f"{DAILY}|7"), f"thu {n}"), b"signed", NOON)
    place.kiosk.ledger.board.refresh()
    look(place, missing, 0, WAIT_MS, 2 * WAIT_MS)
    assert len(told(place)) == len({one["order"] for one in told(place)}) == MOST
    assert len(place.kiosk.ledger.note("papers_told").split()) == MOST


def test_it_is_told_when_the_store_can_be_written_again(place: Place) -> None:
    missing = MissingForms(place.kiosk.ledger)
    place.publish(order(form=f"{DAILY}|7"))
    look(place, missing, 0)
    place.kiosk.store.execute("PRAGMA query_only=ON")
    look(place, missing, WAIT_MS)
    place.kiosk.store.execute("PRAGMA query_only=OFF")
    assert told(place) == []
    look(place, missing, WAIT_MS + 1)
    assert len(told(place)) == 1


def test_the_technicians_check_names_the_form(place: Place, tmp_path: Path) -> None:
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "clock.json").write_text('{"synchronised": false}')  # then the last word of an order stands
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        f"""
[device]
id = "t-gate"
[venue]
id = "t-venue"
name = "Chợ Mẫu"
kind = "market"
[gate]
id = "a"
name = "Cửa A"
direction = "in"
[centre]
enrol_url = "http://127.0.0.1:1/enrol"
root_fingerprint = "{place.kiosk.fingerprint.hex()}"
brokers = []
[devices]
folder = "{tmp_path / "sim"}"
[devices.camera]
kind = "files"
[devices.lights]
kind = "file"
[devices.sound]
kind = "file"
[storage]
folder = "{tmp_path / "data"}"
reserve_mb = 1
minimum_free_mb = 1
""",
        "utf-8",
    )

    def finding() -> dict[str, Any]:
        out, err = io.StringIO(), io.StringIO()
        check.run(["--settings", str(settings), "--bench", "--runtime", str(tmp_path / "run")], io.StringIO(), out, err)
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert lines, err.getvalue()
        return next(line for line in lines if line["part"] == "forms")

    assert finding()["ok"]
    place.publish(order(form=f"{DAILY}|7"))
    found = finding()
    assert not found["ok"] and found["figure"] == {"missing": 1}
    assert all("(daily 7, thu-1)" in found[language] for language in ("vi", "en"))
    place.publish(form_bulletin())
    assert finding()["ok"]
