"""kiosk.toml: what is taken, what is refused, and that all of it is said at once."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import firmware_cfg.keys
from central.kiosk_toml import Invitation, write_kiosk_toml
from firmware_cfg.served import host_of
from firmware_cfg.settings import Settings, SettingsError, read_settings

EXAMPLE = (Path(firmware_cfg.__file__).parent / "kiosk.toml").read_text("utf-8")


def test_the_example_reads_without_an_error() -> None:
    settings = read_settings(EXAMPLE, bench=False)
    assert settings.gate.direction == "both"
    assert settings.times.allow_ms == 3000
    assert settings.centre.root_fingerprint == bytes.fromhex("00112233445566778899aabbccddeeff")


def test_every_default_named_in_a_comment_of_the_example_is_a_known_key() -> None:
    lines = [line.removeprefix("# ") for line in EXAMPLE.splitlines()]
    uncommented = "\n".join(line for line in lines if not line.startswith(("Gatepost", "Máy", "The ", "Dòng", "   ")))
    text = "\n".join(line for line in uncommented.splitlines() if " = " in line or line.startswith("[") or not line)
    assert isinstance(read_settings(_without_prose(text), bench=False), Settings)


def test_all_errors_come_at_once_each_with_its_path_and_both_languages() -> None:
    text = _changed(
        ('direction = "both"', 'direction = "up"'), ('id = "cho-mau"', 'id = "Chợ.Mẫu"'), ("green = 17", "green = 99")
    )
    problems = _problems(text)
    assert {p.path for p in problems} == {"gate.direction", "venue.id", "devices.lights.green"}
    assert all(p.vi and p.en and p.vi != p.en for p in problems)


@pytest.mark.parametrize(
    ("old", "new", "path", "hint"),
    [
        ('direction = "both"', 'directon = "both"', "gate.directon", "did you mean direction?"),
        ('kind = "market"', 'kind = "markt"', "venue.kind", "did you mean market?"),
        ("[storage]", "[storag]", "storag", "did you mean storage?"),
    ],
)
def test_a_misspelt_word_is_an_error_that_names_the_nearest_one(old: str, new: str, path: str, hint: str) -> None:
    assert [hint in p.en for p in _problems(_changed((old, new))) if p.path == path] == [True]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('name = "Cửa A"', "", "gate.name"),
        ('name = "Cửa A"', 'name = ""', "gate.name"),
        ('name = "Cửa A"', 'name = "Cửa\\u0000A"', "gate.name"),
        ('name = "Cửa A"', "name = 7", "gate.name"),
        ('languages = ["vi", "en"]', 'languages = ["vi", "vi"]', "venue.languages"),
        ('languages = ["vi", "en"]', "languages = []", "venue.languages"),
        ("# capacity = 500", "capacity = 0", "gate.capacity"),
        ("# capacity = 500", "capacity = true", "gate.capacity"),
        ("# hold_s = 4", "hold_s = 60\nminimum_stay_s = 30", "gate.hold_s"),
        ("zbar = true", 'zbar = "yes"', "devices.decoder.zbar"),
        ("ccddeeff", "ccddee", "centre.root_fingerprint"),
        ("https://trung", "http://trung", "centre.enrol_url"),
        ("https://trung", "ftp://trung", "centre.enrol_url"),
        ("mqtts://trung-tam.example:8883", "mqtt://trung-tam.example:1883", "centre.brokers"),
        ("mqtts://trung-tam.example:8883", "mqtts://trung-tam.example", "centre.brokers"),
        ("mqtts://trung-tam.example:8883", "mqtts://a:b@trung-tam.example:8883", "centre.brokers"),
        ("yellow = 27", "yellow = 17", "devices.lights"),
        ("# illuminator_pin = 24", "illuminator_pin = 17", "devices.lights"),
        ("# unsent_days = 30", "unsent_days = 31", "storage.unsent_days"),
        ("# unsent_days = 30", "unsent_days = 7", "storage.received_days"),
        ('# host = "127.0.0.1"', 'host = "0.0.0.0"', "screen.host"),
        ("# ask_ms = 8000", "ask_ms = 1", "times.ask_ms"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(old: str, new: str, path: str) -> None:
    assert path in {p.path for p in _problems(_changed((old, new)))}


PHONE = {
    "url": "https://khai.cho-mau.example:8444",
    "socket": "/run/gatepost/phone.sock",
    "certificate": "/etc/gatepost/phone.crt",
    "key": "/etc/gatepost/phone.key",
}


def _with_phone(**changes: str | None) -> str:
    keys = "".join(f'{name} = "{value}"\n' for name, value in {**PHONE, **changes}.items() if value is not None)
    return _changed(("[phone]\n", f"[phone]\n{keys}"))


def test_without_a_phone_section_no_form_leaves_the_kiosk() -> None:
    start, end = EXAMPLE.index("[phone]"), EXAMPLE.index("[times]")
    assert read_settings(EXAMPLE[:start] + EXAMPLE[end:], bench=False).phone.url == ""
    assert read_settings(EXAMPLE, bench=False).phone.url == ""


@pytest.mark.parametrize("url", ["https://khai.cho-mau.example", "https://khai.cho-mau.example:8444/"])
def test_forms_on_phones_need_a_name_a_socket_and_the_venues_certificate(url: str) -> None:
    phone = read_settings(_with_phone(url=url), bench=False).phone
    assert (phone.url, phone.key) == (url, PHONE["key"])


@pytest.mark.parametrize(
    "url",
    [
        "http://khai.cho-mau.example",
        "https://192.0.2.7",
        "https://[2001:db8::7]",
        "https://cua-a.local",
        "https://localhost",
        "https://khai.cho-mau.example/form",
        "https://a:b@khai.cho-mau.example",
        "https://khai.cho-mau.example:99999",
        "https://khai..example",
        "https://chợ-mẫu.example",
        "khai.cho-mau.example",
    ],
)
def test_an_address_whose_certificate_no_phone_would_trust_is_refused(url: str) -> None:
    assert [p.path for p in _problems(_with_phone(url=url))] == ["phone.url"]


@pytest.mark.parametrize("missing", ["socket", "certificate", "key", "url"])
def test_half_a_phone_section_names_what_is_missing(missing: str) -> None:
    assert [p.path for p in _problems(_with_phone(**{missing: None}))] == [f"phone.{missing}"]


def test_every_fault_of_the_phone_section_comes_at_once() -> None:
    text = _with_phone(url="https://192.0.2.7", socket="phone.sock", key=None)
    assert [p.path for p in _problems(text)] == ["phone.url", "phone.socket", "phone.key"]


def test_guards_and_visitors_share_neither_socket_nor_port() -> None:
    guard = f'[guard]\nsocket = "{PHONE["socket"]}"\nurl = "https://cua-a.local:8444"\n'
    text = _with_phone().replace("[guard]\n", guard, 1)
    problems = _problems(text)
    assert [p.path for p in problems] == ["phone.socket", "phone.url"]
    assert all(p.vi and p.en and p.vi != p.en for p in problems)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Khai.example", "khai.example"),
        ("https://khai.example:443", "khai.example"),
        ("https://khai.example:8444/", "khai.example:8444"),
    ],
)
def test_a_browser_names_the_port_only_where_it_is_not_443(address: str, host: str) -> None:
    assert host_of(address) == host


def test_loopback_may_go_unencrypted() -> None:
    text = _changed(
        ("https://trung-tam.example/enrol", "http://127.0.0.1:8000/enrol"),
        ("mqtts://trung-tam.example:8883", "mqtt://localhost:1883"),
    )
    assert read_settings(text, bench=False).centre.brokers == ("mqtt://localhost:1883",)


@pytest.mark.parametrize("bench", [None, Path("sim")])
def test_what_the_centre_writes_when_it_enrols_a_kiosk_is_read_without_an_error(bench: Path | None) -> None:
    invitation = Invitation(
        *("t-gate-1", "cho-mau", "Chợ Mẫu", "market", "a", "Cửa A", "both", "https://trung-tam.example/enrol"),
        fingerprint=bytes(16),
        token="ab" * 13,
        brokers=["mqtts://trung-tam.example:8883"],
        bench=bench,
    )
    settings = read_settings(write_kiosk_toml(invitation), bench=bench is not None)
    assert (settings.device.id, settings.centre.token) == ("t-gate-1", "ab" * 13)


def test_simulated_devices_are_for_the_bench_only() -> None:
    text = _changed(
        ('kind = "picamera2"', 'kind = "files"'),
        ('kind = "gpiozero"', 'kind = "file"'),
        ('kind = "alsa"', 'kind = "file"'),
        ("[devices.camera]", '[devices]\nfolder = "sim"\n[devices.camera]'),
    )
    assert read_settings(text, bench=True).devices.camera.kind == "files"
    refused = {p.path for p in _problems(text)}
    assert refused == {"devices.camera.kind", "devices.lights.kind", "devices.sound.kind"}


def test_simulated_devices_need_their_folder() -> None:
    text = _changed(('kind = "picamera2"', 'kind = "files"'))
    with pytest.raises(SettingsError) as error:
        read_settings(text, bench=True)
    assert [p.path for p in error.value.problems] == ["devices.folder"]


def test_an_empty_file_names_every_key_that_must_be_there() -> None:
    paths = {p.path for p in _problems("")}
    assert {"device.id", "venue.name", "gate.direction", "centre.root_fingerprint", "devices.camera.kind"} <= paths


@pytest.mark.parametrize("text", ["[", "a = ", "x = 1\nx = 2", "[" * 5000, "a" * 70_000, "gate = 7", "\0"])
def test_text_that_is_no_settings_file_is_refused_in_words(text: str) -> None:
    assert _problems(text)


@given(st.text(max_size=200))
def test_no_text_does_anything_but_read_or_be_refused(text: str) -> None:
    assert _problems(text)


scalars = st.integers() | st.booleans() | st.text(max_size=5)


@given(scalars | st.lists(scalars | st.lists(scalars, max_size=2), max_size=3))
def test_no_value_does_anything_but_read_or_be_refused(value: object) -> None:
    literal = _toml(value)
    for key in ("capacity", "direction", "help_vi"):
        text = EXAMPLE.replace("# capacity = 500", f"{key} = {literal}")
        try:
            read_settings(text, bench=False)
        except SettingsError as error:
            assert error.problems


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(c):08x}" for c in value if not 0xD800 <= ord(c) < 0xE000) + '"'
    return str(value)


def _without_prose(text: str) -> str:
    """Only the lines that are TOML of their own."""
    kept = []
    for line in text.splitlines():
        try:
            tomllib.loads(line)
        except tomllib.TOMLDecodeError:
            continue
        kept.append(line)
    return "\n".join(kept)


def _changed(*pairs: tuple[str, str]) -> str:
    text = EXAMPLE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def _problems(text: str) -> tuple[firmware_cfg.keys.Problem, ...]:
    with pytest.raises(SettingsError) as error:
        read_settings(text, bench=False)
    return error.value.problems
