"""What comes out of the opener: visits, declarations with their answers, passes, and codes that may be one person."""

import hashlib

import pytest

from central.access.roles import Purpose
from central.declaring import publish_order
from central.vault.port import Alike, Asking, RecordId
from forms.packed import pack, unpack
from tests.integration.central.vault.people import FORM, SAID, People, declaration, visit
from tests.integration.central.vault.scene import CASE
from tests.parts.centre import NOW_MS
from tests.unit.central.orders import paper
from wire.crypto import kid_of
from wire.envelope import pass_of, record_id
from wire.light import Content, Core, seal_declaration
from wire.records import IdentityKind, SealedDeclaration, Signal
from wire.refusal import Refused

PASS_ID = hashlib.sha256(b"a pass").digest()[:16]


def test_answers_come_out_as_plain_values_and_packed_as_they_were(people: People) -> None:
    (record,) = people.come(declaration())
    (opened,) = people.scene.vault.open(people.scene.asking(), [record])
    assert opened.kind == "Declaration"
    assert opened.answers["full_name"] == ["NGUYỄN VĂN THỬ"]
    assert opened.answers["birth_year"] == [1950]
    assert opened.fields["identity"] == "099099000001"
    assert unpack(FORM, opened.fields["answers"])["phone", ()] == ("0900000001",)


def test_a_declaration_by_light_comes_out_like_any_other(people: People) -> None:
    case = people.centre.ring.root().recipients["case"]
    content = Content("vi", "2026-09-21T08:00:00+07:00", bytes(32), pack(FORM, SAID), IdentityKind.CCCD, "099099000002")
    sealed = seal_declaration(content, Core(kid_of(case), FORM.canonical, "lenh-thu", 1, 1), case)
    publish(people, "lenh-thu")
    (record,) = people.come(SealedDeclaration("lenh-thu|1", Signal.ALLOW, blob=sealed.blob))
    asking = people.scene.asking("station", "all", Purpose.DECLARATION, "order:lenh-thu")
    (opened,) = people.scene.vault.open(asking, [record])
    assert (opened.kind, opened.fields["identity"]) == ("Declaration", "099099000002")
    assert opened.answers["phone"] == ["0900000001"]


def test_whoever_needs_a_phone_gets_no_name(people: People) -> None:
    (record,) = people.come(declaration())
    (opened,) = people.scene.vault.open(people.scene.asking(), [record], ("phone", "language"))
    assert (opened.fields, opened.answers) == ({"language": "vi"}, {"phone": ["0900000001"]})


def publish(people: People, name: str) -> None:
    with people.centre.engine.begin() as connection:
        publish_order(connection, people.centre.ring, paper(id=name), "all", 30, NOW_MS - 1000)


def test_an_order_opens_what_was_declared_under_it_and_nothing_else(people: People) -> None:
    under, before = people.come(declaration(), declaration("099099000002", "lenh-cu|3"))
    asking = people.scene.asking("station", "all", Purpose.DECLARATION, "order:lenh-thu")
    with pytest.raises(Refused, match="not_running"):
        people.scene.vault.open(asking, [under])
    publish(people, "lenh-thu")
    assert [one.record for one in people.scene.vault.open(asking, [under, before])] == [under]
    with pytest.raises(Refused, match="not_allowed"):
        people.scene.vault.open(asking, [RecordId(1, 3)])  # a visit


def test_passes_are_those_shown_and_those_that_a_gate_gave(people: People) -> None:
    card = "099099000003"
    records = people.come(visit(card), visit(PASS_ID.hex(), IdentityKind.PASS))
    given = pass_of(record_id(people.device.device, people.device.epoch, records[0].seq))
    persons = [people.person(IdentityKind.CCCD, card), people.person(IdentityKind.PASS, PASS_ID.hex())]
    found = people.scene.vault.passes_of(people.scene.asking(), persons)
    assert found == {persons[0]: [given], persons[1]: [PASS_ID]}
    assert people.scene.audit()[-1][2]["purse"] == "passes"
    with pytest.raises(Refused, match="not_allowed"):
        people.scene.vault.passes_of(people.scene.asking(), [*persons, people.scene.persons[2]])
    with pytest.raises(Refused, match="not_allowed"):
        people.scene.vault.passes_of(people.scene.asking(purpose=Purpose.CARE), persons)


def test_codes_that_share_a_phone_and_a_birth_year_are_told_without_saying_what(people: People) -> None:
    people.come(
        visit("099099000004", name="Nguyễn Văn Thử", phone="+84900000001", birth_date="1950-02-03"),
        visit("B0000001", IdentityKind.PASSPORT, name="NGUYEN VAN THU", phone="0900000001"),
        visit("099099000005", name="Nguyễn Văn Thử", phone="0900000009", birth_date="1950-02-03"),
        visit("099099000006", name="Trần Thị Mẫu", phone="0900000001", birth_date="1990-01-01"),
    )
    card, passport = people.person(IdentityKind.CCCD, "099099000004"), people.person(IdentityKind.PASSPORT, "B0000001")
    found = people.scene.vault.alike(people.scene.asking(), list(people.persons.values()))
    assert found == [Alike(min(card, passport), max(card, passport), ("phone", "name"))]
    assert "0900000001" not in str(people.scene.audit())


def test_more_than_five_hundred_records_are_asked_for_in_parts(people: People) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        people.scene.vault.open(people.scene.asking(), [RecordId(1, seq) for seq in range(1, 502)])


def test_a_session_of_web_cannot_ask_for_another_purpose_by_hand(people: People) -> None:
    (record,) = people.come(declaration())
    asking = people.scene.asking("station", "all", Purpose.DECLARATION)
    with pytest.raises(Refused, match="not_allowed"):
        people.scene.vault.open(Asking(asking.session, Purpose.DECLARATION, CASE), [record])
