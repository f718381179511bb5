"""What every page of the project keeps to."""

import re
from pathlib import Path

import pytest

from tests.unit.docs.pages import DECISIONS, PAGES, ROOT, anchors_of, links_of, name_of, rows_of, text_of

LARGEST_PICTURE = 150_000
DECISION_LINES = 40


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_internal_link_leads_somewhere(page: Path) -> None:
    lost = []
    for link in links_of(page):
        if re.match("[a-z]+://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    """Files are written with their folder; `<like this>` and NNN stand for names that are yet to be chosen."""
    folders = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
    named = re.findall(rf"`((?:{folders})/[\w./*-]+)`", text_of(page))
    assert [path for path in named if "NNN" not in path and not any(ROOT.glob(path))] == []


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_is_short_and_has_its_three_parts(page: Path) -> None:
    lines = text_of(page).splitlines()
    assert len(lines) <= DECISION_LINES
    assert lines[0].startswith(f"# {page.name[:4]}. ")
    assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]
    assert re.search(r"^Status: (proposed|accepted|superseded by \d{4})$", text_of(page), re.MULTILINE)


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [page.name[:4] for page in DECISIONS] == [f"{n:04}" for n in range(1, len(DECISIONS) + 1)]


def test_the_map_of_the_house_shows_every_folder() -> None:
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name != "__pycache__" and any(path.iterdir())
    }
    shown = {row[0].strip("`/") for row in rows_of(ROOT / "README.md", "The map of the house")}
    assert shown == folders


def test_pictures_are_shown_and_small() -> None:
    pictures = set((ROOT / "docs" / "pictures").iterdir())
    shown = {
        (page.parent / link).resolve() for page in PAGES for link in links_of(page) if link.endswith((".png", ".svg"))
    }
    assert pictures == shown
    assert max(path.stat().st_size for path in pictures) < LARGEST_PICTURE
