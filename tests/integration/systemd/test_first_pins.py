"""Which lamps the first lamps are: read from kiosk.toml without Python, and never another pin than Python would say."""

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_cfg.keys import Problem, read_table
from firmware_cfg.plan import lamps
from firmware_cfg.settings import Lights
from tests.needs import need
from tests.parts.units import ROOT
from tests.unit.firmware_cfg.test_settings import EXAMPLE

PINS = ROOT / "usr/lib/gatepost/bin/pins"
READER = ROOT / "usr/lib/gatepost/awk/pins.awk"
DEFAULT = lamps(Path("/run/gatepost"), Lights("gpiozero"), "starting").text  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _awk() -> None:
    need(shutil.which("awk") is not None, "awk")


def read(text: str | bytes) -> str | None:
    """What the card's reader says of a file; None when it does not."""
    data = text.encode() if isinstance(text, str) else text
    ended = subprocess.run(["awk", "-f", str(READER)], input=data, capture_output=True, timeout=30, check=False)
    assert ended.returncode in (0, 1), ended.stderr
    assert (ended.returncode == 1) == (ended.stdout == b"")
    return ended.stdout.decode() or None


def by_python(text: str) -> str | None:
    """lamps.env of the lights that Python finds in `text`; None where there are none, or wrong ones."""
    try:
        found = tomllib.loads(text)["devices"]["lights"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return None
    problems: list[Problem] = []
    lights = read_table(Lights, found, "devices.lights", True, problems)
    return lamps(Path("/run/gatepost"), lights, "starting").text if lights and not problems else None  # type: ignore[arg-type]


BLANK = st.sampled_from(["", " ", "\t", "  "])
REMARK = st.sampled_from(["", " # 5", '# chân "BCM', " # [devices.lights]", "#green = 3"])
ELSEWHERE = st.sampled_from(
    [
        '[venue]\nname = "[devices.lights]"\n',
        "[venue]\nname = '# \"'\n",
        '[centre]\nbrokers = [ # [x]\n  "mqtts://a # b",\n  "green = 3",\n]\n',
        '[gate]\nname = "Cửa \\" A # \\\\"\n',
        "[devices.camera]\nilluminator_pin = 24\n[devices.inputs]\ngreen = 9\n",
        "[lights]\ngreen = 1\n",
        "[clock]\nntp = ['a', \"b\"]\n[times]\nallow_ms = 3000\n",
        "top.level = { green = 4, x = [1, 2] }\n",
        "# green = 3\n\n",
    ]
)
PIN = st.integers(0, 27)
ODD_VALUE = st.sampled_from(
    ["28", "-1", "+5", "0x11", "1_7", "05", "17.0", '"17"', "[17]", "", "true", "1 7", "99999999999999999999"]
)


@st.composite
def files(draw: st.DrawFn, odd: bool) -> str:
    """A kiosk.toml around a section of lights; with `odd`, some of it is not as a technician writes it."""
    names = draw(st.permutations(["green", "yellow", "red", "buzzer"]))[: draw(st.integers(0, 4))]
    pins = draw(st.permutations(range(28)))
    values = {name: str(pin) for name, pin in zip(names, pins, strict=False)}
    lines = [("kind", '"gpiozero"'), *values.items()]
    if draw(st.booleans()):
        lines.append(("active_high", draw(st.sampled_from(["true", "false"]))))
    if odd and draw(st.booleans()):
        lines.append((draw(st.sampled_from(["green", '"red"', "active_high", "grean", "kind"])), draw(ODD_VALUE)))
    lines = draw(st.permutations(lines))
    shape = draw(st.sampled_from(["[devices.lights]", "[ devices . lights ]", "devices", "inline", "dotted", "quoted"]))
    if not odd or shape.startswith("["):
        shape = shape if shape.startswith("[") else "[devices.lights]"
        body = "".join(
            f"{draw(BLANK)}{name}{draw(BLANK)}={draw(BLANK)}{value}{draw(BLANK)}{draw(REMARK)}\n"
            for name, value in lines
        )
        body = f"{shape}{draw(REMARK)}\n{body}"
    elif shape == "devices":
        body = "[devices]\n" + "".join(f"lights.{name} = {value}\n" for name, value in lines)
    elif shape == "inline":
        body = "[devices]\nlights = {" + ", ".join(f"{name} = {value}" for name, value in lines) + "}\n"
    elif shape == "dotted":
        body = "[x]\n" + "".join(f"devices.lights.{name} = {value}\n" for name, value in lines)
    else:
        body = '[devices."lights"]\n' + "".join(f"{name} = {value}\n" for name, value in lines)
    before, after = draw(st.lists(ELSEWHERE, max_size=2)), draw(st.lists(ELSEWHERE, max_size=2))
    text = "".join([*(part for part in before if part[0] != "t"), body, *(part for part in after if part[0] != "t")])
    text = draw(st.sampled_from(["", "top.level = { green = 4, x = [1, 2] }\n"])) + text
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(max_examples=150, deadline=None)
@given(text=files(odd=False), mark=st.booleans())
def test_a_good_file_s_pins_are_those_that_python_reads(text: str, mark: bool) -> None:
    expected = by_python(text)
    found = read(("\ufeff" if mark else "") + text)
    if expected is None:  # the same section twice
        return
    if len({line.split("=")[1] for line in expected.splitlines()[:4]}) < 4:
        assert found is None, "two lamps on one pin are refused, by Python too when it sees the whole file"
    else:
        assert found == expected


@settings(max_examples=250, deadline=None)
@given(text=files(odd=True))
def test_a_file_of_another_shape_is_read_the_same_or_not_at_all(text: str) -> None:
    found = read(text)
    if found is not None and (expected := by_python(text)) is not None:
        assert found == expected


@settings(max_examples=150, deadline=None)
@given(data=st.one_of(st.binary(max_size=300), files(odd=True).map(str.encode)), cut=st.integers(0, 400))
def test_from_bytes_of_any_kind_come_four_pins_of_the_header_or_none(data: bytes, cut: int) -> None:
    found = read(data[:cut])
    if found is not None:
        values = dict(line.split("=") for line in found.splitlines())
        pins = [int(values[name]) for name in ("GREEN", "YELLOW", "RED", "BUZZER")]
        assert len(set(pins)) == 4
        assert all(0 <= pin <= 27 for pin in pins)
        assert (values["ACTIVE_HIGH"] in "01", values["PATTERN"]) == (True, "starting")


class Box:
    """Folders of a card at power on."""

    def __init__(self, folder: Path) -> None:
        self.card, self.data, self.run, self.place = (folder / name for name in ("card", "data", "run", "place"))
        self.sys, self.dev = folder / "sys", folder / "dev"
        for one in (self.card, self.data / "settings", self.run, self.sys / "class/block", self.dev):
            one.mkdir(parents=True)

    def look(self) -> str | None:
        words = [str(PINS), str(self.card), str(self.data), str(self.run), str(self.place)]
        words += ["65534"] if os.getuid() == 0 else []
        environment = {"PATH": os.environ["PATH"], "SYS": str(self.sys), "DEV": str(self.dev)}
        subprocess.run(words, env=environment, check=True, timeout=30, capture_output=True)
        path = self.place / "pins.env"
        return path.read_text("utf-8") if path.exists() else None


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def with_green(pin: int) -> str:
    return EXAMPLE.replace("green = 17", f"green = {pin}")


def test_the_card_s_file_goes_before_the_last_good_one_and_that_before_the_defaults(box: Box) -> None:
    assert box.look() == DEFAULT
    good = box.data / "settings/kiosk.toml.good"
    good.write_text(with_green(6), "utf-8")
    good.chmod(0o600)
    assert "GREEN=6\n" in (box.look() or "")
    (box.card / "kiosk.toml").write_text(with_green(5), "utf-8")
    (box.card / "kiosk.toml").chmod(0o600)
    assert box.look() == by_python(with_green(5))
    (box.card / "kiosk.toml").write_text(with_green(99), "utf-8")
    assert "GREEN=6\n" in (box.look() or "")
    good.unlink()
    assert box.look() == DEFAULT


def test_once_the_settings_were_read_nothing_is_read_here(box: Box) -> None:
    (box.run / "lamps.env").write_text("PATTERN=settings\n", "utf-8")
    (box.card / "kiosk.toml").write_text(with_green(5), "utf-8")
    assert box.look() is None


def test_a_link_in_the_file_s_place_is_not_followed(box: Box) -> None:
    (box.data / "settings/kiosk.toml.good").symlink_to(box.card / "other")
    (box.card / "other").write_text(with_green(5), "utf-8")
    assert box.look() == DEFAULT


def test_the_partition_is_found_by_its_name_without_udev(box: Box) -> None:
    """It cannot be mounted here; it is seen which one would be."""
    for name, label in (("mmcblk0", ""), ("mmcblk0p1", "GATEPOST"), ("mmcblk0p2", "boot_a")):
        folder = box.sys / "class/block" / name
        folder.mkdir()
        said = f"MAJOR=179\nDEVNAME={name}\nDEVTYPE=partition\n" + (f"PARTNAME={label}\n" if label else "")
        (folder / "uevent").write_text(said, "ascii")
    tools = box.run.parent / "tools"
    tools.mkdir()
    (tools / "mount").write_text(f'#!/bin/sh\necho "$*" >{tools}/asked\ncp {tools}/kiosk.toml "$6"\n', "utf-8")
    (tools / "umount").write_text(f'#!/bin/sh\nrm "$1/kiosk.toml"; echo "$1" >>{tools}/asked\n', "utf-8")
    for path in tools.iterdir():
        path.chmod(0o755)
    (tools / "kiosk.toml").write_text(with_green(5), "utf-8")
    words = [str(PINS), str(box.card), str(box.data), str(box.run), str(box.place)]
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "SYS": str(box.sys), "DEV": str(box.dev)}
    subprocess.run(words, env=environment, check=True, timeout=30)
    options = next(
        line.removeprefix("Options=")
        for line in (ROOT.parent / "boot-gatepost.mount").read_text("utf-8").splitlines()
        if line.startswith("Options=")
    )
    place = box.place / "card"
    asked = (tools / "asked").read_text("utf-8").splitlines()
    assert asked == [f"-t vfat -o {options} {box.dev}/mmcblk0p1 {place}", str(place)]
    assert (box.place / "pins.env").read_text("utf-8") == by_python(with_green(5))
    assert list(place.iterdir()) == []
