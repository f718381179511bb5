"""The whole way on SQLite and on PostgreSQL: proposed, released, sent, looked through by each job, recalled."""

from central.alerts.escalating import escalate, see_gates
from central.alerts.flagging import find_flags
from central.alerts.limits import limits
from central.alerts.noticing import tell_looks
from central.alerts.public import feed, propose_notice, release_notice
from central.alerts.recalling import recall_case
from central.alerts.senders import Carriers
from central.alerts.sending import Sending, say_ready
from central.alerts.sweeping import sweep
from tests.integration.central.alerts.conftest import Night
from tests.integration.central.alerts.test_public import FEW, _pass, fill, naming
from tests.integration.central.alerts.test_release import exposed_ms
from tests.parts.exposed import BY_PASS, DAY_MS
from wire.records import Signal


class Kept:
    """A carrier that hands nothing over: what is tested here is the outbox's SQL."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def send(self, letter: object, number: int) -> str:
        self.names.append(f"m{number}")
        return self.names[-1]

    def receipts(self) -> list[tuple[str, bool]]:
        return [(name, True) for name in self.names]

    def close(self) -> None:
        """Nothing is open."""


def test_a_release_goes_its_whole_way(night: Night) -> None:
    kept = Kept()
    carriers = Carriers({"sms": kept}, "https://y-te.example")
    with night.centre.engine.begin() as connection:
        say_ready(connection, carriers)
    number = night.propose()
    assert night.release(number) == 303
    night.run()
    assert exposed_ms(night, BY_PASS.passes[0]) is not None
    sending = Sending(carriers)
    for _ in range(3):
        sending.run(night.bench)
    assert (len(kept.names), night.states()["sms"]) == (2, "delivered")
    _pass(night, night.centre.device("t-gate-2"), night.clock[0] + 1000, Signal.ASK)
    night.clock[0] += limits().quiet_ms
    for job in (see_gates, escalate, find_flags, sweep, tell_looks):
        while job(night.bench):
            pass
    told = dict(night.centre.rows("SELECT id, reached_by FROM contact"))
    assert [told[one] for one in night.world.contacts] == ["gate", "sms", "sms", None]
    later = night.officer("head", "next-day")  # yesterday's session is over
    page = later.get(f"/alerts/{number}?lang=en").get_data(as_text=True)
    assert "Sent" in page and "arrived" in page
    assert later.get("/alerts").status_code == 200
    with night.centre.engine.begin() as connection:
        recall_case(connection, night.centre.ring, night.world.case, night.clock[0])
    night.run()
    sending.run(night.bench)
    assert (exposed_ms(night, BY_PASS.passes[0]), len(kept.names)) == (None, 4)


def test_a_place_is_named_and_goes(night: Night) -> None:
    fill(night, 5)
    with night.centre.engine.begin() as connection:
        number = propose_notice(connection, naming(night), FEW, night.clock[0])
        release_notice(connection, number, "b", night.clock[0])
        assert [row[0] for row in feed(connection, night.clock[0])] == ["Chợ Mẫu"]
        assert feed(connection, night.clock[0] + 8 * DAY_MS) == []
    assert night.officer("case_officer").get("/alerts/public").status_code == 200
    assert night.officer("case_officer").get("/alerts/flags").status_code == 200
