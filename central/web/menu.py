"""PURE. A long menu in groups: what an officer does on one round stands together.

The group of a page is told by the package that its name begins with. A package that nobody has named here comes last,
so that a new page is never out of reach.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

_GROUPS = (
    ("menu_cases", ("authority", "alerts", "zoning")),
    ("menu_desks", ("desks",)),
    ("menu_gates", ("visits", "health", "radio", "fleet")),
    ("menu_reports", ("reports", "ruling")),
    ("menu_rights", ("rights",)),
    ("menu_officers", ("access",)),
)
_REST = "menu_places"


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_Page = TypeVar("_Page", bound=_Named)


def menu_groups(pages: Iterable[_Page]) -> list[tuple[str, Sequence[_Page]]]:
    """(key of the heading, its pages in their order) of each group that has a page."""
    found: dict[str, list[_Page]] = {key: [] for key in (*(group for group, _ in _GROUPS), _REST)}
    of_package = {package: key for key, packages in _GROUPS for package in packages}
    for page in pages:
        found[of_package.get(page.name.partition("_")[0], _REST)].append(page)
    return [(key, held) for key, held in found.items() if held]
