"""Updates as the real RAUC makes and judges them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from image_build import bundle
from image_build.slots import system_conf
from image_build.tools import BuildError
from sync_agent.release_run import version_on
from tests.needs import need

COMPATIBLE = "gatepost-debian-arm64"
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    lacking = [
        name for name in ("rauc", "mksquashfs", "openssl", "veritysetup") if shutil.which(name, path=PATH) is None
    ]
    need(not lacking, f"{lacking}: apt-get install rauc squashfs-tools openssl cryptsetup-bin")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "release"
    bundle.new_keys(folder)
    return folder


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("image")
    (folder / "root.img").write_bytes(b"".join(bytes([n]) * 4096 for n in range(64)))
    (folder / "boot.vfat").write_bytes(bytes(16 * 4096))
    (folder / "release.json").write_text(json.dumps({"version": "2026.11.23", "model": "debian-arm64"}), "utf-8")
    return folder


@pytest.fixture(scope="module")
def made(keys: Path, image: Path) -> tuple[Path, bundle.Bundle]:
    out = image / "x.raucb"
    return out, bundle.make_bundle(image, keys, out)


def info(path: Path, keyring: Path) -> subprocess.CompletedProcess[str]:
    """What a card would say of it: RAUC with the keyring and the purpose of the card's system.conf."""
    settings = path.with_suffix(".conf")
    lines = ["[system]", f"compatible={COMPATIBLE}", "bootloader=noop", "[keyring]", f"path={keyring}"]
    settings.write_text("\n".join([*lines, "check-purpose=codesign", "use-bundle-signing-time=true", ""]), "utf-8")
    command = ["rauc", f"--conf={settings}", "info", "--output-format=json", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_release_is_believed_by_the_root_alone(made: tuple[Path, bundle.Bundle], keys: Path) -> None:
    path, named = made
    said = info(path, keys / "release-root.pem")
    found = json.loads(said.stdout)
    assert (found["compatible"], found["version"]) == (named.compatible, named.version) == (COMPATIBLE, "2026.11.23")
    for one in found["images"]:
        assert all(facts["adaptive"] == ["block-hash-index"] for facts in one.values())
    assert named.size == path.stat().st_size and len(named.sha256) == len(named.key_id) == 64


def test_a_stick_is_read_by_the_cards_own_settings(
    made: tuple[Path, bundle.Bundle], keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kiosk asks `rauc` by its name; here that name leads to the real one with the settings that a card has."""
    info(made[0], keys / "release-root.pem")  # leaves them beside the bundle
    (tmp_path / "rauc").write_text(
        f'#!/bin/sh\nexec {shutil.which("rauc", path=PATH)} --conf={made[0].with_suffix(".conf")} "$@"\n'
    )
    (tmp_path / "rauc").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert version_on(made[0]) == made[1].version == "2026.11.23"
    changed = bytearray(made[0].read_bytes())
    changed[-9] ^= 1
    (tmp_path / "x.raucb").write_bytes(changed)
    assert version_on(tmp_path / "x.raucb") == ""


def test_the_table_of_hashes_lies_beside_each_image(made: tuple[Path, bundle.Bundle]) -> None:
    listed = subprocess.run(["unsquashfs", "-l", str(made[0])], capture_output=True, text=True, check=True).stdout
    assert {"root.img.block-hash-index", "boot.img.block-hash-index", "manifest.raucm"} <= {
        line.rpartition("/")[2] for line in listed.split()
    }


@pytest.mark.parametrize("from_the_end", [9, 400])
def test_one_changed_byte_of_what_is_signed_is_refused(
    from_the_end: int, made: tuple[Path, bundle.Bundle], keys: Path, tmp_path: Path
) -> None:
    changed = bytearray(made[0].read_bytes())
    changed[-from_the_end] ^= 1
    (tmp_path / "x.raucb").write_bytes(changed)
    assert info(tmp_path / "x.raucb", keys / "release-root.pem").returncode != 0


def test_one_changed_byte_of_the_content_does_not_match_the_signed_hash(
    made: tuple[Path, bundle.Bundle], keys: Path, tmp_path: Path
) -> None:
    """RAUC's signature covers the root of a hash tree; the kernel looks at each block when it is read."""
    words = ["rauc", f"--keyring={keys / 'release-root.pem'}", f"--conf={made[0].with_suffix('.conf')}", "info"]
    said = subprocess.run([*words, str(made[0])], capture_output=True, text=True, check=True).stdout
    signed = {
        line.split(":")[0].strip(): line.split("'")[1]
        for line in said.splitlines()
        if line.strip().startswith("Verity ") and "'" in line
    }
    tree = next(int(line.split(":")[1].strip(" \t'")) for line in said.splitlines() if "Verity Size" in line)
    content = made[0].read_bytes()
    signature = 8 + int.from_bytes(content[-8:], "big")
    data = len(content) - signature - tree

    def fits(bytes_: bytes) -> bool:
        (tmp_path / "b").write_bytes(bytes_)
        command = [
            str(shutil.which("veritysetup", path=PATH)),
            "verify",
            "--no-superblock",
            f"--salt={signed['Verity Salt']}",
        ]
        command += [f"--data-blocks={data // 4096}", f"--hash-offset={data}", str(tmp_path / "b")]
        command += [str(tmp_path / "b"), signed["Verity Hash"]]
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0

    assert fits(content)
    changed = bytearray(content)
    changed[data // 2] ^= 1
    assert not fits(bytes(changed))


def test_another_authority_is_refused(made: tuple[Path, bundle.Bundle], tmp_path: Path) -> None:
    bundle.new_keys(tmp_path / "other")
    said = info(made[0], tmp_path / "other" / "release-root.pem")
    assert said.returncode != 0 and "signature verification failed" in said.stderr.lower()


def test_a_certificate_that_is_not_for_code_is_refused(image: Path, keys: Path, tmp_path: Path) -> None:
    """The root may sign other things one day; they do not become updates by it."""
    forged = tmp_path / "keys"
    shutil.copytree(keys, forged)
    request, rights = tmp_path / "r.pem", tmp_path / "rights"
    rights.write_text("basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n", "utf-8")
    by = ("-CA", forged / "release-root.pem", "-CAkey", forged / "release-root.key")
    for command in (
        ["req", "-new", "-key", forged / "release.key", "-subj", "/CN=x", "-out", request],
        ["x509", "-req", "-in", request, *by, "-CAcreateserial", "-extfile", rights, "-out", forged / "release.pem"],
    ):
        subprocess.run(["openssl", *map(str, command)], check=True, capture_output=True, timeout=60)
    try:
        bundle.make_bundle(image, forged, tmp_path / "x.raucb")
    except BuildError:
        return  # RAUC refuses to make what nobody will take
    assert info(tmp_path / "x.raucb", keys / "release-root.pem").returncode != 0


def test_keys_are_never_made_over_old_ones(keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (keys / "release-root.key").read_bytes()
    assert bundle.main(["keys", "new", str(keys)]) == 1
    assert "holds keys already" in capsys.readouterr().err
    assert (keys / "release-root.key").read_bytes() == before
    assert {p.name for p in keys.iterdir()} == {"release-root.key", "release-root.pem", "release.key", "release.pem"}
    assert all(p.stat().st_mode & 0o077 == 0 for p in keys.iterdir())


def test_rauc_reads_the_settings_of_the_card(keys: Path, tmp_path: Path) -> None:
    """RAUC 1.8 knows all of them but min-bundle-version (1.12), which it is not shown here."""
    lines = system_conf(COMPATIBLE, "2026.11.23").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("min-bundle-version")) + "\n"
    text = text.replace("/etc/rauc/keyring.pem", str(keys / "release-root.pem"))
    (tmp_path / "system.conf").write_text(text.replace("/var/lib/rauc", str(tmp_path)), "utf-8")
    command = ["rauc", f"--conf={tmp_path / 'system.conf'}", "info", str(tmp_path / "absent.raucb")]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "Failed to initialize context" not in said.stderr and "absent.raucb" in said.stderr + said.stdout
