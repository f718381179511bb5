"""What the centre takes, keeps apart and refuses, on SQLite and on PostgreSQL."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parts.centre import NOW_MS, Centre, total_new
from tests.parts.devices import SyntheticDevice, make_visit
from wire.batch import encode_batch
from wire.envelope import ClockQuality, parse
from wire.records import DeviceEvent, Feedback, IdentityKind, Visit
from wire.refusal import Refused


def test_a_batch_becomes_visits_and_a_receipt(centre: Centre) -> None:
    device = centre.device()
    (outcome,) = centre.take(device.batch(1, 200))
    assert (outcome.new, outcome.rejected, outcome.refused) == (200, 0, None)
    receipt = centre.receipt(device)
    assert (receipt.through_seq, receipt.missing, receipt.opened_through) == (200, (), 200)
    assert centre.one("SELECT count(*) FROM visit WHERE venue = 'v-cho-mau'") == 200


def test_a_duplicate_changes_nothing_and_is_answered(centre: Centre) -> None:
    device = centre.device()
    centre.take(device.batch(1, 50))
    first = centre.receipt(device)
    (outcome,) = centre.take(device.batch(1, 50))
    assert (outcome.new, outcome.duplicates) == (0, 50)
    second = centre.receipt(device)
    assert second.order > first.order
    assert (second.through_seq, centre.one("SELECT count(*) FROM raw_record")) == (50, 50)


def test_batches_in_any_order_fill_the_gaps(centre: Centre) -> None:
    device = centre.device()
    centre.take(device.batch(41, 20))
    assert (centre.receipt(device).through_seq, centre.receipt(device).missing) == (0, ((1, 40),))
    centre.take(device.batch(1, 20))
    assert (centre.receipt(device).through_seq, centre.receipt(device).missing) == (20, ((21, 40),))
    centre.take(device.batch(15, 30))
    assert (centre.receipt(device).through_seq, centre.receipt(device).missing) == (60, ())
    assert centre.one("SELECT count(*) FROM visit") == 60
    assert centre.one("SELECT count(*) FROM alarm") == 0


def test_many_batches_share_one_commit_and_one_receipt(centre: Centre) -> None:
    device, other = centre.device(), centre.device("t-gate-2")
    outcomes = centre.take(*device.batches(100, 10), other.batch(1, 5))
    assert total_new(outcomes) == 105
    assert (centre.receipt(device).n, centre.receipt(device).through_seq) == (1, 100)
    assert centre.receipt(other).through_seq == 5


def test_a_cloned_card_is_kept_apart_and_alarmed(centre: Centre) -> None:
    device = centre.device()
    clone = SyntheticDevice(
        device.device, ingest=centre.ring.root().recipients["ingest"], epoch=device.epoch, start_ms=NOW_MS
    )
    centre.take(device.batch(1, 10))
    (outcome,) = centre.take(clone.batch(1, 12))
    assert (outcome.conflicts, outcome.new) == (10, 2)
    assert centre.one("SELECT count(*) FROM conflict") == 10
    assert centre.one("SELECT count(*) FROM raw_record") == 12
    assert centre.rows("SELECT sealed FROM raw_record WHERE seq = 1") == [(device.sealed[0],)]
    assert centre.rows("SELECT sealed FROM conflict WHERE seq = 1") == [(clone.sealed[0],)]
    assert centre.rows("SELECT kind, device FROM alarm") == [("cloned_card", device.device)]
    centre.take(clone.batch(1, 12))
    assert centre.one("SELECT count(*) FROM conflict") == 10


def test_a_poison_record_is_rejected_and_the_rest_goes_on(centre: Centre) -> None:
    device = centre.device()
    for _ in range(3):
        device.add(make_visit(1))
    device.add_raw(b"\xff no record at all")
    device.add_raw(b"")
    device.add(make_visit(2))
    (outcome,) = centre.take(device.batch(1, 6))
    assert (outcome.new, outcome.rejected) == (6, 2)
    receipt = centre.receipt(device)
    assert (receipt.through_seq, receipt.rejected) == (6, ((4, "malformed"), (5, "malformed")))
    assert centre.rows("SELECT sealed FROM raw_record WHERE seq = 4") == [(b"\xff no record at all",)]
    assert centre.one("SELECT count(*) FROM visit") == 4


def test_a_record_at_another_place_is_rejected(centre: Centre) -> None:
    device = centre.device()
    device.add(make_visit(1))
    device.add_raw(device.sealed[0])
    centre.take(device.batch(1, 2))
    assert centre.receipt(device).rejected == ((2, "wrong_seq"),)


def test_a_record_of_a_newer_schema_is_kept_sealed(centre: Centre) -> None:
    device = centre.device()

    class LaterVisit(Visit):
        SCHEMA = Visit.SCHEMA + 1

    device.add(LaterVisit(**{name: getattr(make_visit(1), name) for name in Visit.__slots__}))
    device.add(make_visit(2))
    (outcome,) = centre.take(device.batch(1, 2))
    assert (outcome.kept, outcome.rejected) == (1, 0)
    assert centre.receipt(device).through_seq == 2
    assert centre.receipt(device).rejected == ()
    assert centre.rows("SELECT status, reason FROM raw_record WHERE seq = 1") == [("kept", "newer_schema")]


def test_other_known_records_are_opened_and_kept_raw(centre: Centre) -> None:
    device = centre.device()
    device.add(Feedback(topic="queue", rating=4, words="Cảm ơn"))
    centre.take(device.batch(1, 1))
    assert centre.rows("SELECT status FROM raw_record") == [("opened",)]
    assert centre.one("SELECT count(*) FROM visit") == 0


def test_a_record_whose_key_is_missing_is_rejected_with_no_key(centre: Centre) -> None:
    device = centre.device()
    bare = replace(device.cut(1, 5), keys=())
    centre.take(encode_batch(bare, device.key))
    assert {reason for _, reason in centre.receipt(device).rejected} == {"no_key"}
    assert centre.receipt(device).through_seq == 5


def test_a_key_that_an_earlier_batch_brought_serves_a_later_one(centre: Centre) -> None:
    device = centre.device()
    centre.take(device.batch(1, 5))
    (outcome,) = centre.take(encode_batch(replace(device.cut(6, 5), keys=()), device.key))
    assert (outcome.new, outcome.rejected) == (5, 0)


def test_a_record_sealed_to_somebody_else_is_rejected(centre: Centre) -> None:
    stranger = SyntheticDevice("t-gate-1")
    centre.register(stranger)
    centre.take(stranger.batch(1, 3))
    assert centre.receipt(stranger).rejected == tuple((seq, "cannot_open") for seq in (1, 2, 3))


def test_a_broken_chain_is_alarmed_and_stored(centre: Centre) -> None:
    device = centre.device()
    centre.take(device.batch(1, 10))
    torn = replace(device.cut(11, 10), h_before=bytes(32))
    (outcome,) = centre.take(encode_batch(torn, device.key))
    assert outcome.new == 10
    assert centre.rows("SELECT kind, device FROM alarm") == [("chain_broken", device.device)]
    assert centre.receipt(device).through_seq == 20


def test_a_chain_that_holds_but_does_not_join_its_neighbour_is_alarmed(centre: Centre) -> None:
    device = centre.device()
    centre.take(device.batch(1, 10))
    other = SyntheticDevice(
        device.device, ingest=centre.ring.root().recipients["ingest"], epoch=device.epoch, start_ms=NOW_MS
    )
    (outcome,) = centre.take(other.batch(11, 5))
    assert (outcome.new, outcome.conflicts) == (5, 0)
    assert centre.rows("SELECT kind FROM alarm") == [("chain_broken",)]


def test_a_revoked_devices_batches_are_kept_apart_and_get_no_receipt(centre: Centre) -> None:
    device = centre.device()
    centre.register(device, "revoked")
    (outcome,) = centre.take(device.batch(1, 10))
    assert outcome.refused == "revoked_device"
    assert centre.receipts == {}
    assert centre.one("SELECT count(*) FROM raw_record") == 0
    assert centre.rows("SELECT device, message FROM quarantine") == [(device.device, device.batch(1, 10))]


def test_an_unknown_signers_messages_are_bounded(centre: Centre) -> None:
    strangers = [SyntheticDevice("t-stranger", seed=i).batch(1, 1) for i in range(260)]
    for start in range(0, 260, 20):
        centre.take(*strangers[start : start + 20])
    assert centre.one("SELECT count(*) FROM quarantine") == 256
    assert centre.one("SELECT count FROM refusal WHERE reason = 'quarantine_full'") == 4


def test_a_batch_on_another_devices_topic_is_refused_and_alarmed(centre: Centre) -> None:
    device = centre.device()
    (outcome,) = centre.take(device.batch(1, 5), topic="t-thief")
    assert outcome.refused == "topic_mismatch"
    assert centre.rows("SELECT kind, device FROM alarm") == [("topic_mismatch", "t-thief")]
    assert centre.one("SELECT count(*) FROM raw_record") == 0


def test_a_batch_that_names_another_device_is_refused_and_alarmed(centre: Centre) -> None:
    device = centre.device()
    stolen = encode_batch(replace(device.cut(1, 5), device="t-gate-2"), device.key)
    assert centre.take(stolen)[0].refused == "foreign_batch"
    assert centre.rows("SELECT kind, device FROM alarm") == [("foreign_batch", device.device)]


def test_an_altered_batch_is_refused(centre: Centre) -> None:
    device = centre.device()
    message = bytearray(device.batch(1, 5))
    message[-1] ^= 1
    assert centre.take(bytes(message))[0].refused == "bad_signature"
    assert centre.rows("SELECT reason, count FROM refusal") == [("bad_signature", 1)]


def test_a_tombstone_accounts_for_its_range(centre: Centre) -> None:
    device = centre.device()
    for i in range(1, 9):
        device.add(make_visit(i))
    device.add(DeviceEvent("expired", {"epoch": device.epoch.hex(), "from": 1, "through": 8}))
    centre.take(device.batch(9, 1))
    receipt = centre.receipt(device)
    assert (receipt.through_seq, receipt.missing) == (9, ())
    assert centre.rows("SELECT kind, detail FROM alarm") == [("records_expired", "8 records")]


def test_a_tombstone_of_an_older_epoch_is_answered_for_that_epoch(centre: Centre) -> None:
    device = centre.device()
    old = hashlib.sha256(b"the epoch before").digest()[:8]
    device.add(DeviceEvent("lost", {"epoch": old.hex(), "from": 1, "through": 700}))
    centre.take(device.batch(1, 1))
    assert centre.receipts[device.device, old].through_seq == 700
    assert centre.receipt(device).through_seq == 1


@pytest.mark.parametrize(
    "facts", [{}, {"epoch": "zz", "from": 1, "through": 2}, {"epoch": "00" * 8, "from": 5, "through": 2}]
)
def test_a_senseless_tombstone_is_alarmed_and_passed_over(centre: Centre, facts: dict[str, object]) -> None:
    device = centre.device()
    device.add(DeviceEvent("lost", facts))
    centre.take(device.batch(1, 1))
    assert centre.rows("SELECT kind FROM alarm") == [("bad_event",)]
    assert centre.receipt(device).through_seq == 1


@pytest.mark.parametrize("late", [False, True])
def test_a_clock_event_corrects_the_stamps_of_its_boot(centre: Centre, late: bool) -> None:
    device = centre.device()
    for i in (1, 2):
        device.add(make_visit(i), at_ms=1000 * i, clock=ClockQuality.UNSET)
    device.add(DeviceEvent("clock", {"boot": device.boot.hex(), "offset_ms": 1_790_000_000_000}))
    device.add(make_visit(3), at_ms=1_790_000_004_000, clock=ClockQuality.SYNCED)
    order = (device.batch(3, 2), device.batch(1, 2)) if late else (device.batch(1, 2), device.batch(3, 2))
    for message in order:
        centre.take(message)
    assert centre.rows("SELECT seq, at_ms FROM visit ORDER BY seq") == [
        (1, 1_790_000_001_000),
        (2, 1_790_000_002_000),
        (4, 1_790_000_004_000),
    ]


def test_two_clock_events_each_correct_what_came_since_the_other(centre: Centre) -> None:
    device = centre.device()
    for offset in (5000, 70):
        device.add(make_visit(1), at_ms=1000, clock=ClockQuality.HOLDOVER)
        device.add(DeviceEvent("clock", {"boot": device.boot.hex(), "offset_ms": offset}))
    centre.take(device.batch(4, 1))
    centre.take(device.batch(1, 3))
    assert centre.rows("SELECT seq, at_ms FROM visit ORDER BY seq") == [(1, 6000), (3, 1070)]


def test_no_table_holds_an_identity_in_clear(centre: Centre) -> None:
    device = centre.device(full=True)
    centre.take(device.batch(1, 20))
    secrets = [make_visit(i).identity for i in range(1, 21)] + ["Trần Văn Thử", "Phố Giả Định"]
    tables = ("visit", "raw_record", "device_event", "stream", "alarm", "wrapped_key")
    dump = b"".join(_flat(row) for table in tables for row in centre.rows(f"SELECT * FROM {table}"))
    assert not any(secret.encode() in dump for secret in secrets)
    persons = {row[0] for row in centre.rows("SELECT person FROM visit")}
    assert len(persons) == 10
    assert all(len(person) == 16 for person in persons)


def test_a_visit_without_identity_has_no_pseudonym(centre: Centre) -> None:
    device = centre.device()
    device.add(replace(make_visit(1), identity_kind=IdentityKind.NONE, identity=""))
    centre.take(device.batch(1, 1))
    assert centre.rows("SELECT person FROM visit") == [(None,)]


def test_a_poison_message_does_not_spoil_its_company(centre: Centre) -> None:
    device = centre.device()
    outcomes = centre.take(b"", device.batch(1, 5), b"\xd2" * 70_000, b"\xd2\x84\x40", device.batch(6, 5))
    assert [outcome.refused for outcome in outcomes] == ["malformed", None, "too_large", "malformed", None]
    assert centre.receipt(device).through_seq == 10


def test_a_record_that_is_a_defect_trap_is_set_apart_alone(centre: Centre) -> None:
    """Two visits under one seq cannot be stored: the schema refuses, and the message is set apart, not its company."""
    device, good = centre.device(), centre.device("t-gate-2")
    centre.take(device.batch(1, 3))
    with centre.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM raw_record")
    outcomes = centre.take(device.batch(1, 3), good.batch(1, 4))
    assert [outcome.refused for outcome in outcomes] == ["ingest_defect", None]
    assert centre.one("SELECT count(*) FROM quarantine") == 1
    assert centre.receipt(good).through_seq == 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=300), at=st.integers(0, 2000), flip=st.integers(0, 255))
def test_no_bytes_crash_or_stall_it(centre: Centre, noise: bytes, at: int, flip: int) -> None:
    device = SyntheticDevice("t-gate-1", ingest=centre.ring.root().recipients["ingest"])
    centre.register(device)
    changed = bytearray(device.batch(1, 3))
    changed[at % len(changed)] ^= flip
    device.add_raw(noise)
    with_noise = device.batch(1, len(device.sealed))
    outcomes = centre.take(noise, bytes(changed), with_noise)
    assert len(outcomes) == 3
    assert outcomes[2].refused is None


def test_records_can_be_taken_apart_again_from_what_is_stored(centre: Centre) -> None:
    device = centre.device()
    centre.take(device.batch(1, 3))
    for (sealed,) in centre.rows("SELECT sealed FROM raw_record"):
        try:
            parse(sealed)
        except Refused as refusal:
            pytest.fail(str(refusal))


def _flat(row: tuple[object, ...]) -> bytes:
    return b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
