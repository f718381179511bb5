"""python -m kiosk guard: what a technician does with accounts, certificate and proxy."""

import io
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from firmware_cfg.proxy import Proxy, fill_in
from kiosk.commands.guard import NEVER_MS, run
from kiosk.guard_tls import DAYS, fingerprint_words, make_certificate
from store import guards
from store.db import open_store
from ui.guard.pins import fits, objection

NOW = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
TOML = """
[device]
id = "t-gate"
[venue]
id = "cho-mau"
name = "Chợ Mẫu"
kind = "market"
[gate]
id = "a"
name = "Cửa A"
direction = "both"
[centre]
enrol_url = "https://trung-tam.example/enrol"
root_fingerprint = "00112233 44556677 8899aabb ccddeeff"
[devices]
folder = "{folder}/sim"
[devices.camera]
kind = "files"
[devices.decoder]
[devices.lights]
kind = "file"
[devices.sound]
[storage]
folder = "{folder}/data"
[screen]
[guard]
{guard}
[times]
"""
GUARD = 'socket = "{folder}/guard.sock"\nurl = "https://192.0.2.7:8443"'


class Technician:
    """Somebody at a terminal, with one kiosk.toml."""

    def __init__(self, folder: Path, guard: str = GUARD) -> None:
        self.folder = folder
        self.settings = folder / "kiosk.toml"
        self.settings.write_text(TOML.format(folder=folder, guard=guard.format(folder=folder)), "utf-8")

    def types(self, *words: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        common = ["--settings", str(self.settings), "--bench", "--runtime", str(self.folder / "run")]
        return run([*words, *common], io.StringIO(), out, err), out.getvalue(), err.getvalue()

    def accounts(self) -> list[guards.Guard]:
        store = open_store(self.folder / "data", now_ms=lambda: 0)
        try:
            return guards.all_of(store)
        finally:
            store.close()


@pytest.fixture
def technician(tmp_path: Path) -> Technician:
    return Technician(tmp_path)


def test_a_new_account_gets_a_one_time_pin_that_is_shown_once_and_kept_as_a_digest(technician: Technician) -> None:
    status, out, _ = technician.types("add", "Lan Thử")
    assert status == 0
    pin = next(line for line in out.splitlines() if "PIN" in line).split()[-1]
    assert objection(pin) is None
    assert "https://192.0.2.7:8443" in out
    (account,) = technician.accounts()
    assert (account.name, account.once) == ("Lan Thử", True)
    assert fits(pin, account.salt, account.digest)
    _, listed, _ = technician.types("list")
    assert listed == "Lan Thử\tchờ lần vào đầu tiên / waits for the first entry\n"
    assert pin not in listed


def test_a_name_is_given_once_and_a_reset_needs_one(technician: Technician) -> None:
    assert technician.types("add", "Lan Thử")[0] == 0
    status, _, err = technician.types("add", "LAN THỬ")
    assert (status, "reset" in err) == (1, True)
    before = technician.accounts()[0]
    assert technician.types("reset", "Lan Thử")[0] == 0
    assert technician.accounts()[0].granted != before.granted
    assert technician.types("reset", "Minh Thử")[0] == 1
    assert technician.types("remove", "Lan Thử")[0] == 0
    assert technician.types("remove", "Lan Thử")[0] == 1
    assert technician.accounts() == []


@pytest.mark.parametrize("name", ["x" * 33, " ", "tab\there", "bell\x07", "right\u202eleft"])
def test_a_name_that_would_spoil_a_record_is_refused(technician: Technician, name: str) -> None:
    assert technician.types("add", name)[0] == 1
    assert technician.accounts() == []


def test_wrong_usage_is_told_apart_from_a_kiosk_without_a_guards_page(tmp_path: Path) -> None:
    technician = Technician(tmp_path, guard="")
    with pytest.raises(SystemExit) as ended:
        technician.types("add")
    assert ended.value.code == 2
    for action in ("certificate", "proxy"):
        status, _, err = technician.types(action)
        assert (status, "guard.url" in err) == (1, True)


def test_the_proxy_is_written_only_after_there_is_a_certificate(technician: Technician) -> None:
    status, _, err = technician.types("proxy")
    assert (status, "guard certificate" in err) == (1, True)
    status, out, _ = technician.types("certificate")
    assert (status, "SHA-256: " in out) == (0, True)
    status, out, _ = technician.types("proxy")
    assert status == 0
    written = Path(out.strip()).read_text("utf-8")
    assert "listen 8443 ssl;" in written
    assert f"unix:{technician.folder}/guard.sock" in written
    assert "@" not in "".join(
        line for line in written.splitlines() if not line.strip().startswith(("#", "location", "error_page"))
    )


def test_a_kiosk_that_never_sees_a_network_still_gets_its_certificate_and_accounts(technician: Technician) -> None:
    (technician.folder / "sim").mkdir()
    (technician.folder / "sim" / "clock.json").write_text('{"synchronised": false}', "utf-8")
    status, _, err = technician.types("certificate")
    assert (status, "--today" in err) == (1, True)
    assert technician.types("certificate", "--today", "2026-09-21")[0] == 0
    technician.types("add", "Lan Thử")
    assert technician.accounts()[0].until_ms == NEVER_MS


@pytest.mark.parametrize("value", ["8443; access_log /x", "a b", "$host", "", "x" * 201, "{}", "a\nb"])
def test_a_value_that_nginx_would_take_for_its_own_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="listen"):
        fill_in("listen @LISTEN@;", Proxy(value, "/s", "/c", "/k", "/r"))


def test_a_certificate_is_for_its_address_alone_and_nobody_can_sign_another(tmp_path: Path) -> None:
    files = make_certificate(tmp_path, ["192.0.2.7", "cua-a.local"], NOW)
    leaf, authority = x509.load_pem_x509_certificates(files.certificate.read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == {"192.0.2.7", "cua-a.local"}
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(days=DAYS)
    assert leaf.not_valid_before_utc < NOW
    leaf.verify_directly_issued_by(authority)
    keys = [path for path in tmp_path.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert keys == [files.key]  # the authority's own key is nowhere
    assert files.key.stat().st_mode & 0o777 == 0o600
    assert authority.public_key() != leaf.public_key()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    assert len(fingerprint_words(files).split()) == 32
    before = fingerprint_words(files)
    assert fingerprint_words(make_certificate(tmp_path, ["192.0.2.7"], NOW)) != before
