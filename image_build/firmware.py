"""PURE. Which partition a Raspberry Pi's firmware boots from, for machines that have no such firmware.

Source: Raspberry Pi documentation, "config.txt", sections "autoboot.txt" and "fail-safe OS updates (tryboot)".
- autoboot.txt lies on the first partition; the last setting that applies wins; what stands before a section applies.
- A reboot with "0 tryboot" sets a mark that lasts for one boot: then [tryboot] applies as well as [all]. Power that
  comes back, a watchdog and a plain reboot find no mark.
- A reboot that names a partition other than 0 goes there and reads no autoboot.txt.
"""

MAX_BYTES = 512  # the firmware reads no more of autoboot.txt
FIRST = 1


def next_boot(autoboot: str, reboot_argument: str = "") -> int:
    """The number of the partition, 1 where nothing names one. `reboot_argument` is that of reboot(2), "" for none."""
    words = reboot_argument.split()
    if words and words[0].isdecimal() and int(words[0]):
        return int(words[0])
    found = _settings(autoboot, tried="tryboot" in words)
    # Without tryboot_a_b the mark asks for tryboot.txt of the same partition, not for another partition.
    if "tryboot" in words and found.get("tryboot_a_b") != "1":
        found = _settings(autoboot, tried=False)
    number = found.get("boot_partition", "")
    return int(number) if number.isdecimal() and int(number) else FIRST


def _settings(text: str, *, tried: bool) -> dict[str, str]:
    applies, found = True, {}
    for whole in text[:MAX_BYTES].splitlines():
        line = whole.partition("#")[0].strip()
        if line.startswith("[") and line.endswith("]"):
            applies = line == "[all]" or (tried and line == "[tryboot]")
        elif applies and "=" in line:
            name, _, value = line.partition("=")
            found[name.strip()] = value.strip()
    return found
