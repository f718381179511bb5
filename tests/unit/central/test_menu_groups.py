"""The officers' menu in groups: every page of it once, in its order, and none out of reach."""

from typing import NamedTuple

from central.web.console import FLEET, all_pages
from central.web.menu import menu_groups
from central.web.words import WORDS


class Entry(NamedTuple):
    """A page of the menu."""

    name: str


def test_every_entry_of_the_menu_stands_in_one_group_with_a_heading() -> None:
    entries = [page for page in (*all_pages(), *FLEET) if page.menu]
    groups = menu_groups(entries)
    shown = [page.name for _, held in groups for page in held]
    assert sorted(shown) == sorted(page.name for page in entries)
    assert all(held for _, held in groups) and all(key in WORDS for key, _ in groups)


def test_a_page_of_a_package_that_nobody_named_is_still_reached() -> None:
    ((key, held),) = menu_groups([Entry("brandnew_list"), Entry("brandnew_map")])
    assert key == "menu_places"
    assert [one.name for one in held] == ["brandnew_list", "brandnew_map"]
