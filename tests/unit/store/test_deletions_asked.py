"""A person asked: the kiosk destroys the records that a signed list names, answers, and its numbers and chain go on."""

import json

import pytest

from store import bulletins, retention
from store.db import Store
from store.deletions import destroy_asked
from tests.unit.store.desk import DAY_MS, DEVICE, START_MS, Desk, receive, send_all, write
from wire.bulletin import Bulletin
from wire.deletions import EVENT, KIND, NAME, Doomed, deletions_body, read_deletions
from wire.envelope import ClockQuality
from wire.records import DeviceEvent
from wire.refusal import Refused


def ask(store: Store, *doomed: Doomed, version: int = 1, scope: str = f"device-{DEVICE}") -> None:
    """Keep the list as the sync agent does once it was judged."""
    body = deletions_body(doomed)
    told = Bulletin(KIND, scope, NAME, version, START_MS, START_MS + 60 * DAY_MS, body)
    bulletins.keep(store, told, b"signed", START_MS)


def places(store: Store, table: str = "outbox") -> list[int]:
    return [row[0] & 0xFFFF for row in store.execute(f"SELECT place FROM {table} ORDER BY place").fetchall()]


def test_the_named_records_go_with_their_pseudonyms_and_the_rest_stays(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 6)[0].epoch
    receive(store, epoch, 6, 1)
    ask(store, Doomed(epoch, 2, 3), Doomed(epoch, 5, 5))
    assert retention.purge(store, retention.Limits(), ClockQuality.SYNCED).asked == 3
    assert (places(store), places(store, "visit")) == ([1, 4, 6], [1, 4, 6])
    assert destroy_asked(store) == 0, "it was done already"


def test_the_answer_names_the_range_and_goes_up_like_any_record(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    epoch = write(recorder, 3)[0].epoch
    receive(store, epoch, 3, 1)
    ask(store, Doomed(epoch, 1, 2))
    destroy_asked(store)
    assert recorder.pay_owed_events() == 1
    sent = send_all(store, epoch)
    assert list(sent) == [4]
    event = sent[4]
    assert isinstance(event, DeviceEvent)
    assert (event.name, event.facts) == (EVENT, {"epoch": epoch.hex(), "from": 1, "through": 2})


def test_the_newest_record_waits_so_that_no_number_is_given_twice(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    epoch = write(recorder, 2)[0].epoch
    receive(store, epoch, 2, 1)
    ask(store, Doomed(epoch, 2, 2))
    assert (destroy_asked(store), places(store)) == (0, [1, 2])
    assert store.execute("SELECT count(*) FROM owed_event").fetchone()[0] == 0, "it answered before the deed"
    assert write(desk.recorder(store), 1)[0].seq == 3
    assert (destroy_asked(store), places(store)) == (1, [1, 3])
    assert write(desk.recorder(store), 1)[0].seq == 4


def test_what_the_limits_had_destroyed_before_is_answered_all_the_same(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 1)[0].epoch
    ask(store, Doomed(b"other ep", 1, 5), Doomed(epoch, 40, 41))
    assert destroy_asked(store) == 0
    facts = [json.loads(row[0]) for row in store.execute("SELECT facts FROM owed_event").fetchall()]
    assert [(fact["from"], fact["through"]) for fact in facts] == [(1, 5), (40, 41)]


def test_a_restored_centre_gets_the_others_again_and_not_what_was_destroyed(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 5)[0].epoch
    receive(store, epoch, 5, 1)
    ask(store, Doomed(epoch, 2, 2))
    destroy_asked(store)
    receive(store, epoch, 0, 1, generation=2)
    assert sorted(send_all(store, epoch)) == [1, 3, 4, 5]


def test_a_list_for_everybody_is_not_followed(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 3)[0].epoch
    ask(store, Doomed(epoch, 1, 1), scope="all")
    assert (destroy_asked(store), len(places(store))) == (0, 3)


@pytest.mark.parametrize(
    "body", [None, {}, {"deletions": 1}, {"deletions": [[b"short", 1, 2]]}, {"deletions": [[b"12345678", 2, 1]]}]
)
def test_a_list_of_another_form_is_refused(body: object) -> None:
    with pytest.raises(Refused):
        read_deletions(body)


def test_a_list_that_this_version_cannot_read_destroys_nothing(desk: Desk) -> None:
    store = desk.open()
    write(desk.recorder(store), 2)
    told = Bulletin(KIND, f"device-{DEVICE}", NAME, 1, START_MS, START_MS + DAY_MS, {"deletions": ["?"]})
    bulletins.keep(store, told, b"signed", START_MS)
    assert (destroy_asked(store), len(places(store))) == (0, 2)
