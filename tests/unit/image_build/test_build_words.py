"""What the steps say: missing programs with the package that brings them, hashes as veritysetup prints them."""

from pathlib import Path

import pytest

from firmware_cfg.boot import cmdline
from image_build import __main__ as program
from image_build import build, disk, initrd, ours, reproduce, sizes, tools, verity
from image_build.layout import SALT
from image_build.tools import BuildError
from tests.needs import need


def test_every_missing_program_is_named_with_its_package(tmp_path: Path) -> None:
    assert tools.missing(["no-such-program", "sh"]) == ["no-such-program is missing: apt-get install no-such-program"]
    assert tools.PACKAGES["veritysetup"] == "cryptsetup-bin"
    for name in build.PROGRAMS:
        assert name in tools.PACKAGES, f"{name} has no package to name"


def test_a_failing_program_ends_in_its_own_last_words() -> None:
    with pytest.raises(BuildError, match=r"sh failed \(3\):\nno room"):
        tools.run("sh", "-c", "echo no room >&2; exit 3")


def test_steps_run_in_an_environment_that_is_the_same_for_everybody() -> None:
    said = tools.run("sh", "-c", "echo $LC_ALL $TZ $SOURCE_DATE_EPOCH $HOME")
    assert said == "C.UTF-8 UTC 1767225600 /nonexistent\n"


def test_the_root_hash_is_read_or_the_build_stops() -> None:
    assert verity.root_hash(f"Salt:  00\nRoot hash:      \t{'ab' * 32}\n") == "ab" * 32
    with pytest.raises(BuildError, match="no root hash"):
        verity.root_hash("Root hash: short\n")


def test_every_word_that_the_first_file_system_reads_is_on_the_command_line() -> None:
    line = cmdline("ab" * 32, 1000, SALT, "a")
    script = initrd.INIT.read_text()
    for word in ("gatepost.root=PARTLABEL=", "gatepost.hash=", "gatepost.blocks=", "gatepost.salt="):
        assert f"{word}*" in script
        assert line.count(word) == 1


def test_libraries_are_those_that_the_program_names() -> None:
    said = " 0x1 (NEEDED)   Shared library: [libdevmapper.so.1.02.1]\n 0x2 (RUNPATH) Library: [/x]\n"
    assert initrd.needed(said) == ["libdevmapper.so.1.02.1"]


def test_a_boot_slot_has_kernel_texts_firmware_and_the_pis_trees(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    for name in ("vmlinuz", "broadcom/bcm2837-rpi-3-b.dtb", "broadcom/bcm4906.dtb", "raspi-firmware/start.elf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "raspi-firmware/overlays").mkdir()
    (tmp_path / "raspi-firmware/overlays/rtc.dtbo").write_text("")
    texts.mkdir()
    (texts / "cmdline.txt").write_text("")
    found = disk.boot_contents(tmp_path, texts, tmp_path / "initrd.gz")
    assert sorted(found) == [
        "bcm2837-rpi-3-b.dtb",
        "cmdline.txt",
        "initrd.gz",
        "overlays/rtc.dtbo",
        "start.elf",
        "vmlinuz",
    ]


def test_two_builds_that_differ_are_told_by_the_files_names() -> None:
    assert reproduce.differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}) == ["b", "c"]
    assert reproduce.differences({"a": "1"}, {"a": "1"}) == []


def test_each_file_of_the_root_counts_in_one_group() -> None:
    owners, groups = (
        {"usr/bin/env": "coreutils", "usr/lib/chromium/x": "chromium"},
        {"coreutils": "system", "chromium": "screen"},
    )
    expected = {
        "usr/bin/env": "system",
        "usr/lib/chromium/x": "screen",
        "usr/lib/gatepost/kiosk/run.py": sizes.OURS,
        "usr/lib/gatepost/site/flask/app.py": sizes.WHEELS,
        "usr/lib/modules/6/x.ko": sizes.KERNEL,
        "etc/passwd": sizes.BUILT,
    }
    assert {path: sizes.group_of(path, owners, groups) for path in expected} == expected
    rows = [
        sizes.Row(group="screen", files=1, bytes=9, packed=4_000_000),
        sizes.Row(group="system", files=1, bytes=2, packed=1_000_000),
    ]
    assert sizes.table(rows).splitlines()[-1].split() == ["without", "the", "screen", "1.0"]


def test_a_release_is_named_by_its_commit_alone() -> None:
    need((ours.REPOSITORY / ".git").exists(), "the history that names a release")
    first, second = build.release(), build.release()
    assert first == second
    assert first["model"] == "debian-arm64"
    assert len(str(first["version"]).split(".")) == 3
    assert build.release("2027.1.2", "raspios")["version"] == "2027.1.2"


def test_a_folder_without_history_cannot_be_released(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="not a git checkout"):
        build.release(at=tmp_path)


def test_a_word_that_is_no_command_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["no-such"]) == program.WRONG_USAGE
    said = capsys.readouterr().err
    assert all(name in said for name in program.COMMANDS)
