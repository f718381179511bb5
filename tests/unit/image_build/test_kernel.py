"""Modules on the card and in the first file system."""

from image_build import kernel
from image_build.root import RECIPE

DEPENDS = """kernel/fs/erofs/erofs.ko.xz: kernel/lib/lz4.ko.xz
kernel/lib/lz4.ko.xz:
kernel/drivers/md/dm-verity.ko.xz: kernel/drivers/md/dm-bufio.ko.xz kernel/drivers/md/dm-mod.ko.xz
kernel/drivers/md/dm-bufio.ko.xz: kernel/drivers/md/dm-mod.ko.xz
kernel/drivers/md/dm-mod.ko.xz:
kernel/drivers/net/other.ko.xz:
"""


def test_a_module_comes_after_what_it_needs_and_only_once() -> None:
    found = [kernel.named(path) for path in kernel.closure(["dm_verity", "erofs", "dm_mod"], kernel.needs(DEPENDS))]
    assert found == ["dm_mod", "dm_bufio", "dm_verity", "lz4", "erofs"]


def test_what_this_kernel_has_built_in_or_not_at_all_is_left_out() -> None:
    assert kernel.closure(["sha2_ce", "erofs"], kernel.needs(DEPENDS)) == [
        "kernel/lib/lz4.ko.xz",
        "kernel/fs/erofs/erofs.ko.xz",
    ]


def test_the_list_has_each_module_once_and_all_that_the_first_file_system_loads() -> None:
    names = kernel.wanted((RECIPE / "modules.txt").read_text())
    assert len(names) == len(set(names))
    assert set(kernel.FIRST) <= set(names)


def test_the_list_has_what_updates_lamps_radio_and_the_emulated_machine_need() -> None:
    names = set(kernel.wanted((RECIPE / "modules.txt").read_text()))
    assert {"nbd", "loop", "squashfs", "dm_verity"} <= names
    assert {"hci_uart", "uinput", "softdog", "vivid", "qemu_fw_cfg", "virtio_net"} <= names
    assert {"brcmfmac", "vc4", "uvcvideo", "nf_tables", "i2c_dev", "cdc_acm"} <= names
