"""Which partition a Pi boots: autoboot.txt and the tryboot mark."""

import pytest

from image_build.firmware import next_boot
from image_build.slots import AUTOBOOT, check_names, system_conf

OURS = AUTOBOOT.read_text("ascii")


@pytest.mark.parametrize(
    ("text", "argument", "partition"),
    [
        (OURS, "", 2),
        (OURS, "0", 2),
        (OURS, "0 tryboot", 3),
        (OURS, "3", 3),
        (OURS, "3 tryboot", 3),
        (OURS, "nonsense", 2),
        ("", "", 1),
        ("", "0 tryboot", 1),
        ("boot_partition=4", "", 4),
        ("[all]\nboot_partition=2\n[tryboot]\nboot_partition=3\n", "0 tryboot", 2),  # tryboot.txt, not another slot
        ("[all]\ntryboot_a_b=1\nboot_partition=2\n", "0 tryboot", 2),
        ("[none]\nboot_partition=3\n[all]\n# boot_partition=3\nboot_partition = 2\n", "", 2),
        ("[all]\nboot_partition=two\n", "", 1),
        ("[all]\nboot_partition=0\n", "", 1),
        ("x" * 512 + "\nboot_partition=3\n", "", 1),  # more than the firmware reads
    ],
)
def test_the_firmwares_choice(text: str, argument: str, partition: int) -> None:
    assert next_boot(text, argument) == partition


def test_settings_of_rauc_name_both_slots_and_this_version() -> None:
    text = system_conf("gatepost-debian-arm64", "2026.11.3")
    assert "compatible=gatepost-debian-arm64\n" in text and "min-bundle-version=2026.11.3\n" in text
    assert "{" not in text.replace("# The braces", "")
    assert "bundle-formats=verity\n" in text and "check-purpose=codesign\n" in text
    for letter in "ab":
        assert f"by-partlabel/root_{letter}\n" in text and f"by-partlabel/boot_{letter}\n" in text


@pytest.mark.parametrize("version", ["", "2026.11", "2026.09.1", "2026.1.1.1", "v2026.1.1", "2026.1.1\n", "٢٠٢٦.1.1"])
def test_a_version_that_rauc_cannot_compare_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="version"):
        check_names("gatepost-debian-arm64", version)
    with pytest.raises(ValueError, match="name"):
        check_names("gatepost-Debian\n[keyring]", "2026.1.1")
