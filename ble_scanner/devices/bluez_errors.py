"""Errors of D-Bus, BlueZ and bleak -> RadioFailed with one of the reasons that a technician is told.

Names: doc/org.bluez.Adapter.rst of BlueZ, and the D-Bus specification. Texts of errors may hold addresses, so only the
name goes on.
"""

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError, BleakError
from dbus_fast import AuthError, DBusError

from ble_scanner.radio import RadioFailed, Reason

# What ending a session raises whose adapter, service or bus is gone; bleak asserts that its bus is there.
GONE = (BleakError, DBusError, AuthError, OSError, EOFError, AssertionError)
_DBUS, _BLUEZ = "org.freedesktop.DBus.Error.", "org.bluez.Error."
_NAMED: dict[str, Reason] = {
    _DBUS + "ServiceUnknown": "no_bluez",
    _DBUS + "NameHasNoOwner": "no_bluez",
    _DBUS + "Spawn.ServiceNotFound": "no_bluez",
    _DBUS + "Disconnected": "no_bluez",
    _DBUS + "UnknownObject": "no_adapter",
    _DBUS + "UnknownInterface": "no_adapter",
    _DBUS + "AccessDenied": "no_permission",
    _DBUS + "AuthFailed": "no_permission",
    _DBUS + "NoReply": "no_answer",
    _DBUS + "Timeout": "no_answer",
    _BLUEZ + "NoSuchAdapter": "no_adapter",
    _BLUEZ + "NotAuthorized": "no_permission",
    _BLUEZ + "NotPermitted": "no_permission",
    _BLUEZ + "Blocked": "blocked",
    _BLUEZ + "NotReady": "not_ready",
    _BLUEZ + "InProgress": "in_progress",
    _BLUEZ + "Busy": "in_progress",
}
_UNAVAILABLE: dict[BleakBluetoothNotAvailableReason, Reason] = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: "no_adapter",
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: "no_adapter",
    BleakBluetoothNotAvailableReason.POWERED_OFF: "not_ready",
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: "no_permission",
}


def named(error_name: str) -> RadioFailed:
    """A failure that came as the name of a D-Bus error."""
    return RadioFailed(_NAMED.get(error_name, "failed"), error_name)


def failure(error: BaseException) -> RadioFailed:
    """A failure that came as an exception of bleak, dbus-fast or the socket below."""
    match error:
        case RadioFailed():
            return error
        case BleakDBusError():
            return named(error.dbus_error)
        case DBusError():
            return named(error.type)
        case BleakBluetoothNotAvailableError():
            return RadioFailed(_UNAVAILABLE.get(error.reason, "failed"), error.reason.name)
        case AuthError() | PermissionError():
            return RadioFailed("no_permission", type(error).__name__)
        case TimeoutError():
            return RadioFailed("no_answer", "TimeoutError")
        case OSError() | EOFError():
            return RadioFailed("no_bluez", type(error).__name__)
        case _:
            return RadioFailed("failed", type(error).__name__)
