"""PURE. What the data of a manufacturer may be: Apple's iBeacon and overflow area, anybody's AltBeacon, Bluezone.

iBeacon and AltBeacon by the layouts of AltBeacon/android-beacon-library (BeaconParser.java) and AltBeacon/spec:
big-endian, the power at 1 m behind the identifiers. AltBeacon goes by BE AC, whoever the company is; its reserved byte
may be missing and is then 0.

The overflow area is where an iPhone advertises the services of apps in the background: 01, then one bit of 128 for
each service. Bluezone's is bit 08 of the first byte (BluezoneGlobal/react-native-bluetooth-scan), and a hint only:
services of other apps may share it, so that nothing but reading the phone's identifier tells.
"""

from ble_scanner.sighting import Sighting

_APPLE = 0x004C
BLUEZONE = 0x22B5
BLUEZONE_ID_BYTES = 12
_IDENTIFIER = slice(2, 22)
_POWER_AT, _RESERVED_AT = 22, 23
_OVERFLOW, _OVERFLOW_BYTES, _BLUEZONE_BIT = 0x01, 17, 0x08


def read_manufacturer(company: int, data: bytes, power: int | None) -> Sighting | None:
    """What one manufacturer structure is by itself; None where it is nothing of ours. `power`: what the advertisement
    names outside it, dBm."""
    if data[:2] == b"\xbe\xac" and len(data) > _POWER_AT:
        reserved = data[_RESERVED_AT : _RESERVED_AT + 1] or b"\0"
        return Sighting("altbeacon", data[_IDENTIFIER], _signed(data[_POWER_AT]), reserved)
    if company != _APPLE:
        return None
    if data[:2] == b"\x02\x15" and len(data) > _POWER_AT:
        return Sighting("ibeacon", data[_IDENTIFIER], _signed(data[_POWER_AT]))
    if len(data) >= _OVERFLOW_BYTES and data[0] == _OVERFLOW and data[1] & _BLUEZONE_BIT:
        return Sighting("bluezone-ios", power=power)
    return None


def _signed(byte: int) -> int:
    return (byte ^ 0x80) - 0x80
