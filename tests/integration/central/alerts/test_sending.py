"""The outbox against servers that speak the real protocols: nothing twice without need, nothing lost, nothing told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.alerts.escalating import escalate
from central.alerts.mail_smtp import SmtpCarrier
from central.alerts.noticing import offer_clearances, tell_looks
from central.alerts.push_web import PushCarrier
from central.alerts.sealing import Letter, make_sender_key, seal_letter, sender_public
from central.alerts.senders import Carriers, Later, Never
from central.alerts.sending import LEASE_MS, RETRY_S, Sending, say_ready
from central.alerts.sms_smpp import SmppCarrier
from central.alerts.stops import put_stop
from central.authority.diseases import diseases
from central.passes import issue_pass
from central.statements import run
from credentials.pass_qr import Pass, encode_pass
from tests.integration.central.alerts.conftest import Night
from tests.parts.exposed import BY_PASS, BY_PHONE, DAY_MS
from tests.parts.mail import running_mail
from tests.parts.push import Browser, running_push
from tests.parts.smsc import BAD_TO, THROTTLED, Smsc
from wire.crypto import SigningKey
from wire.exposures import entry_of

VIETNAMESE = "Tin y tế: bạn có thể đã ở gần người mắc bệnh. " * 4
KHMER = "សារសុខភាព៖ អ្នកប្រហែលជាបាននៅជិតអ្នកឆ្លងជំងឺ។ " * 4


@pytest.fixture
def database() -> str:
    """What is sent does not differ by database; what is released is tested on both."""
    return "sqlite"


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    with Smsc() as made:
        yield made


@pytest.fixture
def carrier(smsc: Smsc) -> Iterator[SmppCarrier]:
    made = SmppCarrier("127.0.0.1", "gatepost", smsc.password, "YTE", smsc.port, tls=False)
    yield made
    made.close()


@pytest.mark.parametrize("text", ["Call 19009095.", "x" * 161, VIETNAMESE, KHMER])
def test_a_telephone_shows_the_text_as_it_was_written(smsc: Smsc, carrier: SmppCarrier, text: str) -> None:
    name = carrier.send(Letter("84900000102", "", text), 7)
    assert smsc.texts() == [("84900000102", text)]
    assert name == smsc.taken[-1].name
    assert {one.part[0] for one in smsc.taken} == ({7} if len(smsc.taken) > 1 else {0})


@pytest.mark.parametrize("form", ["tlv", "text"])
@pytest.mark.parametrize(("state", "arrived"), [("DELIVRD", True), ("UNDELIV", False)])
def test_a_delivery_receipt_is_read_in_both_forms(
    smsc: Smsc, carrier: SmppCarrier, form: str, state: str, arrived: bool
) -> None:
    smsc.receipts, smsc.state = form, state
    name = carrier.send(Letter("84900000102", "", "Xin chao"), 1)
    carrier.send(Letter("84900000103", "", "Xin chao"), 2)  # while waiting for its answer the first receipt comes
    assert (name, arrived) in carrier.receipts()


def test_a_throttled_message_is_put_off_and_a_wrong_number_given_up(smsc: Smsc, carrier: SmppCarrier) -> None:
    smsc.answers = [THROTTLED, BAD_TO]
    with pytest.raises(Later, match="throttled") as put_off:
        carrier.send(Letter("84900000102", "", "a"), 1)
    assert not isinstance(put_off.value, Never)
    with pytest.raises(Never, match="bad_number"):
        carrier.send(Letter("84900000102", "", "a"), 1)
    assert carrier.send(Letter("84900000102", "", "a"), 1) and smsc.binds == 1


def test_a_lost_line_is_bound_anew(smsc: Smsc, carrier: SmppCarrier) -> None:
    smsc.hang_up_after = 1
    with pytest.raises(Later, match="connection"):
        carrier.send(Letter("84900000102", "", VIETNAMESE), 1)
    assert carrier.send(Letter("84900000102", "", VIETNAMESE), 1)
    assert smsc.binds == 2


def test_a_wrong_password_tells_nothing(smsc: Smsc) -> None:
    wrong = SmppCarrier("127.0.0.1", "gatepost", "khac", "YTE", smsc.port, tls=False)
    with pytest.raises(Later, match=r"^connection$"):
        wrong.send(Letter("84900000102", "", "a"), 1)


def test_mail_goes_over_tls_under_one_name_and_bad_addresses_are_given_up(tmp_path: Path) -> None:
    with running_mail(tmp_path) as server:
        server.refuse, server.busy = {"khong-co@example.vn"}, 1
        mail = SmtpCarrier("127.0.0.1", "yte@example.vn", server.port, authorities=str(server.authorities))
        with pytest.raises(Never, match="bad_address"):
            mail.send(Letter("khong-co@example.vn", "Tin y tế", "Nội dung"), 1)
        with pytest.raises(Later, match="busy"):
            mail.send(Letter("thu@example.vn", "Tin y tế", "Nội dung"), 1)
        names = {mail.send(Letter("thu@example.vn", "Tin y tế dành cho bạn", VIETNAMESE), 1) for _ in range(2)}
    assert names == {"<gatepost-1@example.vn>"}
    assert server.over_tls == [True, True]
    assert server.letters[0]["Subject"] == "Tin y tế dành cho bạn"
    assert server.letters[0].get_content().split() == VIETNAMESE.split()


def test_mail_to_a_server_that_nobody_vouches_for_is_not_sent(tmp_path: Path) -> None:
    with running_mail(tmp_path) as server, pytest.raises(Later, match="connection"):
        SmtpCarrier("127.0.0.1", "yte@example.vn", server.port).send(Letter("thu@example.vn", "a", "b"), 1)
    assert not server.letters


def test_a_push_notice_is_readable_in_the_browser_alone(tmp_path: Path) -> None:
    browser = Browser()
    with running_push() as service:
        carrier = PushCarrier(tmp_path, "mailto:yte@example.vn", ["127.0.0.1"])
        carrier.send(Letter(browser.subscription(service.port), "Tin y tế", VIETNAMESE), 5)
        (headers, body), service.status = service.got[0], 410
        with pytest.raises(Never, match="gone"):
            carrier.send(Letter(browser.subscription(service.port), "a", "b"), 5)
        with pytest.raises(Never, match="bad_address"):  # a subscription does not choose whom this machine calls
            PushCarrier(tmp_path, "mailto:yte@example.vn").send(Letter(browser.subscription(service.port), "a", "b"), 5)
    assert json.loads(browser.open(body)) == {"title": "Tin y tế", "body": VIETNAMESE}
    assert headers["content-encoding"] == "aes128gcm" and headers["authorization"].startswith("vapid t=")
    assert (headers["topic"], headers["urgency"]) == ("gatepost-5", "high")


@pytest.fixture
def with_sms(night: Night, carrier: SmppCarrier) -> tuple[Night, Sending]:
    """A night whose centre can send short messages, with a release that is out."""
    carriers = Carriers({"sms": carrier}, "https://y-te.example")
    with night.centre.engine.begin() as connection:
        say_ready(connection, carriers)
    night.release(night.propose())
    night.run()
    return night, Sending(carriers)


def test_who_has_a_phone_gets_one_message_and_counts_as_told_when_it_arrives(
    with_sms: tuple[Night, Sending], smsc: Smsc
) -> None:
    night, sending = with_sms
    sending.run(night.bench)
    assert sorted(to for to, _ in smsc.texts()) == ["84900000102", "84900000103"]
    text = smsc.texts()[0][1]
    assert "1900 9095" in text and "https://y-te.example/call-back/" in text and "Trạm y tế" in text
    assert "THỬ" not in text and "Chợ" not in text
    for _ in range(20):
        sending.run(night.bench)
        if night.states()["sms"] == "delivered":
            break
    assert len(smsc.texts()) == 2
    told = night.centre.rows("SELECT state, reached_by FROM contact WHERE id = ?", night.world.contacts[1])
    assert told == [("reached", "sms")]
    assert night.centre.rows("SELECT DISTINCT sealed FROM message WHERE kind = 'alert'") == [(b"",)]


def test_call_me_back_puts_one_call_on_the_stations_list(with_sms: tuple[Night, Sending], smsc: Smsc) -> None:
    night, sending = with_sms
    sending.run(night.bench)
    text = dict(smsc.texts())["84900000102"]
    path = text[text.index("/call-back/") :].split()[0]
    client = night.officer("head").application.test_client()
    assert "Gọi lại cho tôi" in client.get(path).get_data(as_text=True)
    assert [client.post(path).status_code for _ in range(2)] == [200, 404]
    assert client.get("/call-back/000000000000").status_code == 404
    rows = night.centre.rows("SELECT contact, station FROM task WHERE kind = 'call_back'")
    assert rows == [(night.world.contacts[1], "t-mau")]


def test_a_recall_reaches_whoever_got_the_alert_without_an_officer_opening_names(
    with_sms: tuple[Night, Sending], smsc: Smsc
) -> None:
    night, sending = with_sms
    sending.run(night.bench)
    looks = night.centre.one("SELECT count(*) FROM audit WHERE action LIKE '%open%'")
    assert night.post(night.officer("case_officer"), "/alerts/1/recall") == 303
    sending.run(night.bench)
    recalls = [text for _, text in smsc.texts()][2:]
    assert len(recalls) == 2 and all("bỏ qua" in text for text in recalls)
    assert night.centre.one("SELECT count(*) FROM audit WHERE action LIKE '%open%'") == looks


def test_whoever_was_looked_at_is_told_so_without_another_opening(with_sms: tuple[Night, Sending], smsc: Smsc) -> None:
    night, sending = with_sms
    sending.run(night.bench)
    tell_looks(night.bench)
    sending.run(night.bench)
    assert len(smsc.texts()) == 2  # not due yet
    night.clock[0] += 15 * DAY_MS
    tell_looks(night.bench)
    tell_looks(night.bench)
    sending.run(night.bench)
    notices = smsc.texts()[2:]
    assert sorted(to for to, _ in notices) == ["84900000102", "84900000103"]
    assert all("đã xem dữ liệu" in text for _, text in notices)
    left = {row[0] for row in night.centre.rows("SELECT DISTINCT person FROM look_notice WHERE told_ms IS NULL")}
    assert left == {night.world.persons[0], night.world.persons[3]}  # without a phone: whoever visits them says so


def test_whoever_stayed_at_home_hears_that_it_is_over_once(with_sms: tuple[Night, Sending], smsc: Smsc) -> None:
    night, sending = with_sms
    sending.run(night.bench)
    days = next(iter(diseases().values())).follow_up(night.clock[0]).days
    night.clock[0] += days * DAY_MS - DAY_MS - 1
    offer_clearances(night.bench)
    assert night.centre.one("SELECT count(*) FROM message WHERE kind = 'clearance' AND state <> 'held'") == 0
    night.clock[0] += 1
    for _ in range(2):
        offer_clearances(night.bench)
        sending.run(night.bench)
    over = [text for _, text in smsc.texts()[2:]]
    assert len(over) == 2 and all("theo dõi sức khỏe của bạn đã xong" in text for text in over)


def test_a_stop_holds_what_still_waits_in_the_outbox(with_sms: tuple[Night, Sending], smsc: Smsc) -> None:
    night, sending = with_sms
    with night.centre.engine.begin() as connection:
        put_stop(connection, f"case-{night.world.case}", "thử", "head", night.clock[0])
    sending.run(night.bench)
    assert smsc.taken == []


def test_tries_are_bounded_and_then_somebody_calls(with_sms: tuple[Night, Sending], smsc: Smsc) -> None:
    night, sending = with_sms
    smsc.answers = [THROTTLED] * 100
    for wait_s in (0, *RETRY_S):
        night.clock[0] += wait_s * 1000
        sending.run(night.bench)
    rows = night.centre.rows("SELECT state, tries, why, sealed FROM message WHERE kind = 'alert'")
    assert set(rows) == {("failed", len(RETRY_S) + 1, "throttled", b"")}
    assert escalate(night.bench) is False
    asked = night.centre.rows("SELECT contact, kind FROM task WHERE done_ms IS NULL ORDER BY id")
    assert (night.world.contacts[1], "call") in asked
    escalate(night.bench)
    assert len(night.centre.rows("SELECT contact FROM task WHERE done_ms IS NULL")) == len(asked)


def test_a_killed_job_sends_again_under_the_same_name_after_its_lease(
    with_sms: tuple[Night, Sending], smsc: Smsc
) -> None:
    night, sending = with_sms
    with night.centre.engine.begin() as connection:  # claimed by a process that is gone
        sql = "UPDATE message SET state = 'sending', next_ms = ? WHERE kind = 'alert'"
        run(connection, sql, (night.clock[0] + LEASE_MS,))
    sending.run(night.bench)
    assert smsc.taken == []
    night.clock[0] += LEASE_MS
    sending.run(night.bench)
    assert len(smsc.texts()) == 2


def test_the_outbox_holds_no_number_and_no_text_in_clear(with_sms: tuple[Night, Sending]) -> None:
    night, _ = with_sms
    sealed = b"".join(row[0] for row in night.centre.rows("SELECT sealed FROM message"))
    assert sealed and b"900000102" not in sealed and "bạn".encode() not in sealed
    for table in ("release", "reach", "message", "exposure_entry", "audit", "task", "contact"):
        rows = repr(night.centre.rows(f"SELECT * FROM {table}"))
        assert BY_PHONE.number not in rows and "900000102" not in rows and "THỬ" not in rows


def test_a_browser_subscribes_by_showing_a_pass_and_nothing_else(night: Night) -> None:
    client, folder = night.officer("head").application.test_client(), night.centre.ring.folder
    assert client.get("/push/key").status_code == 404
    with night.centre.engine.begin() as connection:
        say_ready(connection, Carriers({"push": PushCarrier(folder, "mailto:yte@example.vn")}))
        issued = issue_pass(connection, night.centre.ring, bytes(16), 30, 0, None, night.clock[0])
    assert len(client.get("/push/key").get_json()["key"]) == 87  # 65 bytes
    where = json.loads(Browser().subscription(1)) | {"endpoint": "https://fcm.googleapis.com/x"}
    strange = encode_pass(Pass(bytes(16), night.clock[0] // 1000 + 60, 0), SigningKey(b"s" * 32))
    for body, reason in (
        ({"pass": strange, "subscription": where}, "bad_pass"),
        ({"pass": issued.text, "subscription": where | {"endpoint": "https://10.0.0.1/"}}, "bad_address"),
        ({"pass": issued.text}, "bad_request"),
        (None, "bad_request"),
    ):
        answer = client.post("/push/subscribe", json=body)
        assert (answer.status_code, answer.get_json()) == (400, {"error": reason})
    for _ in range(2):
        assert client.post("/push/subscribe", json={"pass": issued.text, "subscription": where}).status_code == 204
    ((entry, sealed),) = night.centre.rows("SELECT entry, sealed FROM push_subscription")
    assert entry == bytes(8) and b"googleapis" not in sealed


def test_a_browser_that_holds_a_pass_is_told_by_push(night: Night, tmp_path: Path) -> None:
    folder, browser = night.centre.ring.folder, Browser()
    with running_push() as service:
        carriers = Carriers(
            {"push": PushCarrier(folder, "mailto:yte@example.vn", ["127.0.0.1"])}, "https://y-te.example"
        )
        make_sender_key(folder)
        sealed = seal_letter(Letter(browser.subscription(service.port), "", ""), sender_public(folder))
        with night.centre.engine.begin() as connection:
            say_ready(connection, carriers)
            sql = "INSERT INTO push_subscription (entry, sealed, made_ms, ends_ms) VALUES (?, ?, 0, ?)"
            run(connection, sql, (entry_of(BY_PASS.passes[0]), sealed, night.clock[0] + 1))
        night.release(night.propose())
        night.run()
        Sending(carriers).run(night.bench)
    assert "1900 9095" in browser.open(service.got[0][1])
    assert night.states()["push"] == "sent"
