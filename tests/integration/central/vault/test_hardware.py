"""A case key in a hardware module opens what a kiosk has sealed, and is never seen outside of it (SoftHSM stands in).

Needs softhsm2-util on the path; GATEPOST_SOFTHSM names libsofthsm2.so where it lies elsewhere than Debian puts it.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.vault.custody import Custody
from central.vault.pkcs11_key import Token
from tests.needs import need_hardware
from wire.crypto import kid_of, seal_on_phone, wrap_key
from wire.refusal import Refused

MODULE = Path(os.environ.get("GATEPOST_SOFTHSM", "/usr/lib/softhsm/libsofthsm2.so"))


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    """A token in a folder of its own."""
    util = shutil.which("softhsm2-util")
    need_hardware(MODULE.exists() and util is not None, "a PKCS #11 module (SoftHSM 2)")
    folder = tmp_path_factory.mktemp("module")
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(config)  # the module reads it when it is loaded, once in a process
    words = [
        "--module",
        str(MODULE),
        "--init-token",
        "--free",
        "--label",
        "gatepost",
        "--pin",
        "1234",
        "--so-pin",
        "0000",
    ]
    subprocess.run([str(util), *words], check=True, capture_output=True)
    (folder / "pin").write_text("1234\n")
    made = Token(MODULE, "gatepost", folder / "pin")
    yield made
    made.close()


def test_the_module_opens_what_was_sealed_to_its_key(token: Token) -> None:
    key = token.make()
    sealing = Custody([key]).sealing(kid_of(key.public))
    assert sealing.unwrap(wrap_key(b"k" * 32, key.public, b"info"), b"info") == b"k" * 32
    assert sealing.open_from_phone(seal_on_phone(b"answers", key.public, b"info"), b"info") == b"answers"
    with pytest.raises(Refused, match="cannot_open"):
        sealing.unwrap(wrap_key(b"k" * 32, key.public, b"info"), b"other")
    assert kid_of(key.public) in {kid_of(found.public) for found in token.case_keys()}


def test_the_private_half_cannot_be_read_out(token: Token) -> None:
    from pkcs11 import Attribute, ObjectClass, PKCS11Error, lib

    made = token.make()
    # Logged in already: the log-in is the whole process's.
    with lib(str(MODULE)).get_token(token_label="gatepost").open() as session:
        wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: kid_of(made.public)}
        (private,) = session.get_objects(wanted)
        with pytest.raises(PKCS11Error):
            private[Attribute.VALUE]


def test_a_destroyed_key_of_the_module_is_gone_and_the_others_stay(token: Token) -> None:
    old, new = token.make(), token.make()
    old.destroy()
    left = {found.public for found in token.case_keys()}
    assert old.public not in left
    assert new.public in left


def test_an_unknown_token_is_refused_in_words(token: Token, tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("1234")
    with pytest.raises(Refused, match="no_token"):
        Token(MODULE, "another", tmp_path / "pin")
