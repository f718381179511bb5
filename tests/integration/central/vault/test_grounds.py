"""What may be opened for a person's own request, for a declaration on the desk, and at a gate of the border."""

import pytest

from central.access.roles import Purpose
from central.vault.port import RecordId
from tests.integration.central.vault.people import People, declaration, visit
from tests.integration.central.vault.scene import Scene
from tests.parts.centre import NOW_MS
from wire.records import IdentityKind
from wire.refusal import Refused

REQUEST = "R-2026-000001"


def open_request(scene: Scene, person: int, *, identified: bool = True) -> None:
    how = (f"{person}, {NOW_MS}, 'x', 'card'") if identified else "NULL, NULL, NULL, ''"
    scene.change(
        "INSERT INTO rights_request (id, kind, channel, language, processors, asked_ms, opened_by, answer_due_ms,"
        " due_ms, extended_why, person, identified_ms, identified_by, identified_how, reason)"
        f" VALUES ('{REQUEST}', 'access', 'desk', 'vi', 0, {NOW_MS}, 'x', {NOW_MS}, {NOW_MS}, '', {how}, '')"
    )


def opened(scene: Scene, role: str, purpose: Purpose, about: str, *records: RecordId) -> list[RecordId]:
    area = "ward-26740" if role in ("station", "border") else "all"
    found = scene.vault.open(scene.asking(role, area, purpose, about), records)
    return [one.record for one in found]


def test_a_person_gets_what_is_kept_of_them_and_nothing_of_others(scene: Scene) -> None:
    open_request(scene, scene.persons[2])
    mine, other = [RecordId(1, 5), RecordId(1, 6)], RecordId(1, 1)
    assert opened(scene, "data_protection", Purpose.DATA_SUBJECT, REQUEST, *mine) == mine
    for wrong in ((Purpose.DATA_SUBJECT, other), (Purpose.CARE, mine[0])):
        with pytest.raises(Refused, match="not_allowed"):
            opened(scene, "data_protection", wrong[0], REQUEST, wrong[1])
    scene.change("UPDATE rights_request SET closed_ms = 1, closed_by = 'x', outcome = 'granted'")
    with pytest.raises(Refused, match="not_running"):
        opened(scene, "data_protection", Purpose.DATA_SUBJECT, REQUEST, mine[0])


def test_before_they_are_identified_a_number_is_looked_for_and_nothing_opened(scene: Scene) -> None:
    open_request(scene, 0, identified=False)
    asking = scene.asking("data_protection", purpose=Purpose.DATA_SUBJECT, about=REQUEST)
    assert len(scene.vault.pseudonym(asking, int(IdentityKind.CCCD), "099000000001")) == 16
    with pytest.raises(Refused, match="not_running"):
        scene.vault.open(asking, [RecordId(1, 5)])


def lay_on_the_desk(people: People, record: RecordId) -> None:
    people.scene.change(
        "INSERT INTO triage (kind, stream, seq, day, venue, ward, province, rank, why, rules, station, made_ms, due_ms,"
        f" calls) VALUES ('declaration', {record.stream}, {record.seq}, 0, 'v-cho-mau', '26740', '79', 1, '[]', 'r',"
        " '', 0, 0, 0)"
    )


def test_the_desk_opens_the_declaration_that_lies_on_it_until_it_is_closed(people: People) -> None:
    mine, other = people.come(declaration(), declaration("099099000002"))
    about = f"D-{mine.stream}-{mine.seq}"
    lay_on_the_desk(people, mine)
    assert opened(people.scene, "station", Purpose.DECLARATION, about, mine) == [mine]
    with pytest.raises(Refused, match="not_allowed"):
        opened(people.scene, "station", Purpose.DECLARATION, about, other)
    people.scene.change("UPDATE triage SET closed_ms = 1, outcome = 'well'")
    with pytest.raises(Refused, match="not_running"):
        opened(people.scene, "station", Purpose.DECLARATION, about, mine)


def test_a_border_gate_takes_in_its_own_declarations(people: People) -> None:
    came, passed = people.come(declaration(), visit("099099000007"))
    asked = ("border", Purpose.BORDER_HEALTH, "V-v-cho-mau")
    with pytest.raises(Refused, match="not_running"):
        opened(people.scene, *asked, came)
    people.scene.change("DELETE FROM place")
    people.scene.change(
        "INSERT INTO place (id, name, kind, ward, province, made_ms)"
        " VALUES ('v-cho-mau', 'x', 'border', '26740', '79', 0)"
    )
    assert opened(people.scene, *asked, came) == [came]
    assert people.scene.audit()[-1][2]["purse"] == "arrivals"
    with pytest.raises(Refused, match="not_allowed"):
        opened(people.scene, *asked, passed)  # a visit is no declaration
    asking = people.scene.asking("border", "ward-26740", Purpose.BORDER_HEALTH, "V-v-cho-mau")
    people.scene.vault.pseudonym(asking, int(IdentityKind.PASSPORT), "B0000001")
    assert people.scene.audit()[-1][2]["purse"] == "arrivals"
