"""What a BlueZ device says becomes sightings; what is repeated costs little and means the same."""

from typing import Any

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError, BleakError
from dbus_fast import AuthError
from dbus_fast.errors import DBusError
from hypothesis import given
from hypothesis import strategies as st

from ble_scanner.beacon import parse_payload
from ble_scanner.devices.bluez_errors import failure
from ble_scanner.devices.reports import MOST_SENDERS, Reader
from ble_scanner.radio import REASONS, RadioFailed, Reason
from ble_scanner.sighting import Sighting
from tests.parts.fake_bluez_air import properties

TRACING = "0000fd6f-0000-1000-8000-00805f9b34fb"
PAYLOADS = [
    "0201020303564e0fffb522130cea6472130c185d8643df",
    "020106110767a607add1172fa1c44bf573564e0000",
    "03036ffd17166ffd" + "8be6cd371c5c891604bfbe49df84509672033874",
    "0201060303aafe0d16aafe30e7ec31ae4cb8abc2d8",
    "02011a1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c509",
    "0201061aff4c0002152f234454cf6d4a0fadf2f4911ba9ffa600010002c5",
]


def tracing(identifier: bytes) -> dict[str, Any]:
    return {"ServiceData": {TRACING: identifier + bytes(4)}, "UUIDs": [TRACING], "RSSI": -60}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_bluez_and_the_bare_air_mean_the_same(payload: str) -> None:
    raw = bytes.fromhex(payload)
    told = {name: _plain(value.value) for name, value in properties(raw).items()}
    assert Reader().read("a", told) == parse_payload(raw) != ()


def _plain(value: Any) -> Any:
    return {key: variant.value for key, variant in value.items()} if isinstance(value, dict) else value


def test_a_sender_that_says_something_new_is_read_again() -> None:
    reader = Reader()
    first = reader.read("a", tracing(b"\1" * 16))
    assert reader.read("a", tracing(b"\1" * 16) | {"RSSI": -40}) is first
    assert reader.read("a", tracing(b"\2" * 16)) == (Sighting("exposure-notification", b"\2" * 16, None, bytes(4)),)
    assert reader.read("a", {"RSSI": -40}) == ()
    assert len(reader) == 1


def test_a_connection_that_comes_or_goes_is_not_taken_for_an_advertisement() -> None:
    reader = Reader()
    apart = tracing(b"\1" * 16) | {"Connected": False, "ServicesResolved": False}
    found = reader.read("a", apart)
    assert reader.read("a", apart | {"Connected": True}) is None
    assert reader.read("a", apart | {"Connected": True, "UUIDs": []}) == found
    assert reader.read("a", apart) is None
    assert reader.read("a", apart) == found


def test_two_senders_are_not_taken_for_each_other() -> None:
    reader = Reader()
    assert reader.read("a", tracing(b"\1" * 16)) != reader.read("b", tracing(b"\2" * 16))


def test_a_crowd_of_new_addresses_does_not_grow_the_memory() -> None:
    reader = Reader()
    for number in range(3 * MOST_SENDERS):
        found = reader.read(str(number), tracing(number.to_bytes(16, "big")))
        assert found and found[0].id == number.to_bytes(16, "big")
    assert len(reader) == MOST_SENDERS


@given(st.dictionaries(st.sampled_from(["ManufacturerData", "ServiceData", "UUIDs", "Name", "TxPower"]), st.none()))
def test_what_is_missing_is_no_trouble(props: dict[str, Any]) -> None:
    assert Reader().read("a", props) == ()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (BleakDBusError("org.bluez.Error.InProgress", ["Operation already in progress"]), "in_progress"),
        (BleakDBusError("org.bluez.Error.Blocked", []), "blocked"),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", []), "no_bluez"),
        (DBusError("org.freedesktop.DBus.Error.NoReply", "no reply"), "no_answer"),
        (BleakBluetoothNotAvailableError("x", BleakBluetoothNotAvailableReason.POWERED_OFF), "not_ready"),
        (BleakBluetoothNotAvailableError("x", BleakBluetoothNotAvailableReason.UNKNOWN), "failed"),
        (AuthError("no"), "no_permission"),
        (PermissionError(), "no_permission"),
        (TimeoutError(), "no_answer"),
        (FileNotFoundError(), "no_bluez"),
        (EOFError(), "no_bluez"),
        (BleakError("device 'dev_C0_00_00_00_00_01' not found"), "failed"),
        (RadioFailed("not_ready"), "not_ready"),
    ],
)
def test_each_error_has_a_reason_and_tells_no_address(error: Exception, reason: Reason) -> None:
    failed = failure(error)
    assert failed.reason == reason and "C0_00" not in str(failed)


def test_each_reason_is_said_to_the_technician_in_both_languages() -> None:
    for vietnamese, english in REASONS.values():
        assert vietnamese.endswith((".", "bluetooth")) and english.endswith((".", "bluetooth"))
        assert vietnamese != english
