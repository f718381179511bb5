"""Whoever asked that nothing more be done with their data: the opener opens them for a duty and for them alone."""

from central.access.roles import Purpose
from central.declaring import end_order, publish_order
from central.people.links import NewLink, link
from central.rights.restricting import is_restricted, restricted_among, restricted_persons
from central.vault.port import RecordId
from tests.integration.central.vault.people import People, declaration
from tests.integration.central.vault.scene import Scene
from tests.integration.central.vault.test_grounds import REQUEST, lay_on_the_desk, open_request
from tests.parts.centre import NOW_MS
from tests.unit.central.orders import paper
from wire.records import IdentityKind
from wire.refusal import Refused


def restrict(scene: Scene, person: int) -> None:
    open_request(scene, person)
    scene.change(f"INSERT INTO restriction (request, person, since_ms) VALUES ('{REQUEST}', {person}, {NOW_MS})")


def test_a_voluntary_declaration_stays_shut_and_one_under_an_order_in_force_opens(people: People) -> None:
    under, of_own_will = people.come(declaration(), declaration(order=""))
    scene = people.scene
    restrict(scene, people.person(IdentityKind.CCCD, "099099000001"))
    for record in (under, of_own_will):
        lay_on_the_desk(people, record)

    def opens(record: RecordId) -> bool:
        about = f"D-{record.stream}-{record.seq}"
        asking = scene.asking("station", "ward-26740", Purpose.DECLARATION, about)
        try:
            return [one.record for one in scene.vault.open(asking, [record])] == [record]
        except Refused as refusal:
            assert refusal.reason == "restricted"
            return False

    assert (opens(under), opens(of_own_will)) == (False, False), "no order is in force"
    assert scene.audit()[-1][2]["why"] == "restricted"
    with people.centre.engine.begin() as connection:
        publish_order(connection, people.centre.ring, paper(mandatory=False), "all", 30, NOW_MS - 2000)
    assert not opens(under), "an order that is no duty"
    with people.centre.engine.begin() as connection:
        publish_order(connection, people.centre.ring, paper(), "all", 30, NOW_MS - 1000)
    assert (opens(under), opens(of_own_will)) == (True, False)
    asking = scene.asking("station", "all", Purpose.DECLARATION, "order:lenh-thu")
    assert [one.record for one in scene.vault.open(asking, [under])] == [under]
    with people.centre.engine.begin() as connection:
        end_order(connection, people.centre.ring, "lenh-thu", NOW_MS - 500)
    assert not opens(under)
    scene.change(f"UPDATE restriction SET ended_ms = {NOW_MS}")
    assert opens(of_own_will), "they let it go on"


def test_their_own_request_and_a_signed_case_still_open_them(scene: Scene) -> None:
    restrict(scene, scene.persons[1])
    mine = RecordId(1, 3)
    own = scene.asking("data_protection", purpose=Purpose.DATA_SUBJECT, about=REQUEST)
    assert [one.record for one in scene.vault.open(own, [mine])] == [mine]
    assert [one.record for one in scene.vault.open(scene.asking(), [mine])] == [mine]
    assert scene.vault.passes_of(scene.asking(), [scene.persons[1]]) is not None


def test_what_they_said_is_compared_with_nobody(people: People) -> None:
    people.come(declaration("099099000001"), declaration("099099000002"))
    scene = people.scene
    persons = [people.person(IdentityKind.CCCD, f"09909900000{n}") for n in (1, 2)]
    assert len(scene.vault.alike(scene.asking(), persons)) == 1
    restrict(scene, persons[0])
    assert scene.vault.alike(scene.asking(), persons) == []


def test_it_holds_for_each_code_of_the_person_also_one_that_was_joined_later(people: People) -> None:
    first, other = people.come(declaration("099099000001"), declaration("099099000002", order=""))
    scene = people.scene
    persons = [people.person(IdentityKind.CCCD, f"09909900000{n}") for n in (1, 2)]
    restrict(scene, max(persons))
    codes = [scene.names.of(int(IdentityKind.CCCD), f"09909900000{n}") for n in (1, 2)]
    with people.centre.engine.begin() as connection:
        link(connection, NewLink(codes[0] or b"", codes[1] or b"", "documents_seen", "lan"), NOW_MS)
        assert [is_restricted(connection, person) for person in persons] == [True, True]
        assert {RecordId(*one) for one in restricted_among(connection, [first, other])} == {first, other}
        assert restricted_persons(connection) == set(persons)
