"""The card's parts made by the real programs from a small tree: the same twice, owners kept, a changed byte refused."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from image_build import build, disk, initrd, layout, native, tools, verity
from image_build.thin import thin
from image_build.tools import BuildError
from tests.needs import need

OWNER = 901


def programs(*names: str, root: bool = True) -> None:
    """Skips unless `names` are here, and where owners are to be set, unless this is root."""
    wanting = tools.missing(names)
    need(not wanting, "; ".join(wanting))
    if root and os.geteuid() != 0:
        pytest.skip("only root sets the owners of files")


def small_tree(folder: Path, names: list[str]) -> Path:
    """A root in small; `names` is the order in which its files are made."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name * 3000)
    (folder / "usr/bin/link").symlink_to("env")
    (folder / "var/lib/store").mkdir(parents=True)
    os.chown(folder / "var/lib/store", OWNER, OWNER)
    (folder / "var/lib").chmod(0o755)
    (folder / "var/lib/store").chmod(0o2770)
    return folder


NAMES = ["usr/bin/env", "etc/passwd", "usr/lib/a/b.py", "usr/lib/a/a.py"]


def test_the_same_tree_gives_the_same_root_whenever_and_in_whatever_order_it_was_made(tmp_path: Path) -> None:
    programs(*verity.PROGRAMS)
    first = verity.seal(small_tree(tmp_path / "one", NAMES), tmp_path / "one.img")
    second = verity.seal(small_tree(tmp_path / "a-longer-name", NAMES[::-1]), tmp_path / "two.img")
    assert first.root_hash == second.root_hash
    assert build.digest(first.file) == build.digest(second.file)
    assert first.file.stat().st_size % layout.BLOCK == 0


def test_owners_and_modes_are_in_the_root(tmp_path: Path) -> None:
    programs(*verity.PROGRAMS, "dump.erofs")
    sealed = verity.seal(small_tree(tmp_path / "tree", NAMES), tmp_path / "root.img")
    said = tools.run("dump.erofs", "--path=/var/lib/store", sealed.file)
    assert f"Uid: {OWNER}" in said
    assert "Access: 0770" in said


def test_a_changed_byte_no_longer_fits_the_root_hash(tmp_path: Path) -> None:
    programs(*verity.PROGRAMS)
    sealed = verity.seal(small_tree(tmp_path / "tree", NAMES), tmp_path / "root.img")
    offset = str(sealed.blocks * layout.BLOCK)
    check = ("veritysetup", "verify", f"--hash-offset={offset}", sealed.file, sealed.file, sealed.root_hash)
    tools.run(*check)
    with sealed.file.open("r+b") as stream:
        stream.seek(5000)
        byte = stream.read(1)
        stream.seek(5000)
        stream.write(bytes((byte[0] ^ 1,)))
    with pytest.raises(BuildError, match="veritysetup failed"):
        tools.run(*check)


def test_the_cards_table_is_as_sfdisk_reads_it(tmp_path: Path) -> None:
    programs(*disk.PROGRAMS, root=False)
    part = tmp_path / "root.img"
    part.write_bytes(b"root" * 4096)
    disk.make_data(tmp_path / "data.ext4")
    card = tmp_path / "card.img"
    disk.make_card(card, {"root_a": part, "data": tmp_path / "data.ext4"})
    table = json.loads(tools.run("sfdisk", "--json", card))["partitiontable"]
    assert table["label"] == "gpt"
    read = [(one["name"], one["start"] * 512, one["size"] * 512, one["type"]) for one in table["partitions"]]
    assert read == [(p.label, layout.offset(p.label), p.size, p.type_guid) for p in layout.CARD]
    with card.open("rb") as stream:
        stream.seek(layout.offset("root_a"))
        assert stream.read(8) == b"rootroot"
        stream.seek(layout.offset("data") + 1024 + 0x38)
        assert stream.read(2) == b"\x53\xef"  # ext4's magic number
    assert card.stat().st_blocks * 512 < 64 * layout.MIB  # sparse: the rest takes no place


def test_the_data_partition_is_ordered_and_can_grow(tmp_path: Path) -> None:
    programs("mke2fs", "dumpe2fs", "resize2fs", "truncate", root=False)
    data = tmp_path / "data.ext4"
    disk.make_data(data)
    said = tools.run("dumpe2fs", "-h", data)
    assert "has_journal" in said
    assert "journal_data" not in said.partition("Default mount options:")[2].splitlines()[0]
    tools.run("truncate", "-s", "8G", data)
    tools.run("resize2fs", data)
    counted = re.search(r"^Block count: +(\d+)$", tools.run("dumpe2fs", "-h", data), re.MULTILINE)
    assert counted is not None
    block = 1024 if "Block size:               1024" in said else 4096
    assert int(counted[1]) * block == 8 * 1024 * layout.MIB


def test_a_part_larger_than_its_partition_is_refused(tmp_path: Path) -> None:
    programs(*disk.PROGRAMS, root=False)
    large = tmp_path / "boot.vfat"
    large.touch()
    os.truncate(large, layout.by_label("boot_a").size + 1)
    with pytest.raises(BuildError, match=r"boot\.vfat does not fit partition boot_a"):
        disk.make_card(tmp_path / "card.img", {"boot_a": large})


def test_a_boot_slot_is_the_same_twice_and_holds_what_was_put_in(tmp_path: Path) -> None:
    programs(*disk.PROGRAMS, root=False)
    digests = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "cmdline.txt").write_text("words\n")
        (folder / "rtc.dtbo").write_bytes(b"tree")
        contents = {"cmdline.txt": folder / "cmdline.txt", "overlays/rtc.dtbo": folder / "rtc.dtbo"}
        disk.make_vfat(folder / "boot.vfat", "boot_a", contents, "BOOT")
        digests.append(build.digest(folder / "boot.vfat"))
    assert digests[0] == digests[1]
    assert tools.run("mcopy", "-i", tmp_path / "one/boot.vfat", "::overlays/rtc.dtbo", "-") == "tree"


def test_rights_to_become_somebody_else_are_taken_off(tmp_path: Path) -> None:
    (tmp_path / "usr").mkdir()
    for name, mode in (("mount", 0o4755), ("write", 0o2755), ("env", 0o755)):
        (tmp_path / "usr" / name).write_text("")
        (tmp_path / "usr" / name).chmod(mode)
    assert native.take_rights(tmp_path) == ["usr/mount", "usr/write"]
    assert [oct((tmp_path / "usr" / name).stat().st_mode)[-4:] for name in ("mount", "write")] == ["0755", "0755"]


def test_var_is_made_anew_at_each_boot_with_its_owners(tmp_path: Path) -> None:
    programs()
    small_tree(tmp_path, NAMES)
    (tmp_path / "var/run").mkdir()
    assert native.var_lines(tmp_path) == ["d /var/lib 0755 0 0 - -", f"d /var/lib/store 2770 {OWNER} {OWNER} - -"]


def test_what_a_list_takes_out_is_gone_and_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("")
    tree = tmp_path / "tree"
    (tree / "doc/x").mkdir(parents=True)
    (tree / "doc/x/changelog").write_text("")
    (tree / "doc/x/copyright").write_text("")
    (tree / "doc/y").mkdir()
    (tree / "doc/link").symlink_to(outside)
    thin(tree, "- doc/**\n+ doc/*/copyright\n")
    assert sorted(str(path.relative_to(tree)) for path in tree.rglob("*")) == ["doc", "doc/x", "doc/x/copyright"]
    assert (outside / "kept").is_file()


def test_the_first_programs_script_is_one_that_busybox_reads() -> None:
    shell = shutil.which("busybox")
    command = [shell, "sh", "-n"] if shell else ["sh", "-n"]
    assert subprocess.run([*command, initrd.INIT], capture_output=True, check=False).returncode == 0
