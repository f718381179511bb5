"""record(): one transaction, no number twice, no nonce twice, no key lost with its record."""

import pytest

from store import meta, visits
from store.db import Damaged, StoreError, draw_epoch
from store.epochs import current_epoch, last_of, tail_of_current
from store.recorder import KEY_LIFE_MS, Entry, Recorder
from tests.unit.store.desk import Desk, check_chain, desk_in, make_visit, send_all, write
from wire.envelope import MAX_COUNTER, ClockQuality, parse
from wire.records import DeviceEvent, Direction, Visit


def _nonces(desk: Desk) -> list[tuple[int, int]]:
    rows = desk.open().execute("SELECT sealed FROM outbox ORDER BY place").fetchall()
    return [(sealed.key_id, sealed.counter) for (data,) in rows if (sealed := parse(data))]


def _refuse_visits(desk: Desk) -> None:
    """From now on the database refuses the visit row, after the outbox row went in: the transaction is rolled back."""
    desk.open().execute("CREATE TRIGGER refuse BEFORE INSERT ON visit BEGIN SELECT RAISE(ABORT, 'not now'); END")


def _allow_visits(desk: Desk) -> None:
    desk.open().execute("DROP TRIGGER refuse")


def test_a_visit_and_its_sealed_row_are_there_together_or_not_at_all(desk: Desk) -> None:
    recorder = desk.recorder(desk.open())
    write(recorder, 3)
    _refuse_visits(desk)
    with pytest.raises(StoreError) as error:
        recorder.record(make_visit(4))
    assert error.value.reason == "store_failed"
    counts = desk.open().execute("SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM visit)").fetchone()
    assert counts == (3, 3)


def test_records_of_one_group_are_there_together_or_not_at_all(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    group = [Entry(make_visit(i), bytes(16)) for i in (1, 2, 3)]
    assert [written.seq for written in recorder.record_all(group)] == [1, 2, 3]
    desk.open().execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON visit WHEN NEW.place & 7 = 5 BEGIN SELECT RAISE(ABORT, 'not now'); END"
    )
    with pytest.raises(StoreError):
        recorder.record_all(group)
    assert store.execute("SELECT count(*) FROM outbox").fetchone() == (3,)
    _allow_visits(desk)
    assert [written.seq for written in recorder.record_all(group)] == [4, 5, 6]
    assert len(set(_nonces(desk))) == 6
    assert check_chain(store, current_epoch(store)) == 6
    assert len(send_all(store, current_epoch(store))) == 6


def test_a_group_never_passes_the_end_of_its_key(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    store.execute("PRAGMA synchronous=OFF")
    for first in range(0, MAX_COUNTER + 100, 100):
        recorder.record_all([Entry(make_visit(first + i)) for i in range(100)])
    most = store.execute("SELECT count(*) FROM outbox GROUP BY key_id ORDER BY 1 DESC").fetchall()
    assert most == [(MAX_COUNTER // 100 * 100,), (200,)]


def test_seq_has_no_gap_after_a_rollback(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    write(recorder, 2)
    _refuse_visits(desk)
    with pytest.raises(StoreError):
        recorder.record(make_visit(3))
    _allow_visits(desk)
    assert [w.seq for w in write(recorder, 3, 3)] == [3, 4, 5]
    assert check_chain(store, current_epoch(store)) == 5
    assert len(send_all(store, current_epoch(store))) == 5


def test_a_nonce_is_never_used_twice_though_its_seq_comes_again(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    write(recorder, 1)
    sealed_in_vain = []

    def spy(statement: str) -> None:
        if statement.startswith("INSERT INTO outbox") and "x'" in statement:
            sealed_in_vain.append(parse(bytes.fromhex(statement.rsplit("x'", 1)[1].split("'")[0])))

    store.connection.set_trace_callback(spy)
    _refuse_visits(desk)
    for _ in range(5):
        with pytest.raises(StoreError):
            recorder.record(make_visit(2))
    _allow_visits(desk)
    write(recorder, 2, 2)
    store.connection.set_trace_callback(None)
    used = [(sealed.key_id, sealed.counter) for sealed in sealed_in_vain]
    assert [s.envelope.seq for s in sealed_in_vain[:5]] == [2] * 5
    assert len(used) == len(set(used)) == 7


def test_a_nonce_is_never_used_twice_when_another_process_took_the_number(desk: Desk) -> None:
    first, second = desk.recorder(desk.open()), desk.recorder(desk.open())
    for i in range(1, 21):
        write(first, 1, i)
        write(second, 1, 100 + i)
    nonces = _nonces(desk)
    assert len(set(nonces)) == len(nonces) == 40
    assert check_chain(desk.stores[0], current_epoch(desk.stores[0])) == 40
    assert len(send_all(desk.stores[0], current_epoch(desk.stores[0]))) == 40


def test_a_wrapped_key_is_committed_before_its_first_use(desk: Desk) -> None:
    recorder = desk.recorder(desk.open())
    _refuse_visits(desk)
    with pytest.raises(StoreError):
        recorder.record(make_visit(1))
    # The record was rolled back; its key was not: whatever is sealed under it later can be opened.
    assert desk.open().execute("SELECT count(*) FROM content_key").fetchone() == (1,)


def test_a_record_without_its_key_is_refused_by_the_database(desk: Desk) -> None:
    store = desk.open()
    write(desk.recorder(store), 1)
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.execute("UPDATE outbox SET key_id = 5")


def test_keys_are_renewed_each_hour_each_4096_records_and_each_start(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)

    def keys() -> int:
        return int(store.execute("SELECT count(*) FROM content_key").fetchone()[0])

    write(recorder, 3)
    assert keys() == 1
    desk.now_ms += KEY_LIFE_MS
    write(recorder, 2)
    assert keys() == 2
    store.execute("PRAGMA synchronous=OFF")
    write(recorder, MAX_COUNTER - 2)
    assert keys() == 2
    write(recorder, 1)
    assert keys() == 3
    write(desk.recorder(store), 1)
    assert keys() == 4


def test_a_new_epoch_is_followed_by_every_writer_with_new_keys(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    before = write(recorder, 2)[0].epoch
    other = desk.open()
    with other.transaction():
        draw_epoch(other, "receipt_ahead")
    written = write(recorder, 2, 3)
    assert [w.seq for w in written] == [1, 2]
    assert written[0].epoch == current_epoch(store) != before
    assert len(send_all(store, before)) == len(send_all(store, written[0].epoch)) == 2


def test_every_new_database_begins_its_own_epoch(desk: Desk, tmp_path: object) -> None:
    epochs = set()
    for i in range(5):
        with desk_in(desk.folder / str(i)) as other:
            epochs.add(current_epoch(other.open()))
    assert len(epochs) == 5


def test_a_row_written_with_the_clock_unset_has_no_age(desk: Desk) -> None:
    recorder = desk.recorder(desk.open())
    desk.clock = ClockQuality.UNSET
    write(recorder, 1)
    desk.clock = ClockQuality.HOLDOVER
    write(recorder, 1)
    assert desk.open().execute("SELECT made_ms > 0 FROM outbox").fetchall() == [(0,), (1,)]


def test_owed_events_are_recorded_once(desk: Desk) -> None:
    store = desk.open()
    facts = '{"epoch": "00", "from": 1, "through": 2}'
    store.execute("INSERT INTO owed_event (name, facts) VALUES ('lost', ?), ('lost', ?)", (facts, facts))
    recorder = desk.recorder(store)
    assert (recorder.pay_owed_events(), recorder.pay_owed_events()) == (2, 0)
    event = DeviceEvent("lost", {"epoch": "00", "from": 1, "through": 2})
    assert list(send_all(store, current_epoch(store)).values()) == [event, event]


def test_a_busy_database_is_a_named_fault_and_then_goes_on(desk: Desk) -> None:
    store, other = desk.open(), desk.open()
    recorder = desk.recorder(store)
    write(recorder, 1)
    store.execute("PRAGMA busy_timeout=50")
    with other.transaction():
        other.execute("UPDATE epoch SET drawn_ms = 1")
        with pytest.raises(StoreError) as error:
            recorder.record(make_visit(2))
        assert error.value.reason == "store_failed"
    assert write(recorder, 1, 2)[0].seq == 2


def test_a_commit_is_seen_by_other_processes(desk: Desk) -> None:
    store, other = desk.open(), desk.open()
    before = other.data_version()
    write(desk.recorder(store), 1)
    assert other.data_version() != before


def test_who_is_inside_is_read_back(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    for direction, people, visitor in ((1, 3, b"a" * 16), (1, 0, b"b" * 16), (2, 0, b"b" * 16), (1, 0, None)):
        visit = Visit(Direction(direction), *(make_visit(1).signal, make_visit(1).identity_kind, "099", (), people))
        recorder.record(visit, visitor=visitor)
    assert {(v.visitor, v.direction) for v in visits.last_visits(store, 0)} == {(b"a" * 16, 1), (b"b" * 16, 2)}
    assert visits.occupancy(store, 0) == 4 + 1 - 1 + 1


def test_facts_are_kept(desk: Desk) -> None:
    store = desk.open()
    assert meta.get(store, "x") is None
    meta.put(store, "x", "1")
    meta.put(store, "x", "2")
    assert meta.get(desk.open(), "x") == "2"


def test_a_file_that_is_no_database_is_damaged(desk: Desk) -> None:
    desk.folder.mkdir(parents=True)
    (desk.folder / "gatepost.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(Damaged):
        desk.open()


def test_the_tail_is_that_of_the_current_epoch(desk: Desk) -> None:
    store = desk.open()
    written = write(desk.recorder(store), 3)[-1]
    tail = tail_of_current(store)
    assert (tail.epoch, tail.last_seq, tail.head) == (written.epoch, *last_of(store, written.epoch))


def test_a_forgetful_clock_does_not_keep_keys_for_ever(desk: Desk) -> None:
    store = desk.open()
    recorder: Recorder = desk.recorder(store)
    write(recorder, 1)
    desk.now_ms -= 500  # the monotonic clock of another boot, say: less than where the keys were born
    write(recorder, 1)
    assert store.execute("SELECT count(*) FROM content_key").fetchone() == (2,)
