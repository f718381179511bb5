"""What stays off the card: lists are read as written, and nothing that makes people up can come through."""

import pytest

from image_build import ours, prune
from image_build.root import RECIPE


def test_the_last_line_that_fits_decides() -> None:
    rules = prune.Rules("- usr/share/doc/**\n+ usr/share/doc/*/copyright\n", kept=True)
    assert not rules.keeps("usr/share/doc/dash/changelog.gz")
    assert rules.keeps("usr/share/doc/dash/copyright")
    assert rules.keeps("usr/bin/env")


def test_a_star_stays_in_its_folder_and_two_stars_go_through_any_number() -> None:
    rules = prune.Rules("- a/*.py\n- **/tests/**\n", kept=True)
    assert not rules.keeps("a/one.py")
    assert rules.keeps("a/b/one.py")
    assert not rules.keeps("a/b/tests/x")
    assert not rules.keeps("tests")


def test_a_line_that_is_neither_stops_the_build() -> None:
    with pytest.raises(ValueError, match="line 2"):
        prune.Rules("- a\n* b\n", kept=True)


def test_our_list_brings_the_gate_and_leaves_bench_demo_and_simulated_devices() -> None:
    found = ours.files()
    assert {"kiosk/run.py", "ui/app.py", "store/schema.sql", "sync_agent/agent.py", "firmware_cfg/keys.py"} <= set(
        found
    )
    for word in ("bench", "demo", "simulated", "camera_files", "lights_file", "__pycache__", "/tests/"):
        assert [path for path in found if word in path] == []
    assert {path.split("/")[0] for path in found} == {
        *("kiosk", "ui", "store", "credentials", "forms", "rules", "wire", "machine"),
        *("firmware_cfg", "sync_agent", "ble_scanner"),
    }
    assert prune.forbidden(f"{ours.HOME}/{path}" for path in found) == []


def test_the_cards_code_imports_nothing_that_was_left_out() -> None:
    """At a module's own level: what is asked for within a function is asked for by the bench alone."""
    there = set(ours.files())
    wrong = []
    for path in sorted(there):
        if not path.endswith(".py"):
            continue
        for line in (ours.REPOSITORY / path).read_text().splitlines():
            words = line.split()
            if line[:5] in {"from ", "impor"} and words[1].split(".")[0] in {one.split("/")[0] for one in there}:
                module = words[1].replace(".", "/")
                if f"{module}.py" not in there and f"{module}/__init__.py" not in there:
                    wrong.append(f"{path}: {line}")
    assert wrong == []


@pytest.mark.parametrize(
    "path",
    [
        "usr/lib/gatepost/kiosk/bench/desk.py",
        "usr/lib/gatepost/kiosk/commands/demo.py",
        "usr/lib/gatepost/sync_agent/simulated.py",
        "usr/lib/gatepost/central/ingest.py",
        "usr/lib/gatepost/site/numpy/tests/test_a.py",
        "usr/lib/gatepost/site/pip/__init__.py",
        "usr/lib/gatepost/site/pip-26.3.dist-info",
        "usr/lib/python3.13/ensurepip/__init__.py",
        "usr/bin/apt-get",
        "usr/bin/pip3",
        "usr/bin/dpkg",
        "usr/bin/perl",
        "usr/bin/su",
        "var/lib/dpkg/status",
        "etc/apt/sources.list",
    ],
)
def test_each_forbidden_thing_is_seen(path: str) -> None:
    assert prune.forbidden([path, "usr/bin/env"]) == [path]


@pytest.mark.parametrize("path", ["usr/lib/gatepost/site/cv2/benchmark.py", "usr/bin/pipewire", "usr/lib/apt-like"])
def test_a_like_sounding_name_is_not(path: str) -> None:
    assert prune.forbidden([path]) == []


def test_what_is_pruned_and_what_is_forbidden_agree() -> None:
    rules = prune.Rules((RECIPE / "prune.txt").read_text(), kept=True)
    for path in ("usr/lib/gatepost/site/pip/__init__.py", "etc/apt/sources.list", "usr/bin/su", "var/lib/dpkg/status"):
        assert not rules.keeps(path)
    for path in ("boot/gatepost", "usr/share/doc/dash/copyright", "usr/lib/gatepost/kiosk/run.py", "usr/bin/env"):
        assert rules.keeps(path)
