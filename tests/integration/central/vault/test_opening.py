"""The opener over its real socket: who may read whom, and that the log says so first."""

import socket

import pytest

from central.access.roles import Grant, Officer, Purpose, Right, load_roles
from central.statements import run
from central.vault.client import HoldersClient, OpenerClient
from central.vault.framing import MOST_REQUEST, holders_path, receive, send
from central.vault.port import Asking, RecordId
from central.vault.purse import HOUR_MS, SIZES
from tests.integration.central.vault.scene import CASE, Scene
from tests.parts.centre import NOW_MS
from tests.parts.devices import make_visit
from tests.parts.vault import running_opener, socket_path
from wire.records import IdentityKind
from wire.refusal import Refused

INDEX, CONTACT, STRANGER = RecordId(1, 1), RecordId(1, 3), RecordId(1, 5)


def refused(scene: Scene, asking: Asking, *records: RecordId) -> str:
    with pytest.raises(Refused) as told:
        scene.vault.open(asking, records or (CONTACT,))
    return told.value.reason


def test_a_case_officer_reads_who_was_near_a_signed_case(scene: Scene) -> None:
    index, contact = scene.vault.open(scene.asking(), [INDEX, CONTACT])
    wanted = make_visit(3, full=True)
    assert (index.kind, index.record) == ("Visit", INDEX)
    assert contact.fields["name"] == wanted.name
    assert contact.fields["identity"] == wanted.identity
    assert (contact.fields["address"], contact.fields["identity_kind"]) == (wanted.address, int(IdentityKind.CCCD))
    action, about, facts = scene.audit()[-1]
    assert (action, about, facts["count"], facts["persons"]) == ("names_opened", CASE, 2, 2)


def test_nothing_that_was_opened_stands_in_the_log(scene: Scene) -> None:
    scene.vault.open(scene.asking(), [INDEX, CONTACT])
    written = str(scene.centre.rows("SELECT * FROM audit"))
    for i in (1, 3):
        visit = make_visit(i, full=True)
        assert not any(text in written for text in (visit.name, visit.identity, visit.address))


def test_somebody_who_is_no_contact_stays_unread_and_the_try_is_written_down(scene: Scene) -> None:
    assert refused(scene, scene.asking(), CONTACT, STRANGER) == "not_allowed"
    action, about, facts = scene.audit()[-1]
    assert (action, about, facts["why"]) == ("opening_refused", CASE, "not_allowed")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("signed_by = NULL, signed_ms = NULL", "not_running"),
        ("state = 'waiting', signed_by = NULL, signed_ms = NULL", "not_running"),
        ("state = 'ruled_out'", "not_running"),
        ("closed_ms = 1", "not_running"),
        (f"ends_ms = {NOW_MS}", "not_running"),
    ],
)
def test_a_case_that_does_not_run_opens_nothing(scene: Scene, change: str, reason: str) -> None:
    scene.change(f"UPDATE case_file SET {change}")
    assert refused(scene, scene.asking()) == reason


def test_a_contact_who_was_withdrawn_is_closed_again(scene: Scene) -> None:
    scene.change("UPDATE contact SET state = 'withdrawn'")
    assert refused(scene, scene.asking()) == "not_allowed"


def test_a_case_or_order_that_nobody_knows_opens_nothing(scene: Scene) -> None:
    session = scene.session("case_officer")
    for about in ("BN-2026-999999", "", "order:none", "D-1-1", "R-2026-000001", "V-v-cho-mau", "Trần Văn Thử"):
        for purpose in Purpose:
            assert refused(scene, Asking(session, purpose, about)) in ("not_running", "not_allowed")
    assert "Trần" not in str(scene.centre.rows("SELECT about FROM audit"))


@pytest.mark.parametrize("role", ["head", "administrator", "auditor", "venue_owner", "reporter", "rule_author"])
def test_whoever_may_not_open_names_opens_none(scene: Scene, role: str) -> None:
    for purpose in Purpose:
        assert refused(scene, scene.asking(role, purpose=purpose)) == "not_allowed"


def test_every_role_opens_for_the_purposes_that_its_file_names_and_for_no_other(scene: Scene) -> None:
    for role in load_roles().names():
        session, grant = scene.session(role), Grant(role, "all")
        purposes = load_roles().purposes(Officer("", "", (grant,)), Right.NAMES_OPEN) & {Purpose.TRACING, Purpose.CARE}
        for purpose in Purpose:
            asking = Asking(session, purpose, CASE)
            if purpose in purposes:
                assert len(scene.vault.open(asking, [CONTACT])) == 1, (role, purpose)
            else:
                assert refused(scene, asking) == "not_allowed", (role, purpose)


def test_a_right_for_another_purpose_is_no_right(scene: Scene) -> None:
    assert refused(scene, scene.asking("data_protection", purpose=Purpose.DATA_SUBJECT)) == "not_allowed"
    assert refused(scene, scene.asking("border", purpose=Purpose.BORDER_HEALTH)) == "not_allowed"
    assert refused(scene, scene.asking("case_officer", purpose=Purpose.OVERSIGHT)) == "not_allowed"


def test_an_officer_of_another_province_opens_nothing(scene: Scene) -> None:
    assert refused(scene, scene.asking(area="province-01")) == "not_allowed"
    assert len(scene.vault.open(scene.asking(area="province-79"), [CONTACT])) == 1


def test_a_health_station_reads_its_own_contacts_alone(scene: Scene) -> None:
    own, other = (scene.asking("station", f"ward-{ward}", Purpose.CARE) for ward in ("26743", "26740"))
    assert len(scene.vault.open(own, [CONTACT])) == 1
    assert refused(scene, other, CONTACT) == "not_allowed"  # the case's ward is not the contact's
    scene.change(
        "INSERT INTO task (kind, about, person, station, ward, province, made_ms, due_ms, tries)"
        f" VALUES ('call', '{CASE}', {scene.persons[1]}, 's', '26740', '79', 0, 0, 0)"
    )
    assert len(scene.vault.open(other, [CONTACT])) == 1  # now it has to call them


def test_when_a_case_is_over_only_those_who_must_be_told_so_are_read(scene: Scene) -> None:
    asking = scene.asking(purpose=Purpose.CARE)
    scene.change("UPDATE contact SET state = 'withdrawn'")
    scene.change("UPDATE case_file SET state = 'ruled_out', closed_ms = 1")
    assert refused(scene, asking) == "not_running"
    scene.change(
        "INSERT INTO task (kind, about, contact, station, ward, province, made_ms, due_ms, tries)"
        f" SELECT 'call', '{CASE}', id, 's', '', '', 0, 0, 0 FROM contact"
    )
    assert len(scene.vault.open(asking, [CONTACT])) == 1
    assert refused(scene, asking, INDEX) == "not_allowed"
    assert refused(scene, scene.asking(), CONTACT) == "not_running"  # nor for tracing any more
    scene.change("UPDATE task SET done_ms = 1, outcome = 'reached'")
    assert refused(scene, asking) == "not_running"


def test_no_session_an_ended_one_a_closed_account_and_a_weak_one_open_nothing(scene: Scene) -> None:
    asking = scene.asking()
    assert refused(scene, Asking("none", Purpose.TRACING, CASE)) == "not_allowed"
    weak = scene.session("case_officer", strong=False)
    assert refused(scene, Asking(weak, Purpose.TRACING, CASE)) == "second_factor"
    scene.change("UPDATE account SET state = 'closed'")
    assert refused(scene, asking) == "not_allowed"


def test_a_broken_glass_opens_until_it_ends(scene: Scene) -> None:
    session = scene.session("auditor")
    sql = (
        "INSERT INTO account_grant (login, role, area, ends_ms, reason) VALUES ('auditor.all', 'case_officer', 'all', "
    )
    scene.change(f"{sql}{NOW_MS + 1}, 'night')")
    assert len(scene.vault.open(Asking(session, Purpose.TRACING, CASE), [CONTACT])) == 1
    scene.change(f"UPDATE account_grant SET ends_ms = {NOW_MS} WHERE role = 'case_officer'")
    assert refused(scene, Asking(session, Purpose.TRACING, CASE)) == "not_allowed"


def test_an_hour_s_purse_ends_and_a_restart_does_not_fill_it(scene: Scene) -> None:
    asking, number = scene.asking(), make_visit(3).identity
    for _ in range(SIZES["numbers"].officer):
        scene.vault.pseudonym(asking, int(IdentityKind.CCCD), number)
    with running_opener(scene.centre) as again:
        for vault in (scene.vault, again):
            with pytest.raises(Refused, match="too_fast") as told:
                vault.pseudonym(asking, int(IdentityKind.CCCD), number)
            assert NOW_MS < int(told.value.detail) <= NOW_MS + HOUR_MS


def test_a_number_becomes_a_pseudonym_for_a_case_that_waits(scene: Scene) -> None:
    scene.change("UPDATE case_file SET state = 'waiting', signed_by = NULL, signed_ms = NULL")
    number = make_visit(3).identity
    found = scene.vault.pseudonym(scene.asking(), int(IdentityKind.CCCD), number)
    assert (found,) in scene.centre.rows("SELECT person FROM visit WHERE seq = 3")
    assert scene.audit()[-1][0] == "number_looked_for"
    assert number not in str(scene.centre.rows("SELECT * FROM audit"))
    with pytest.raises(Refused, match="not_allowed"):
        scene.vault.pseudonym(scene.asking(), 99, number)


def test_records_that_were_destroyed_are_left_out(scene: Scene) -> None:
    scene.change("UPDATE raw_record SET sealed = x'' WHERE seq = 3")
    assert [one.record for one in scene.vault.open(scene.asking(), [INDEX, CONTACT])] == [INDEX]


def test_a_link_brings_the_records_of_both_codes(scene: Scene) -> None:
    index, _, stranger = scene.persons
    scene.change(f"UPDATE identity SET person = {index} WHERE person = {stranger}")
    assert len(scene.vault.open(scene.asking(), [STRANGER])) == 1


def test_a_locked_opener_says_so_and_writes_nothing(scene: Scene) -> None:
    before = scene.audit()
    with running_opener(scene.centre, keys=[]) as locked, pytest.raises(Refused) as told:
        locked.open(scene.asking(), [CONTACT])
    assert (told.value.reason, told.value.detail) == ("opener_away", "locked")
    assert scene.audit() == before


def test_without_an_opener_nothing_is_read() -> None:
    with socket_path() as path, pytest.raises(Refused, match="opener_away"):
        OpenerClient(path).open(Asking("s", Purpose.TRACING, CASE), [CONTACT])


def test_hostile_bytes_on_the_socket_do_no_harm(scene: Scene) -> None:
    for data in (b"", b"\0\0\0\1\xff", b"\xff\xff\xff\xff", b"\0\0\0\1\x80", (MOST_REQUEST + 1).to_bytes(4, "big")):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(scene.socket))
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(4096)
    assert len(scene.vault.open(scene.asking(), [CONTACT])) == 1


def test_only_its_own_user_may_knock(scene: Scene) -> None:
    for path in (scene.socket, holders_path(scene.socket)):
        assert path.stat().st_mode & 0o777 == 0o600


def test_web_cannot_bring_cards_or_take_the_key_away(scene: Scene) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(scene.socket))
        for request in (["lock"], ["share", "words"], ["state"], ["forget", []]):
            send(connection, request)
            assert receive(connection, 1000)[:2] == [False, "malformed"]
    assert len(HoldersClient(scene.socket).state().kids) == 1


def test_it_is_the_same_on_both_databases(both: Scene) -> None:
    assert len(both.vault.open(both.asking(), [INDEX, CONTACT])) == 2
    assert refused(both, both.asking(), STRANGER) == "not_allowed"
    found = both.vault.passes_of(both.asking(), both.persons[:2])
    assert set(found) == set(both.persons[:2])
    assert both.vault.alike(both.asking(), both.persons[:2]) == []
    with both.centre.engine.connect() as connection:
        assert run(connection, "SELECT count(*) FROM look_notice").scalar_one() >= 2
