"""PURE. An Exposure Notification export: diagnosis keys of a region and a span of time, signed by its authority.

- Signed is the whole export.bin, header included (ECDSA on P-256, SHA-256). It verifies when at least one signature of
  export.sig is of a given public key; the names of keys in it are not signed and are not believed.
- An unsigned or wrongly signed export still says what is in it: whoever reads it decides what `verified` is worth. What
  is matched at a venue comes through `case_keys`, and only from an export that verified.
- One bad key spoils the file: a signed file with a key of 15 bytes is a fault of its maker that somebody must hear of.
- Revised keys replace the keys of the same bytes; those that were revoked are left out of `case_keys`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError

from ble_scanner.published.archive import export_files
from ble_scanner.published.export_messages import DEFAULT_PERIOD, TEKSignatureList, TemporaryExposureKeyExport
from wire.case_keys import CaseKey
from wire.ecdsa import P256Key
from wire.refusal import Refused

HEADER = b"EK Export v1    "
MOST_KEYS = 750_000
KEY_BYTES = 16
INTERVAL_S = 600
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
REPORT_TYPES = ("unknown", "confirmed-test", "clinical", "self-report", "recursive", "revoked")
REVOKED = 5
_MOST_SIGNATURES = 16
_MOST_START = 1_000_000_000  # the year 20,983: what a key may name, and a case key can hold


@dataclass(frozen=True, slots=True, repr=False)
class ExportKey:
    """One diagnosis key.

    rolling_start        the first interval of 600 s that it was used in, Unix s // 600
    rolling_period       how many intervals, 1..144
    report_type          a number of REPORT_TYPES, or a newer one
    days_since_onset     of symptoms; None: not told
    revised              it came among the revised keys
    """

    key: bytes
    rolling_start: int
    rolling_period: int
    report_type: int
    transmission_risk: int
    days_since_onset: int | None
    revised: bool


@dataclass(frozen=True, slots=True, repr=False)
class Export:
    """A file as it was published; `start_s` and `end_s` (Unix s) are when its keys reached the authority's server."""

    region: str
    start_s: int
    end_s: int
    batch_num: int
    batch_size: int
    keys: tuple[ExportKey, ...]
    verified: bool


def read_export(archive: bytes, public_keys: Sequence[P256Key]) -> Export:
    """The export of a zip archive. Raises Refused, its detail naming the place.

    bad_archive, too_large: the archive; bad_header, bad_message: export.bin; bad_signature_list: export.sig, or one
    that holds none; bad_key: keys[n] or revised_keys[n].
    """
    content, signatures = export_files(archive)
    if not content.startswith(HEADER):
        raise Refused("bad_header", "export.bin: 'EK Export v1' expected")
    verified = _is_signed(content, signatures, public_keys)
    message = _parsed(TemporaryExposureKeyExport, content[len(HEADER) :], "bad_message", "export.bin")
    if len(message.keys) + len(message.revised_keys) > MOST_KEYS:
        raise Refused("too_large", f"export.bin: {MOST_KEYS} keys allowed")
    return Export(
        region=message.region,
        start_s=message.start_timestamp,
        end_s=message.end_timestamp,
        batch_num=message.batch_num,
        batch_size=message.batch_size,
        keys=(*_keys(message.keys, "keys", revised=False), *_keys(message.revised_keys, "revised_keys", revised=True)),
        verified=verified,
    )


def case_keys(export: Export) -> list[CaseKey]:
    """What is to be matched: the newest word on each key, without those that were revoked, in the file's order."""
    latest = {key.key: key for key in export.keys}
    return [_case_key(key) for key in latest.values() if key.report_type != REVOKED]


def _case_key(key: ExportKey) -> CaseKey:
    start_s = key.rolling_start * INTERVAL_S
    return CaseKey(
        "exposure-notification", key.key, start_s, start_s + key.rolling_period * INTERVAL_S, slots=DEFAULT_PERIOD
    )


def _is_signed(content: bytes, signatures: bytes, public_keys: Sequence[P256Key]) -> bool:
    listed = _parsed(TEKSignatureList, signatures, "bad_signature_list", "export.sig").signatures
    if not 1 <= len(listed) <= _MOST_SIGNATURES:
        raise Refused("bad_signature_list", f"export.sig: 1 to {_MOST_SIGNATURES} signatures expected")
    # Some servers of 2020 left the algorithm empty or wrote its name; only one was ever defined, so only it is tried.
    return any(key.verifies(one.signature, content) for one in listed for key in public_keys)


def _parsed(kind: Any, content: bytes, reason: str, place: str) -> Any:
    try:
        return kind.FromString(content)
    except DecodeError:
        raise Refused(reason, f"{place}: no message of this format") from None


def _keys(rows: Iterable[Any], place: str, *, revised: bool) -> Iterable[ExportKey]:
    for number, row in enumerate(rows):
        start, period = row.rolling_start_interval_number, row.rolling_period
        if len(row.key_data) != KEY_BYTES:
            raise Refused("bad_key", f"{place}[{number}]: {KEY_BYTES} bytes expected")
        if not 0 <= start <= _MOST_START or not 1 <= period <= DEFAULT_PERIOD:
            raise Refused("bad_key", f"{place}[{number}]: start or period of the key")
        onset = row.days_since_onset_of_symptoms if row.HasField("days_since_onset_of_symptoms") else None
        yield ExportKey(row.key_data, start, period, row.report_type, row.transmission_risk_level, onset, revised)
