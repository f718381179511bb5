"""Exposure Notification exports: what verifies, what does not, and what breaks without breaking us."""

import zlib
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_scanner.published import archive as limits
from ble_scanner.published.export import case_keys, read_export
from tests.unit.ble_scanner.exports import (
    AUTHORITY,
    STRANGER,
    SWISS_EXPORT,
    SWISS_PEM,
    SWISS_SIGNATURE,
    archive,
    export_zip,
    key,
    message,
    public,
    signed,
)
from wire.case_keys import CaseKey
from wire.ecdsa import read_p256_pem
from wire.refusal import Refused

WHOLE = export_zip(keys=[key(1), key(2)])  # once: each signature is drawn anew, and not always of one length


def reason_of(made: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_export(made, [public()])
    return str(refused.value)


def test_an_export_that_an_authority_published_verifies() -> None:
    export = read_export(archive(SWISS_EXPORT, SWISS_SIGNATURE), [read_p256_pem(SWISS_PEM)])
    assert export.verified
    assert (export.region, export.start_s, export.end_s) == ("ch", 1598400000, 1598407200)
    assert [(one.key.hex(), one.rolling_start, one.rolling_period) for one in export.keys] == [
        ("9e170a4ead6589e6b621b32e1d28b453", 2664000, 144)
    ]


def test_a_published_export_with_one_bit_changed_does_not_verify() -> None:
    for place in (0, 20, len(SWISS_EXPORT) - 1):
        changed = bytearray(SWISS_EXPORT)
        changed[place] ^= 1
        try:
            assert not read_export(archive(bytes(changed), SWISS_SIGNATURE), [read_p256_pem(SWISS_PEM)]).verified
        except Refused as refused:
            assert refused.reason in {"bad_header", "bad_message", "bad_key"}


def test_everything_that_a_key_says_is_read() -> None:
    told = key(7, rolling_period=30, report_type=2, transmission_risk_level=6, days_since_onset_of_symptoms=-3)
    export = read_export(export_zip(keys=[told, key(8)]), [public()])
    assert export.verified
    first, second = export.keys
    assert (first.rolling_period, first.report_type, first.transmission_risk, first.days_since_onset) == (30, 2, 6, -3)
    assert (second.rolling_period, second.report_type, second.days_since_onset) == (144, 0, None)


def test_the_header_is_signed_too() -> None:
    content = message(keys=[key(1)])
    assert not read_export(archive(content, signed(content[16:], AUTHORITY)), [public()]).verified


def test_one_good_signature_among_several_is_enough() -> None:
    content = message(keys=[key(1)])
    made = archive(content, signed(content, STRANGER, AUTHORITY))
    assert read_export(made, [public()]).verified
    assert read_export(made, [public(STRANGER)]).verified
    assert not read_export(archive(content, signed(content, STRANGER)), [public()]).verified
    assert not read_export(made, []).verified


def test_an_unverified_export_still_says_what_is_in_it() -> None:
    content = message(keys=[key(1)])
    export = read_export(archive(content, signed(content, STRANGER)), [public()])
    assert (export.verified, len(export.keys)) == (False, 1)


def test_the_base_name_may_be_any_but_must_be_the_same() -> None:
    content = message(keys=[key(1)])
    for names, fits in ((("704-0001.bin", "704-0001.sig"), True), (("a.bin", "b.sig"), False)):
        made = BytesIO()
        with ZipFile(made, "w") as zipped:
            zipped.writestr(names[0], content)
            zipped.writestr(names[1], signed(content, AUTHORITY))
        if fits:
            assert read_export(made.getvalue(), [public()]).verified
        else:
            assert "different names" in reason_of(made.getvalue())


def test_a_revised_key_replaces_its_first_release_and_a_revoked_one_is_not_matched() -> None:
    export = read_export(
        export_zip(
            keys=[key(1, report_type=3), key(2), key(3)],
            revised_keys=[key(1, report_type=1, rolling_period=20), key(3, report_type=5), key(4)],
        ),
        [public()],
    )
    start_s = 2660400 * 600
    assert case_keys(export) == [
        CaseKey("exposure-notification", (1).to_bytes(16, "big"), start_s, start_s + 20 * 600, 144),
        CaseKey("exposure-notification", (2).to_bytes(16, "big"), start_s, start_s + 86_400, 144),
        CaseKey("exposure-notification", (4).to_bytes(16, "big"), start_s, start_s + 86_400, 144),
    ]
    assert [one.revised for one in export.keys] == [False] * 3 + [True] * 3


def test_an_export_without_keys_verifies() -> None:
    export = read_export(export_zip(), [public()])
    assert (export.verified, export.keys) == (True, ())


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"keys": [key(1), {"key_data": b"x" * 15}]}, "keys[1]"),
        ({"keys": [{"key_data": b"x" * 17}]}, "keys[0]"),
        ({"keys": [{}]}, "keys[0]"),
        ({"keys": [key(1, rolling_period=0)]}, "keys[0]"),
        ({"keys": [key(1, rolling_period=145)]}, "keys[0]"),
        ({"keys": [key(1, rolling_start_interval_number=-1)]}, "keys[0]"),
        ({"keys": [key(1, rolling_start_interval_number=2**31 - 1)]}, "keys[0]"),
        ({"revised_keys": [key(1), key(2), key(3, rolling_period=-144)]}, "revised_keys[2]"),
    ],
)
def test_a_bad_key_is_named_by_its_place(fields: dict[str, object], place: str) -> None:
    assert reason_of(export_zip(**fields)).startswith(f"bad_key: {place}:")


def test_a_file_that_is_no_export_says_what_it_is_not() -> None:
    content = message(keys=[key(1)])
    signatures = signed(content, AUTHORITY)
    assert reason_of(b"").startswith("bad_archive")
    assert reason_of(b"PK\x03\x04 and nothing else").startswith("bad_archive")
    assert reason_of(export_zip()[:-30]).startswith("bad_archive")
    assert reason_of(archive(b"EK Export v2    " + content[16:], signatures)).startswith("bad_header: export.bin")
    assert reason_of(archive(b"", signatures)).startswith("bad_header")
    assert reason_of(archive(content[:16] + b"\xff" * 9, signatures)).startswith("bad_message: export.bin")
    assert reason_of(archive(content, b"\xff" * 9)).startswith("bad_signature_list: export.sig")
    assert reason_of(archive(content, b"")).startswith("bad_signature_list")
    assert reason_of(archive(content, signed(content, *[AUTHORITY] * 17))).startswith("bad_signature_list")


def test_an_archive_with_two_exports_is_refused_since_one_of_them_would_not_be_looked_at() -> None:
    content = message()
    assert "one export.bin" in reason_of(archive(content, signed(content, AUTHORITY), other_bin=b"x"))
    made = BytesIO()
    with ZipFile(made, "w") as zipped:
        zipped.writestr("export.bin", content)
    assert "one export.bin" in reason_of(made.getvalue())


def test_a_zip_bomb_is_left_where_it_is() -> None:
    bomb = archive(bytes(limits.MOST_EXPORT_BYTES + 1), b"x")
    assert len(bomb) < 100_000
    assert reason_of(bomb).startswith("too_large: export.bin")
    content = message()
    assert reason_of(archive(content, bytes(limits.MOST_SIGNATURE_BYTES + 1))).startswith("too_large: export.sig")
    assert reason_of(b"PK" + bytes(limits.MOST_ARCHIVE_BYTES)).startswith("too_large: archive")


def test_an_archive_of_many_entries_or_of_a_rare_packing_is_refused() -> None:
    content = message()
    many = {f"n{n}_txt": b"" for n in range(20)}
    assert "entries" in reason_of(archive(content, signed(content, AUTHORITY), **many))
    made = BytesIO()
    with ZipFile(made, "w", ZIP_BZIP2) as zipped:
        zipped.writestr("export.bin", content)
        zipped.writestr("export.sig", signed(content, AUTHORITY))
    assert "packed" in reason_of(made.getvalue())


def test_an_encrypted_entry_is_refused() -> None:
    made = bytearray(export_zip())
    directory = made.index(b"PK\x01\x02")
    made[directory + 8] |= 1
    assert "encrypted" in reason_of(bytes(made))


def test_packed_bytes_that_do_not_unpack_are_refused() -> None:
    content = message(keys=[key(n) for n in range(50)])
    made = bytearray(archive(content, signed(content, AUTHORITY)))
    packed = zlib.compressobj(wbits=-15)
    begin = made.index(b"export.bin") + len("export.bin")
    made[begin : begin + 20] = (packed.compress(b"other") + packed.flush()).ljust(20, b"\xff")[:20]
    assert reason_of(bytes(made)).startswith("bad_archive")


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(Refused):
        read_export(content, [public()])


@given(st.data())
def test_any_damage_is_refused_or_does_not_verify(data: st.DataObject) -> None:
    made = bytearray(WHOLE)
    place = data.draw(st.integers(0, len(made) - 1))
    made[place] ^= data.draw(st.integers(1, 255))
    try:
        export = read_export(bytes(made), [public()])
    except Refused:
        return
    # What is left of the archive's own bookkeeping may change nothing; then the content is untouched.
    assert not export.verified or [one.key for one in export.keys] == [n.to_bytes(16, "big") for n in (1, 2)]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_message_and_any_signature_list_are_refused_or_do_not_verify(content: bytes, signatures: bytes) -> None:
    try:
        assert not read_export(archive(b"EK Export v1    " + content, signatures), [public()]).verified
    except Refused as refused:
        assert refused.reason in {"bad_message", "bad_signature_list", "bad_key"}


def test_an_entry_stored_without_packing_is_read() -> None:
    content = message(keys=[key(1)])
    made = BytesIO()
    with ZipFile(made, "w") as zipped:
        zipped.writestr("export.bin", content)
        zipped.writestr("export.sig", signed(content, AUTHORITY), compress_type=ZIP_DEFLATED)
    assert read_export(made.getvalue(), [public()]).verified
