"""The ring of faults: bounded, sparing with the card, and without anybody's name."""

import json
import sys
from pathlib import Path

import pytest

from machine import ring

SAID = {
    "__REALTIME_TIMESTAMP": "1795473572112000",
    "_BOOT_ID": "00112233445566778899aabbccddeeff",
    "_TRANSPORT": "journal",
    "_PID": "1",
    "UNIT": "kiosk.service",
    "PRIORITY": "3",
    "MESSAGE": "kiosk.service: Watchdog timeout (limit 20s)!",
}


def entry(**other: object) -> str:
    return json.dumps({**SAID, **other})


def test_a_fault_that_comes_often_is_one_line_with_its_count() -> None:
    lines = ring.gather([entry(), entry(__REALTIME_TIMESTAMP="1795473600000000"), "no json", entry()])
    assert [json.loads(line) for line in lines] == [
        {
            "at_ms": 1795473572112,
            "boot": "00112233",
            "unit": "kiosk.service",
            "level": 3,
            "text": "kiosk.service: Watchdog timeout (limit 20s)!",
            "times": 3,
        }
    ]


def test_words_are_kept_of_the_kernel_and_the_manager_only() -> None:
    name = "Trần Văn Thử 099099000001"
    for other in ({"_PID": "812", "_SYSTEMD_UNIT": "kiosk.service"}, {"_PID": "900", "UNIT": None}):
        (line,) = ring.gather([entry(MESSAGE=f"ValueError: {name}", **other)])
        assert json.loads(line)["text"] == ""
        assert "099099" not in line
    (line,) = ring.gather(
        [entry(_TRANSPORT="kernel", _PID="0", MESSAGE="mmc0: timeout waiting for hardware interrupt")]
    )
    assert "mmc0: timeout" in line


@pytest.mark.parametrize(
    "words",
    [
        "wlan0: deauthenticated from 02:11:22:33:44:55",
        "IPv4: martian source 192.0.2.7 from 192.0.2.9, on dev eth0",
        "IPv6: wlan0: IPv6 duplicate address fe80::211:22ff:fe33:4455 detected!",
        "connection 'Nha Chi Sau' refused",
        "a\nb\x1b[31m",
    ],
)
def test_addresses_and_names_in_quotes_are_masked(words: str) -> None:
    (line,) = ring.gather([entry(MESSAGE=words)])
    text = json.loads(line)["text"]
    assert not any(secret in text for secret in ("33", "192.0", "fe80", "Nha", "\n", "\x1b"))


def test_two_files_are_never_larger_than_a_quarter_of_a_megabyte(tmp_path: Path) -> None:
    for number in range(400):
        ring.append(tmp_path, ring.gather(entry(MESSAGE=f"fault {number} {i} " + "x" * 150) for i in range(12)))
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == [ring.RING, ring.OLDER]
    assert all(path.stat().st_size <= ring.FILE_BYTES for path in tmp_path.iterdir())
    last = (tmp_path / ring.RING).read_text("utf-8").splitlines()[-1]
    assert "fault 399 11" in last


def test_a_pass_is_bounded_and_a_quiet_one_writes_nothing(tmp_path: Path) -> None:
    assert len(ring.gather(entry(MESSAGE=f"fault {i}") for i in range(5_000))) == ring.PASS_LINES
    ring.append(tmp_path, ring.gather([]))
    assert not list(tmp_path.iterdir())


def test_a_link_laid_in_the_ring_s_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("", "utf-8")
    (tmp_path / ring.RING).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        ring.append(tmp_path, ring.gather([entry()]))


@pytest.mark.parametrize("line", ['{"PRIORITY": "3"}', '["x"]', '{"__REALTIME_TIMESTAMP": "x"}', "", "null"])
def test_an_entry_that_says_nothing_is_passed_over(line: str) -> None:
    assert ring.gather([line]) == []


def test_the_journal_is_asked_twice_each_with_its_own_cursor(tmp_path: Path) -> None:
    told = f"import json,sys; print(json.dumps({SAID!r} | {{'MESSAGE': ' '.join(sys.argv[1:])}}))"
    lines, all_told = ring.read_journal(tmp_path / "c", (sys.executable, "-c", told))
    found = [json.loads(line)["MESSAGE"] for line in lines]
    assert all_told
    assert [f"--cursor-file={tmp_path / 'c'}.level" in words for words in found] == [True, False]
    assert all(kind in found[1] for kind in ring.FAULTS)


def test_what_one_question_brought_is_kept_though_the_other_is_not_answered(tmp_path: Path) -> None:
    """The cursor of the first has moved on: what was not written now would never be."""
    hangs = "time.sleep(60 if 'MESSAGE_ID' in ' '.join(sys.argv) else 0)"
    told = f"import json,sys,time; {hangs}; print(json.dumps({SAID!r}))"
    lines, all_told = ring.read_journal(tmp_path / "c", (sys.executable, "-c", told), patience_s=5.0)
    assert not all_told
    assert len(ring.gather(lines)) == 1
