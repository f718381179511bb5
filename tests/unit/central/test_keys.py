"""The key folder: who may read it, what the roots say, and how a key is renewed."""

import stat
from pathlib import Path

import pytest

from central.keys import Keyring, init_keys, renew_root
from wire.root import accept_root, pin_root

NOW_MS = 1_790_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fresh key folder."""
    init_keys(tmp_path / "keys", NOW_MS)
    return tmp_path / "keys"


def test_nobody_else_may_read_a_key(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        allowed = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == allowed, path


def test_keys_are_never_overwritten(folder: Path) -> None:
    before = (folder / "receipt.key").read_bytes()
    with pytest.raises(FileExistsError):
        init_keys(folder, NOW_MS)
    assert (folder / "receipt.key").read_bytes() == before


def test_the_first_root_is_the_one_that_its_fingerprint_pins(folder: Path) -> None:
    ring = Keyring(folder)
    root = pin_root(ring.root_messages()[0], ring.fingerprint())
    assert root.recipients["ingest"] == ring.sealing("ingest").public
    assert ring.signing("receipt").kid in root.keys("receipt")
    assert ring.signing("bulletin-passes").kid in root.keys("bulletin:passes")


def test_a_rotated_key_is_named_beside_the_old_one(folder: Path) -> None:
    ring = Keyring(folder)
    old = ring.signing("receipt").kid
    renew_root(folder, NOW_MS + 1, rotate="receipt")
    first, second = ring.root_messages()
    root = accept_root(pin_root(first, ring.fingerprint()), second, NOW_MS + 1)
    assert ring.signing("receipt").kid != old
    assert set(root.keys("receipt")) == {ring.signing("receipt").kid, old}


def test_the_centre_works_and_renews_without_the_case_key(folder: Path) -> None:
    case = Keyring(folder).root().recipients["case"]
    (folder / "offline" / "case.key").unlink()
    assert renew_root(folder, NOW_MS + 1).recipients["case"] == case


def test_without_the_offline_root_key_there_is_no_new_root(folder: Path) -> None:
    (folder / "offline" / "root.key").unlink()
    with pytest.raises(FileNotFoundError):
        renew_root(folder, NOW_MS + 1)
