"""Every answer in docs/threat-model.md names a test that exists, and every kind of attacker has his table."""

import re

import pytest

from tests.unit.docs.pages import ROOT, text_of

PAGE = ROOT / "docs" / "threat-model.md"
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text_of(PAGE))))
WHO = ("Stolen card", "Stolen or opened box", "USB stick", "Evil visitor code", "Network neighbour", "Insider")


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_the_named_test_exists(path: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / path).read_text("utf-8")


@pytest.mark.parametrize("who", WHO)
def test_every_attacker_has_answers_and_each_answer_its_test(who: str) -> None:
    section = text_of(PAGE).split(f"\n## {who}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert rows
    assert [row for row in rows if not re.search(r"`tests/[\w/]+\.py::\w+` \|$", row)] == []
