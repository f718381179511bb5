"""What a self-test found about one part, and the file that remembers it for the fleet and for the next update."""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from machine.health import SELF_TEST, codes, read_object, release

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, and what a technician needs to know of it.

    level: ok; warn: the gate works, but look at it; fail: something here does not do its duty.
    """

    part: str
    level: Level
    vi: str
    en: str
    figure: dict[str, object] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the part does its duty."""
        return self.level != "fail"

    def line(self) -> dict[str, object]:
        """Ready for JSON."""
        said = {"part": self.part, "ok": self.ok, "level": self.level, "vi": self.vi, "en": self.en}
        return {**said, "figure": self.figure}


def guarded(name: str, look: Callable[[], Finding]) -> Finding:
    """What `look` finds; what it throws is a finding too."""
    try:
        return look()
    except Exception as error:  # a self-test must go on to the next part, whatever a driver throws
        return Finding(name, "fail", f"Không kiểm tra được ({error})", f"Could not be checked ({error})")


def code_of(finding: Finding) -> str:
    """The name that is sent on: without the address of a broker."""
    return finding.part.split()[0]


def remember(folder: Path, found: Iterable[Finding], *, verdict: bool | None = None) -> None:
    """Leave {"version", "fails", "warns", "worked"} in `folder`; a full card is no reason to fail.

    worked: the parts that were well at the last test whose
    `verdict` (of `--good`) was yes; what worked before an update must work after it.
    """
    found = list(found)
    before = read_object(folder / SELF_TEST)
    by_level = {
        level: sorted({code_of(one) for one in found if one.level == level}) for level in ("ok", "warn", "fail")
    }
    facts = {
        "version": release().get("version", ""),
        "fails": by_level["fail"],
        "warns": by_level["warn"],
        "worked": by_level["ok"] if verdict else codes(before.get("worked")),
    }
    new = folder / f"{SELF_TEST}.{os.getpid()}"
    try:
        new.write_text(json.dumps(facts), "utf-8")
        new.replace(folder / SELF_TEST)
    except OSError:
        new.unlink(missing_ok=True)


def worked_before(folder: Path) -> frozenset[str]:
    """The parts that were well at the last test that found the software good."""
    return frozenset(codes(read_object(folder / SELF_TEST).get("worked")))
