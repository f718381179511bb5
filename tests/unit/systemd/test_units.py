"""What every unit keeps to: bounds, the sandbox or a written reason, no waiting for a network, a place in the page."""

import re
from importlib import import_module
from importlib.util import find_spec

import pytest

from kiosk.commands.run import UNREADABLE_SETTINGS
from machine import rescue
from tests.parts.units import HERE, ROOT, Unit, rows, units

README = (HERE / "README.md").read_text("utf-8")
SERVICES = units(".service")
# Each of these, or a row in the table of exceptions that gives the reason.
FLOOR = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "ProtectClock": "yes",
    "ProtectHostname": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectControlGroups": "yes",
    "ProtectProc": "invisible",
    "LockPersonality": "yes",
    "MemoryDenyWriteExecute": "yes",
    "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes",
    "RestrictNamespaces": "yes",
    "SystemCallArchitectures": "native",
    "SystemCallErrorNumber": "EPERM",
    "LimitCORE": "0",
    "User": "gatepost",
    "Devices": "closed",
    "IPAddressDeny": "any",
}
PI_MB = 1024 - 76  # the graphics take theirs first
ROOMS = ("kiosk", "machine", "ble_scanner")
BOOTED_MB = 200  # the kernel's own, the service manager, NetworkManager, BlueZ, chrony


# What a unit may keep of root's powers: over files, and a port below 1024; growing a mounted file system takes more.
POWERS = {"CAP_CHOWN", "CAP_FOWNER", "CAP_FSETID", "CAP_DAC_OVERRIDE", "CAP_NET_BIND_SERVICE"}
GROWING = {"CAP_SYS_ADMIN", "CAP_SYS_RESOURCE"}


def exceptions() -> set[tuple[str, str]]:
    """(unit, directive) of the table."""
    return {
        (unit.strip("`"), word.strip("` "))
        for unit, what, _reason in rows(README, "Exceptions")
        for word in what.split(",")
    }


def holds(unit: Unit, key: str, value: str) -> bool:
    """Whether the unit has the floor's value for `key`."""
    if key == "User":
        return (unit.last("User") or "root").startswith(("gatepost-", "_chrony"))
    if key == "Devices":
        return unit.last("PrivateDevices") == "yes" or unit.last("DevicePolicy") == "closed"
    return unit.last(key) == value


def test_a_unit_has_the_whole_sandbox_or_a_written_reason() -> None:
    missing = {(unit.name, key) for unit in SERVICES for key, value in FLOOR.items() if not holds(unit, key, value)}
    assert missing == exceptions(), "the table under Exceptions says more or less than the units do"


def test_every_exception_gives_its_reason() -> None:
    for unit, what, reason in rows(README, "Exceptions"):
        assert len(reason) > 20, f"{unit}: {what}"


def test_of_root_s_powers_only_those_over_files_are_left() -> None:
    for unit in SERVICES:
        assert unit.all_of("CapabilityBoundingSet"), unit.name
        more = GROWING if unit.name == "gatepost-first-boot.service" else set()
        assert unit.words("CapabilityBoundingSet") <= POWERS | more, unit.name


def test_every_unit_stands_in_the_page() -> None:
    told = {cell for row in rows(README, "The units") for cell in re.findall(r"`([^`]+)`", row[0])}
    assert told == {unit.name for unit in units()}


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_is_bounded_in_memory_processes_and_time(unit: Unit) -> None:
    assert re.fullmatch(r"\d+M", unit.last("MemoryMax") or "")
    assert unit.last("MemorySwapMax") == "0"
    assert int(unit.last("TasksMax") or 0) > 0
    if unit.last("Type") in ("oneshot", "notify"):
        assert unit.last("TimeoutStartSec") not in (None, "infinity"), "a start that hangs holds up the boot"
    if unit.last("Restart"):
        assert unit.last("RestartSec"), "a process that dies at once must not fill the processor"


def test_all_that_runs_all_day_fits_into_a_pi_of_one_gigabyte() -> None:
    at_work = [unit for unit in SERVICES if unit.last("Type") in ("notify", "exec", "simple")]
    lamps = {"gatepost-lamps.service", "gatepost-rescue.service"}  # only while the gate does not run
    most = sum(int((unit.last("MemoryMax") or "0M")[:-1]) for unit in at_work if unit.name not in lamps)
    assert most + BOOTED_MB <= PI_MB


def test_nobody_waits_for_the_network() -> None:
    for path in HERE.rglob("*"):
        if path.is_file() and path.name != "README.md":
            text = path.read_text("utf-8")
            assert "network-online" not in text, path
            assert "time-sync.target" not in text, path
    gate = next(unit for unit in SERVICES if unit.name == "kiosk.service")
    assert not {"NetworkManager.service", "network.target", "chrony.service"} & gate.words("After")


# What a card runs that the gate does without; the drop-ins are those of Debian's own units.
AFTER_THE_GATE = (
    *("ble-scanner.service", "sync-agent.service", "gatepost-certificate.service", "guard-proxy.service"),
    *("phone-proxy.service", "gatepost-tamper.service", "gatepost-good.service"),
    *("NetworkManager.service.d", "wpa_supplicant.service.d", "avahi-daemon.service.d", "bluetooth.service.d"),
)


@pytest.mark.parametrize("name", AFTER_THE_GATE)
def test_whom_the_gate_does_not_need_begins_after_it(name: str) -> None:
    path = HERE / name
    after = Unit(path / "gatepost.conf" if path.is_dir() else path).words("After")
    assert "kiosk.service" in after, "it would take the processor from a gate that starts"


def test_the_gate_waits_for_nobody_that_begins_after_it() -> None:
    """By After= alone, over all that comes before it: an ordering in a circle would drop somebody's start."""
    before = {unit.name: unit.words("After") for unit in units()}
    for unit in units():
        for name in unit.words("Before"):
            before.setdefault(name, set()).add(unit.name)
    seen, wanted = set[str](), {"kiosk.service"}
    while wanted:
        wanted = {name for one in wanted for name in before.get(one, ())} - seen
        seen |= wanted
    later = {name.removesuffix(".d") for name in AFTER_THE_GATE}
    assert "gatepost-settings.service" in seen
    assert not seen & (later | {"kiosk.service", "gatepost-kernel.service", "nftables.service", "basic.target"})


def test_the_first_lamps_wait_for_nothing() -> None:
    lamps = next(unit for unit in SERVICES if unit.name == "gatepost-lamps.service")
    assert lamps.last("DefaultDependencies") == "no"
    assert not lamps.words("After") | lamps.words("Wants") | lamps.words("Requires")
    assert lamps.words("Before") == {"shutdown.target"}, "nobody is held up by them either"
    assert "capset" in lamps.words("SystemCallFilter"), "without it setpriv of util-linux ends in an error"
    behind = {unit.name for unit in units() if lamps.name in unit.words("After")}
    assert behind == set()


def test_what_lamps_and_gate_stand_on_has_the_processor_while_the_box_starts() -> None:
    first = {"gatepost-lamps", "gatepost-data", "gatepost-settings", "gatepost-first-boot", "kiosk"}
    shares = {unit.name: unit.last("StartupCPUWeight") for unit in SERVICES}
    assert {name.removesuffix(".service") for name, share in shares.items() if share == "10000"} == first


def test_who_has_no_network_of_the_box_asks_nothing_of_it() -> None:
    """A + lifts the sandbox, and not PrivateNetwork: there is no filter and no radio where such a command runs."""
    asks = re.compile(r"(?m)(?:^|[\s;&|(/])(?:nft|iw|ip|rfkill|tc) +-?[a-z]")
    told = Unit(HERE / "gatepost-kernel.service")
    assert told.last("PrivateNetwork") is None
    assert all(word in started_text(told) for word in ("nft -f", "iw reg set"))
    for unit in SERVICES:
        if unit.last("PrivateNetwork") == "yes":
            assert not asks.search(started_text(unit)), unit.name


def started_text(unit: Unit) -> str:
    """The commands of a unit, and the text of those of them that are our own small programs."""
    commands = [value for key, value in unit.pairs if key.startswith("Exec")]
    programs = [command.lstrip("+-!").split()[0] for command in commands]
    ours = [ROOT / program[1:] for program in programs if program.startswith("/usr/lib/gatepost/bin/")]
    return "\n".join([*commands, *(path.read_text("utf-8") for path in ours)])


def test_tmpfiles_ask_for_nothing_on_the_root_that_cannot_be_written() -> None:
    """Files of the names of Debian's, in their place."""
    masks = sorted((ROOT / "etc/tmpfiles.d").iterdir())
    assert [path.stem for path in masks] == ["credstore", "debian", "home", "polkit-tmpfiles"]
    for path in (*masks, ROOT / "usr/lib/gatepost/tmpfiles/data.conf"):
        lines = [line.split() for line in path.read_text("utf-8").splitlines() if line and line[0] != "#"]
        assert all(line[1].startswith(("/run/", "/data/")) for line in lines), path


def test_only_who_must_has_the_network() -> None:
    allowed = {"sync-agent.service", "gatepost-update.service", "guard-proxy.service", "phone-proxy.service"}
    assert {unit.name for unit in SERVICES if unit.last("IPAddressDeny") != "any"} == allowed
    for unit in SERVICES:
        if unit.name not in allowed:
            assert unit.all_of("IPAddressAllow") in ([], ["localhost"])


def test_processes_that_speak_are_watched() -> None:
    for name in ("kiosk.service", "ble-scanner.service", "sync-agent.service"):
        unit = next(unit for unit in SERVICES if unit.name == name)
        assert unit.last("Type") == "notify"
        assert 10 <= int(unit.last("WatchdogSec") or 0) <= 60


def test_the_gate_is_given_up_after_as_many_tries_as_the_rescue_thinks() -> None:
    gate = next(unit for unit in SERVICES if unit.name == "kiosk.service")
    tries = int(gate.last("StartLimitBurst") or 0)
    hang_s = int(gate.last("WatchdogSec") or 0) + 10 + int(gate.last("RestartSec") or 0)
    assert tries == rescue.MOST_TRIES
    assert tries * hang_s < int(gate.last("StartLimitIntervalSec") or 0), "a gate that hangs would be tried for ever"
    assert gate.last("OnFailure") == "gatepost-rescue.service"
    assert gate.last("RestartPreventExitStatus") == str(UNREADABLE_SETTINGS) == rescue.SETTINGS


def test_what_a_unit_starts_is_there() -> None:
    for unit in SERVICES:
        for key in ("ExecStart", "ExecStartPre", "ExecStartPost", "ExecStopPost"):
            for command in unit.all_of(key):
                program, *words = command.lstrip("+-!").split()
                if program.startswith("/usr/lib/gatepost/"):
                    path = ROOT / program[1:]
                    assert path.stat().st_mode & 0o111, f"{unit.name}: {path} is no program"
                if program.endswith("gatepost-python"):
                    assert find_spec(words[1]) is not None, f"{unit.name}: no module {words[1]}"
                    commands = (
                        getattr(import_module(f"{words[1]}.__main__"), "COMMANDS", {}) if words[1] in ROOMS else {}
                    )
                    assert not commands or words[2] in commands, f"{unit.name}: {command}"


def test_accounts_and_groups_of_units_are_made_with_numbers_that_stay() -> None:
    text = (ROOT / "usr/lib/sysusers.d/gatepost.conf").read_text("utf-8")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    made = {line[1] for line in lines if line[0] in "ug"}
    assert all(line[2].isdigit() for line in lines if line[0] in "ug")
    for unit in SERVICES:
        used = unit.words("User") | unit.words("Group") | unit.words("SupplementaryGroups")
        assert {name for name in used if name.startswith(("gatepost", "gpio", "i2c"))} <= made, unit.name


def test_exactly_what_the_preset_names_is_enabled() -> None:
    lines = (ROOT / "usr/lib/systemd/system-preset/00-gatepost.preset").read_text("utf-8").splitlines()
    orders = [line.split() for line in lines if line and not line.startswith("#")]
    assert orders[-1] == ["disable", "*"]
    ours = {unit.name for unit in units() if "[Install]" in unit.path.read_text("utf-8")}
    enabled = {name for order, name in orders if order == "enable"}
    assert ours <= enabled
    assert {unit.name for unit in units()} & enabled == ours


def test_no_package_is_made_of_this_folder() -> None:
    """It would stand before python3-systemd on the import path."""
    assert not list(HERE.rglob("*.py"))


def test_the_journal_stays_in_ram_and_small() -> None:
    text = (ROOT / "usr/lib/systemd/journald.conf.d/gatepost.conf").read_text("utf-8")
    assert "Storage=volatile" in text
    assert "RuntimeMaxUse=16M" in text
    assert text.count("=no") >= 5, "nothing is forwarded"
