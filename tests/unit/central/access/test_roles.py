"""Who may do what: read from one file, closed, and never more than it says."""

from pathlib import Path

import pytest

from central.access.roles import Grant, Officer, Purpose, Right, areas_of_place, is_area, load_roles
from wire.refusal import Refused

ROLES = load_roles()


def test_each_right_is_held_by_some_role() -> None:
    held = {right for role in ROLES.names() for right in ROLES.rights_of(role)}
    assert set(Right) - held == set()


def test_no_purpose_serves_the_police() -> None:
    assert {str(purpose) for purpose in Purpose} == {
        "tracing", "care", "zoning", "border_health", "declaration", "data_subject", "oversight", "upkeep",
    }  # fmt: skip


@pytest.mark.parametrize("right", ["cases.decide", "alerts.release", "zones.decide", "rules.release"])
def test_nobody_proposes_and_signs_by_one_role(right: str) -> None:
    first = {"cases.decide": "cases.open", "alerts.release": "alerts.propose", "zones.decide": "zones.propose"}
    proposes = Right(first.get(right, "rules.propose"))
    for role in ROLES.names():
        assert not {proposes, Right(right)} <= ROLES.rights_of(role), role


@pytest.mark.parametrize("role", ["administrator", "auditor", "reporter", "venue_owner", "rule_author"])
def test_who_has_no_patient_opens_no_name(role: str) -> None:
    assert Right.NAMES_OPEN not in ROLES.rights_of(role)
    assert Right.CONTACTS_READ not in ROLES.rights_of(role)


def test_what_opens_names_or_signs_needs_a_second_factor() -> None:
    wanted = {"names.open", "alerts.release", "cases.decide", "zones.decide", "rules.release", "accounts.manage"}
    assert wanted <= {str(right) for right in ROLES.rules.strong}


def test_whoever_is_looked_at_is_told_whatever_the_purpose() -> None:
    with_persons = set(Purpose) - {Purpose.UPKEEP}
    assert with_persons == set(ROLES.rules.told_days)
    assert max(ROLES.rules.told_days.values()) <= 30


def test_a_province_reaches_its_wards_and_never_the_other_way_round() -> None:
    market = areas_of_place("v-cho-mau", "26740", "79")
    in_province = Officer("a", "A", (Grant("case_officer", "province-79"),))
    in_ward = Officer("b", "B", (Grant("station", "ward-26740"),))
    assert ROLES.may(in_province, Right.CONTACTS_READ, market)
    assert ROLES.may(in_ward, Right.CONTACTS_READ, market)
    assert not ROLES.may(in_ward, Right.CONTACTS_READ, areas_of_place("", "", "79"))
    assert not ROLES.may(in_province, Right.CONTACTS_READ, areas_of_place("v-x", "1", "80"))


def test_a_right_in_one_area_is_no_right_in_another() -> None:
    both = Officer("a", "A", (Grant("station", "ward-1"), Grant("reporter", "all")))
    assert not ROLES.may(both, Right.NAMES_OPEN, {"all", "ward-2"})
    assert ROLES.areas(both, Right.NAMES_OPEN) == {"ward-1"}
    assert ROLES.giving(both, Right.API_READ) == "reporter"
    assert ROLES.giving(both, Right.CASES_OPEN) == ""


@pytest.mark.parametrize("text", ["all", "province-79", "ward-26740", "venue-v-cho-mau"])
def test_areas_are_written_as_bulletin_scopes(text: str) -> None:
    assert is_area(text)


@pytest.mark.parametrize("text", ["", "ALL", "ward-", "city-1", "ward-1 ", "ward-1\n", "any", "venue-" + "x" * 61])
def test_what_is_no_area_is_refused(text: str) -> None:
    assert not is_area(text)


@pytest.mark.parametrize(
    "text",
    [
        '[a]\n"names.read" = ["care"]',
        '[a]\n"names.open" = ["police"]',
        '[a]\n"names.open" = "care"',
        '[rules]\nstrong = ["names.read"]',
        '[rules]\ntwo_persons = ["a"]',
        '[a]\n[rules.glass]\na = { by = ["b"], where = "own" }',
        '[a]\n[rules.glass]\na = { by = ["a"], where = "everywhere" }',
        "[rules.told_days]\npolice = 1",
    ],
)
def test_a_file_that_names_what_does_not_exist_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "roles.toml").write_text(text)
    with pytest.raises(Refused, match="bad_roles"):
        load_roles(tmp_path / "roles.toml")
