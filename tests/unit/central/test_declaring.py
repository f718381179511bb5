"""What may be published: forms, orders and rules that every gate will read as they were written, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from central.bulletins import publish_bulletin
from central.declaring import FormFaults, Notice, end_order, orders, publish_form, publish_order, publish_rules
from central.library import read_library
from forms.model import LANGUAGES
from rules.certlogic import MAX_DEPTH
from rules.orders import TEXTS, read_order
from rules.ruleset import read_rules
from tests.parts.centre import NOW_MS, Centre, make_centre
from tests.unit.central.orders import DAY_MS, DOMESTIC, SAMPLES, paper, rule_set, small_form
from wire.bulletin import Bulletin, accept
from wire.refusal import Refused


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    made = make_centre(f"sqlite:///{tmp_path}/central.db", tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def db(centre: Centre) -> Iterator[Connection]:
    with centre.engine.begin() as connection:
        yield connection


def publish(centre: Centre, db: Connection, *, now_ms: int = NOW_MS, scope: str = "all", **changes: Any) -> Notice:
    return publish_order(db, centre.ring, paper(**changes), scope, 30, now_ms)


def reason(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.reason


# --- orders --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_every_sample_order_may_be_published_and_says_in_eight_languages_that_it_is_one(
    file: Path, centre: Centre, db: Connection
) -> None:
    sample = json.loads(file.read_text(encoding="utf-8"))
    notice = publish_order(db, centre.ring, sample, "all", 30, NOW_MS)
    assert notice.warnings == ()
    order = read_order(notice.bulletin)
    assert order.mandatory is ("legal_basis" in sample)
    for name in TEXTS if order.mandatory else ("purpose", "notice"):
        assert set(getattr(order, name)) == set(LANGUAGES)
    assert "mẫu để thử" in order.purpose["vi"] and "Sample order" in order.purpose["en"]


def test_an_order_without_dates_runs_from_now_for_as_many_days_as_were_asked(centre: Centre, db: Connection) -> None:
    order = read_order(publish(centre, db).bulletin)
    assert (order.start_ms, order.end_ms) == (NOW_MS, NOW_MS + 30 * DAY_MS)
    assert (order.id, order.form, order.valid_ms) == ("lenh-thu", DOMESTIC, DAY_MS)


def test_dates_are_taken_with_their_offset(centre: Centre, db: Connection) -> None:
    order = read_order(publish(centre, db, end="2026-10-01T00:00:00+07:00").bulletin)
    assert order.end_ms == 1_790_787_600_000


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"end": "2026-10-01"}, "end"),
        ({"end": "2026-10-01T00:00:00"}, "end"),
        ({"end": "2026-01-01T00:00:00+07:00"}, "end"),
        ({"valid_hours": 0}, "valid"),
        ({"valid_hours": "24"}, "valid_hours"),
        ({"id": None}, "id"),
        ({"legal_basis": None}, "legal_basis"),
        ({"notice": {"en": "Sample"}}, "notice"),
        ({"colour": "red"}, "colour"),
        ({"valid": 1}, "valid"),
        ({"who": {"===": [{"var": "temperature"}, 1]}}, "who"),
        ({"who": {"nonsense": []}}, "who"),
        ({"mandatory": False, "stops": True}, "stops"),
    ],
)
def test_an_order_that_a_gate_would_not_take_is_refused_with_the_place(
    changes: dict[str, Any], place: str, centre: Centre, db: Connection
) -> None:
    with pytest.raises(Refused) as error:
        publish(centre, db, **changes)
    assert (reason(error), error.value.detail.partition(":")[0].partition("/")[0]) == ("bad_order", place)


@pytest.mark.parametrize("content", [None, [], "x", 1])
def test_what_is_no_order_at_all_is_refused(content: Any, centre: Centre, db: Connection) -> None:
    with pytest.raises(Refused, match="bad_order"):
        publish_order(db, centre.ring, content, "all", 30, NOW_MS)


def test_an_order_needs_a_form_that_the_gates_have(centre: Centre, db: Connection) -> None:
    with pytest.raises(Refused) as error:
        publish(centre, db, form="https://gatepost.example/form/thu|1")
    assert reason(error) == "form_unknown"
    publish_form(db, centre.ring, small_form(), NOW_MS)
    publish(centre, db, form="https://gatepost.example/form/thu|1")


@pytest.mark.parametrize("period", [{"start": "2026-10-15"}, {"end": "2026-10-15"}, {"start": "2027"}])
def test_an_order_runs_only_while_its_form_is_meant_to_be_used(
    period: dict[str, str], centre: Centre, db: Connection
) -> None:
    publish_form(db, centre.ring, small_form(effectivePeriod=period), NOW_MS)
    with pytest.raises(Refused) as error:
        publish(centre, db, form="https://gatepost.example/form/thu|1")
    assert reason(error) == "form_period"


def test_an_order_never_outlives_its_form_at_a_gate(centre: Centre, db: Connection) -> None:
    publish_form(db, centre.ring, small_form(), NOW_MS)
    late = NOW_MS + 790 * DAY_MS
    with pytest.raises(Refused) as error:
        publish(centre, db, form="https://gatepost.example/form/thu|1", now_ms=late)
    assert reason(error) == "form_ends"
    publish_form(db, centre.ring, small_form(), late)
    publish(centre, db, form="https://gatepost.example/form/thu|1", now_ms=late)


def test_one_id_is_one_order_whatever_its_scope(centre: Centre, db: Connection) -> None:
    publish(centre, db)
    with pytest.raises(Refused) as error:
        publish(centre, db, scope="venue-cho-mau")
    assert reason(error) == "order_elsewhere"


def test_a_missing_translation_is_told_and_holds_nothing_up(centre: Centre, db: Connection) -> None:
    told = publish(centre, db).warnings
    assert ("text_missing", "legal_basis: th") in told and not any(detail.endswith(": en") for _, detail in told)


def test_an_order_that_was_ended_runs_no_more(centre: Centre, db: Connection) -> None:
    publish(centre, db)
    later = NOW_MS + DAY_MS
    order = read_order(end_order(db, centre.ring, "lenh-thu", later))
    assert order.version == 2 and order.runs(later - 1) and not order.runs(later)
    with pytest.raises(Refused) as error:
        end_order(db, centre.ring, "lenh-thu", later + 1)
    assert reason(error) == "order_over"


def test_an_order_is_taken_back_before_it_began(centre: Centre, db: Connection) -> None:
    publish(centre, db, start="2026-12-01T00:00:00+07:00")
    order = read_order(end_order(db, centre.ring, "lenh-thu", NOW_MS))
    assert not order.runs(NOW_MS) and not order.runs(NOW_MS + 80 * DAY_MS)


def test_a_gate_without_a_clock_holds_nobody_to_an_order_that_was_ended(centre: Centre, db: Connection) -> None:
    publish(centre, db, stops=True)
    order = read_order(end_order(db, centre.ring, "lenh-thu", NOW_MS + DAY_MS))
    assert not order.mandatory and not order.stops


def test_an_order_that_nobody_gave_cannot_be_ended(centre: Centre, db: Connection) -> None:
    with pytest.raises(Refused) as error:
        end_order(db, centre.ring, "lenh-thu", NOW_MS)
    assert reason(error) == "order_unknown"


@pytest.mark.parametrize("by", ["end", "a shorter order"])
def test_a_gate_that_was_away_for_weeks_still_hears_that_an_order_was_cut_short(
    by: str, centre: Centre, db: Connection
) -> None:
    first = publish(centre, db).bulletin
    if by == "end":
        end_order(db, centre.ring, "lenh-thu", NOW_MS + DAY_MS)
    else:
        publish_order(db, centre.ring, paper(), "all", 1, NOW_MS + 1)
    message = bytes(db.exec_driver_sql("SELECT message FROM bulletin WHERE kind = 'order'").scalar_one())
    heard = accept(first, message, centre.ring.root(), NOW_MS + 20 * DAY_MS, frozenset({"all"}))
    assert isinstance(heard, Bulletin)
    assert not read_order(heard).runs(NOW_MS + 20 * DAY_MS)


def test_orders_are_listed_over_or_not(centre: Centre, db: Connection) -> None:
    publish(centre, db)
    publish(centre, db, id="lenh-hai")
    end_order(db, centre.ring, "lenh-thu", NOW_MS + 1)
    found = {order.id: order.runs(NOW_MS + 2) for order in orders(db, centre.ring)}
    assert found == {"lenh-hai": True, "lenh-thu": False}


# --- forms ---------------------------------------------------------------------------------------------------------


def test_a_form_that_lacks_a_language_is_refused_with_every_place(centre: Centre, db: Connection) -> None:
    form = small_form()
    del form["item"][0]["_text"]["extension"][-1]
    with pytest.raises(FormFaults) as error:
        publish_form(db, centre.ring, form, NOW_MS)
    assert any("item" in issue.expression for issue in error.value.issues)
    assert db.exec_driver_sql("SELECT count(*) FROM bulletin").scalar_one() == 0


@pytest.mark.parametrize("content", [None, [], "x", 1, {}, {"resourceType": "Questionnaire"}])
def test_what_is_no_form_at_all_is_refused(content: Any, centre: Centre, db: Connection) -> None:
    with pytest.raises(FormFaults):
        publish_form(db, centre.ring, content, NOW_MS)


def test_a_version_never_gets_another_text(centre: Centre, db: Connection) -> None:
    publish_form(db, centre.ring, small_form(), NOW_MS)
    with pytest.raises(Refused) as error:
        publish_form(db, centre.ring, small_form(text="Quý vị có ho không?"), NOW_MS)
    assert reason(error) == "form_changed"


def test_a_form_that_ships_never_gets_another_text(centre: Centre, db: Connection) -> None:
    form = small_form()
    form["url"] = DOMESTIC.partition("|")[0]
    with pytest.raises(Refused) as error:
        publish_form(db, centre.ring, form, NOW_MS)
    assert reason(error) == "form_changed"


def test_versions_of_a_form_stand_side_by_side_since_old_answers_need_old_forms(centre: Centre, db: Connection) -> None:
    publish_form(db, centre.ring, small_form("1"), NOW_MS)
    publish_form(db, centre.ring, small_form("1.1", "Quý vị có ho không?"), NOW_MS)
    library = read_library(db, centre.ring.root())
    texts = [library.form(f"https://gatepost.example/form/thu|{v}").by_id["fever"].text.in_("vi") for v in ("1", "1.1")]
    assert texts == ["Quý vị có sốt không?", "Quý vị có ho không?"]


def test_the_largest_form_fits_in_a_bulletin_many_times(centre: Centre, db: Connection) -> None:
    resource = json.loads((Path(__file__).parents[3] / "forms" / "library" / "entry.json").read_text("utf-8"))
    made = publish_form(db, centre.ring, resource, NOW_MS).bulletin
    assert json.loads(made.body["questionnaire"]) == resource
    size = db.exec_driver_sql("SELECT length(message) FROM bulletin").scalar_one()
    assert 50_000 < size < 1 << 18


# --- rules ---------------------------------------------------------------------------------------------------------


def test_a_rule_set_is_published_under_its_id(centre: Centre, db: Connection) -> None:
    made = publish_rules(db, centre.ring, rule_set(), "all", NOW_MS)
    assert (made.bulletin.kind, made.bulletin.name, made.warnings) == ("rules", "thu", ())


@pytest.mark.parametrize(("name", "version"), [("thu", 1), ("khac", 2), ("khac", 1)])
def test_a_rule_set_needs_a_number_of_its_own_since_a_visit_keeps_nothing_else(
    name: str, version: int, centre: Centre, db: Connection
) -> None:
    publish_rules(db, centre.ring, rule_set(2), "all", NOW_MS)
    with pytest.raises(Refused) as error:
        publish_rules(db, centre.ring, rule_set(version, name), "all", NOW_MS)
    assert reason(error) == "rules_old"


def test_the_same_rule_set_may_be_published_again(centre: Centre, db: Connection) -> None:
    publish_rules(db, centre.ring, rule_set(2), "all", NOW_MS)
    assert publish_rules(db, centre.ring, rule_set(2), "all", NOW_MS + 1).bulletin.version == 2


def test_number_nought_belongs_to_the_rules_that_ship(centre: Centre, db: Connection) -> None:
    with pytest.raises(Refused) as error:
        publish_rules(db, centre.ring, rule_set(0), "all", NOW_MS)
    assert reason(error) == "rules_old"


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", rule_set(when={"nonsense": 1}), rule_set(signal="ALOW")])
def test_rules_that_no_gate_could_read_are_refused(text: str, centre: Centre, db: Connection) -> None:
    with pytest.raises(Refused) as error:
        publish_rules(db, centre.ring, text, "all", NOW_MS)
    assert reason(error) == "bad_rules"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"signal": "STOP", "when": {"var": "facts.symptoms"}}, ("stop_is_ask", "r-1")),
        ({"reasons": ["see_desk", "full_moon"]}, ("reason_unknown", "r-1: full_moon")),
        ({"when": {"var": "exposure"}, "audience": "public"}, ("rule_is_private", "r-1")),
        ({"signal": "STOP"}, ("stop_without_order", "-")),
    ],
)
def test_what_a_gate_reads_otherwise_than_it_was_written_is_told(
    fields: dict[str, Any], told: tuple[str, str], centre: Centre, db: Connection
) -> None:
    assert told in publish_rules(db, centre.ring, rule_set(**fields), "all", NOW_MS).warnings


def nested(depth: int) -> Any:
    """CertLogic of so many levels, an odd number."""
    return {"var": "venue.kind"} if depth == 1 else {"!": [nested(depth - 2)]}


@pytest.mark.parametrize("levels", [11, 13, 2 * MAX_DEPTH + 1])
def test_the_deepest_rule_that_can_be_evaluated_reaches_the_gate(levels: int, centre: Centre, db: Connection) -> None:
    heard = publish_rules(db, centre.ring, rule_set(when=nested(levels)), "all", NOW_MS).bulletin
    assert isinstance(heard.body["rules"][0]["when"], dict if levels == 11 else str)
    assert read_rules(heard.body).rules[0].when.evaluate({"venue": {"kind": "market"}}) is (levels != 11)


def test_rules_nested_deeper_than_that_are_not_sent(centre: Centre, db: Connection) -> None:
    with pytest.raises(Refused) as error:
        publish_rules(db, centre.ring, rule_set(when=nested(2 * MAX_DEPTH + 3)), "all", NOW_MS)
    assert reason(error) == "bad_rules"


def test_whom_an_order_concerns_may_be_nested_as_deeply(centre: Centre, db: Connection) -> None:
    order = read_order(publish(centre, db, who=nested(2 * MAX_DEPTH + 1)).bulletin)
    assert order.whom.evaluate({"venue": {"kind": "market"}}) is True


def test_what_was_stored_by_hand_and_reads_like_nothing_holds_nobody_up(centre: Centre, db: Connection) -> None:
    for kind in ("order", "form", "rules"):
        publish_bulletin(db, centre.ring, kind, "x", "all", {"body": 1}, NOW_MS + DAY_MS, NOW_MS)
    publish(centre, db)
    publish_form(db, centre.ring, small_form(), NOW_MS)
    publish_rules(db, centre.ring, rule_set(), "all", NOW_MS)
    assert [order.id for order in orders(db, centre.ring)] == ["lenh-thu"]
    assert read_library(db, centre.ring.root()).form(DOMESTIC).canonical == DOMESTIC
