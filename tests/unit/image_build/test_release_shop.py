"""The server from which the emulated machine fetches updates: ranges, the centre's authority, counted bytes."""

import http.client
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.image.releases import LIST, read
from tests.image.shop import HOST, Shop
from wire.certificates import make_ca

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """As much of a centre's keys as the shop needs."""
    now = datetime.now(UTC)
    ca = make_ca("Gatepost test", 1, now - timedelta(days=1), now + timedelta(days=1))
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "ca.key").write_bytes(ca.key)
    (tmp_path / "keys" / "ca.pem").write_bytes(ca.certificate)
    return tmp_path / "keys"


def _ask(shop: Shop, authority: Path, name: str, *ranges: str) -> list[tuple[int, bytes]]:
    """Status and body of one request for each range, all on one connection."""
    context = ssl.create_default_context(cafile=str(authority))
    connection, found = http.client.HTTPSConnection(HOST, shop.port, timeout=10, context=context), []
    try:
        for one in ranges:
            connection.request("GET", f"/{name}", headers={"Range": one} if one else {})
            answer = connection.getresponse()
            found.append((answer.status, answer.read()))
    finally:
        connection.close()
    return found


def test_ranges_are_served_and_counted_to_the_byte(keys: Path, tmp_path: Path) -> None:
    (tmp_path / "x.raucb").write_bytes(CONTENT)
    with Shop(tmp_path, keys, tmp_path) as shop:
        said = _ask(shop, keys / "ca.pem", "x.raucb", "bytes=0-3", "bytes=1000-", "bytes=10-999999", "")
        assert said == [(206, CONTENT[:4]), (206, CONTENT[1000:]), (206, CONTENT[10:]), (200, CONTENT)]
        sent = shop.taken()
        assert (sent.bytes, sent.answers) == (4 + 24 + 1014 + 1024, 4)
        assert shop.taken().bytes == 0


def test_nothing_but_the_folders_own_files_is_served(keys: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x.raucb").write_bytes(CONTENT)
    with Shop(tmp_path / "folder", keys, tmp_path) as shop:
        assert _ask(shop, keys / "ca.pem", "../keys/ca.key", "")[0][0] == 404
        assert _ask(shop, keys / "ca.pem", "x.raucb", "bytes=1024-")[0][0] == 416


def test_another_authority_does_not_vouch_for_it(keys: Path, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(make_ca("stranger", 2, now - timedelta(days=1), now + timedelta(days=1)).certificate)
    with Shop(tmp_path, keys, tmp_path) as shop, pytest.raises(ssl.SSLCertVerificationError):
        _ask(shop, stranger, "x.raucb", "")


def test_a_folder_without_updates_is_no_fault(tmp_path: Path) -> None:
    assert read(tmp_path) is None
    (tmp_path / LIST).write_text("{}", "utf-8")
    with pytest.raises(KeyError):
        read(tmp_path)
