"""The fixed files of a card: udev's rules are of its grammar and allow only what they name; the clock has no port."""

import re
from configparser import ConfigParser
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

import firmware_cfg

CARD = Path(firmware_cfg.__file__).parent / "card"
RULES = sorted((CARD / "usr/lib/udev/rules.d").glob("*.rules"))
_ATTRIBUTE = r"\{[^{}]+\}"
_PIECE = re.compile(
    rf"(ACTION|KERNEL|SUBSYSTEM|SUBSYSTEMS|ENV{_ATTRIBUTE}|ATTR{_ATTRIBUTE}|ATTRS{_ATTRIBUTE}|IMPORT{_ATTRIBUTE}|TAG|SYMLINK|GROUP|MODE"
    rf'|LABEL|GOTO)(==|!=|\+=|=)"([^"]*)"'
)
Piece = tuple[str, str, str]


def rules_of(path: Path) -> list[list[Piece]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [[_PIECE.fullmatch(piece).groups() for piece in re.split(r", (?=[A-Z])", line)] for line in lines]  # type: ignore[union-attr, misc]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_every_rule_is_of_udevs_grammar_and_every_jump_has_its_label(path: Path) -> None:
    rules = rules_of(path)
    labels = [value for rule in rules for key, _, value in rule if key == "LABEL"]
    jumps = {value for rule in rules for key, _, value in rule if key == "GOTO"}
    assert jumps == set(labels) and len(labels) == len(set(labels))
    assert not [piece for rule in rules for piece in rule if piece[0] == "RUN"]


def verdict(device: dict[str, str]) -> str:
    """What rule file 61 gives an interface: the value that `authorized` is set to, walked as udev walks it."""
    rules, at = rules_of(CARD / "usr/lib/udev/rules.d/61-gatepost-usb.rules"), 0
    given = ""
    while at < len(rules):
        rule = rules[at]
        at += 1
        if not all(_matches(device, *piece) for piece in rule if piece[1] in ("==", "!=")):
            continue
        for key, _, value in (piece for piece in rule if piece[1] == "="):
            if key == "GOTO":
                at = next(i for i, one in enumerate(rules) if ("LABEL", "=", value) in one)
            elif key == "ATTR{authorized}":
                given = value
    return given


def _matches(device: dict[str, str], key: str, operator: str, value: str) -> bool:
    found = any(fnmatchcase(device.get(key, ""), one) for one in value.split("|"))
    return found is (operator == "==")


def interface(kind: str, vendor: str = "1234", product: str = "0001", beside: str = "") -> dict[str, str]:
    """`beside`: what other interfaces the same device has, as udev lists them."""
    major, minor, protocol = kind.split("/")
    return {
        "ACTION": "add",
        "SUBSYSTEM": "usb",
        "KERNEL": "1-1:1.0",
        "ENV{DEVTYPE}": "usb_interface",
        "ATTR{bInterfaceClass}": major,
        "ATTR{bInterfaceSubClass}": minor,
        "ATTR{bInterfaceProtocol}": protocol,
        "ATTRS{idVendor}": vendor,
        "ATTRS{idProduct}": product,
        "ENV{ID_USB_INTERFACES}": f":{major}{minor}{protocol}:{beside}",
    }


@pytest.mark.parametrize(
    ("what", "device"),
    [
        ("hub", interface("09/00/00")),
        ("storage", interface("08/06/50")),
        ("camera", interface("0e/01/00")),
        ("loudspeaker", interface("01/02/00")),
        ("printer", interface("07/01/02")),
        ("touch panel", interface("03/00/00")),
        ("serial scanner", interface("02/02/01")),
        ("its data", interface("0a/00/00", beside="020201:")),
        ("Bluetooth", interface("e0/01/01")),
        ("serial chip", interface("ff/ff/ff", "0403", "6001")),
        ("Ethernet of a Pi 3B", interface("ff/00/ff", "0424", "ec00")),
        ("Ethernet of a Pi 3B+", interface("ff/00/ff", "0424", "7800")),
        ("listed scanner as HID", interface("03/01/01", "0c2e")),
    ],
)
def test_what_belongs_to_a_kiosk_may_be_plugged_in(what: str, device: dict[str, str]) -> None:
    assert verdict(device) == "1", what


@pytest.mark.parametrize(
    ("what", "device"),
    [
        ("keyboard", interface("03/01/01")),
        ("mouse", interface("03/01/02")),
        ("network card, ECM", interface("02/06/00")),
        ("its data", interface("0a/00/00", beside="020600:")),
        ("data of a device that is a serial line and a network card", interface("0a/00/00", beside="020201:020600:")),
        ("data of RNDIS", interface("0a/00/00", beside="0202ff:")),
        ("data of nothing", interface("0a/00/00")),
        ("network card, NCM", interface("02/0d/00")),
        ("network card, RNDIS", interface("02/02/ff")),
        ("network card, RNDIS as wireless", interface("e0/01/03")),
        ("network card, RNDIS as other", interface("ef/04/01")),
        ("Wi-Fi stick", interface("ff/ff/ff", "0bda", "8179")),
        ("telephone in debug mode", interface("ff/42/01", "18d1")),
        ("smart card reader", interface("0b/00/00")),
        ("firmware loader", interface("fe/01/01")),
        ("camera by PTP", interface("06/01/01")),
    ],
)
def test_everything_else_stays_without_a_driver(what: str, device: dict[str, str]) -> None:
    assert verdict(device) == "0", what


def test_only_a_file_system_on_a_usb_stick_starts_the_carrying() -> None:
    starts = [
        (path.name, rule)
        for path in RULES
        for rule in rules_of(path)
        if any(key == "ENV{SYSTEMD_WANTS}" for key, _, _ in rule)
    ]
    ((name, rule),) = starts
    assert name == "65-gatepost-carry.rules" and ("ENV{SYSTEMD_WANTS}", "+=", "gatepost-carry@%k.service") in rule
    assert {("ENV{ID_BUS}", "==", "usb"), ("ENV{ID_FS_USAGE}", "==", "filesystem"), ("ACTION", "!=", "remove")} <= set(
        rule
    )


def test_networkmanager_asks_no_stranger_and_keeps_names_of_networks_out_of_the_journal() -> None:
    said = ConfigParser(delimiters=("=",))
    said.read(CARD / "etc/NetworkManager/conf.d/gatepost.conf", "utf-8")
    assert said["connectivity"]["enabled"] == "false" and said["logging"]["level"] == "WARN"
    assert said["main"]["no-auto-default"] == "*"


def test_the_clock_has_no_port_and_a_card_that_lost_its_power_begins_where_it_was() -> None:
    lines = (CARD / "etc/chrony/chrony.conf").read_text("utf-8").splitlines()
    assert "rtconutc" in lines  # or a gate without a network is seven hours wrong after chronyd read the chip
    assert {"cmdport 0", "rtcsync", "makestep 1 3", "driftfile /var/lib/chrony/chrony.drift"} <= set(lines)
    assert not [line for line in lines if line.startswith(("allow", "port ", "pool ", "server "))]
    assert 'DAEMON_OPTS="-s -F 1"' in (CARD / "etc/default/chrony").read_text("utf-8").splitlines()
