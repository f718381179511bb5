"""The officers' pages. Each package of the centre lists its own (PAGES); each names the one right that it needs.

- A page is refused before its view runs, unless the officer holds its right somewhere; the view itself asks
  `desk.require` for the area of what it shows.
- What a view looks at it notes first (`desk.note`): no row of the log, no page.
- A view returns a template's text, or a Flask answer. It reads and writes through `desk.read()` and `desk.write()`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, g, render_template
from jinja2 import ChoiceLoader, PackageLoader
from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Officer, Purpose, Right, Roles
from central.vault.port import Asking, Vault

if TYPE_CHECKING:
    from central.web.app import Site

# Packages that have a module `pages` with PAGES, and a module `words` with WORDS; in the order of the menu.
PACKAGES = ("authority", "alerts", "zoning", "desks", "reports", "ruling", "rights", "access")
View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One address. `menu` is the key of its word in the menu, "" for none; `name` is unique, PACKAGE_WHAT."""

    rule: str
    name: str
    view: View  # (desk, **parts of the address)
    needs: Right
    methods: tuple[str, ...] = ("GET",)
    menu: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of a signed-in officer. `session` is the cookie's secret, for the opener alone."""

    site: "Site"
    roles: Roles
    officer: Officer
    session: str
    page: Page

    @property
    def now_ms(self) -> int:
        """Unix ms of the centre's clock."""
        return self.site.now_ms()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that changes nothing."""
        with self.site.engine.connect().execution_options(reads_only=True) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction."""
        with self.site.engine.begin() as connection:
            yield connection

    def may(self, right: Right, within: Iterable[str] = ()) -> bool:
        """Whether the officer holds `right` in one of these areas (anywhere, without)."""
        return self.roles.may(self.officer, right, within)

    def require(self, right: Right, within: Iterable[str] = ()) -> None:
        """End the request with 403 unless the officer holds `right` there."""
        if not self.may(right, within):
            abort(403)

    def areas(self, right: Right) -> frozenset[str]:
        """Where the officer holds `right`."""
        return self.roles.areas(self.officer, right)

    def note(self, connection: Connection, action: str, purpose: Purpose, about: str, **detail: Any) -> None:
        """Write a look or a decision into the audit log, in the caller's transaction; `person=` names a person.id."""
        role = next((one.role for one in self.officer.grants if self.page.needs in self.roles.rights_of(one.role)), "")
        person = detail.pop("person", None)
        note(connection, Look(self.officer.account, action, purpose, about, role, person, detail), self.now_ms)

    def asking(self, purpose: Purpose, about: str) -> Asking:
        """Who asks the opener, for what."""
        return Asking(self.session, purpose, about)

    @property
    def vault(self) -> Vault:
        """The opener. Raises Refused("opener_away") when it is used and not there."""
        return self.site.vault

    def show(self, template: str, **values: Any) -> str:
        """A template with the words of the reader's language."""
        return render_template(template, desk=self, menu=self._menu(), **g.words, **values)

    def _menu(self) -> list[Page]:
        return [page for page in all_pages() if page.menu and self.may(page.needs)]


def all_pages() -> list[Page]:
    """The pages of every package."""
    return [page for name in PACKAGES for page in import_module(f"central.{name}.pages").PAGES]


def all_words() -> dict[str, tuple[str, str]]:
    """The sentences of every package: key -> (Vietnamese, English). A key begins with its package's name and a dot."""
    found: dict[str, tuple[str, str]] = {}
    for name in PACKAGES:
        found.update(import_module(f"central.{name}.words").WORDS)
    return found


def add_pages(app: Flask, enter: Callable[[Page], Desk]) -> None:
    """Give `app` every page; `enter(page)` says who asks, or ends the request."""
    loaders = [PackageLoader(f"central.{name}") for name in PACKAGES]
    app.jinja_loader = ChoiceLoader([app.jinja_loader, *loaders] if app.jinja_loader else loaders)
    for page in all_pages():
        app.add_url_rule(page.rule, page.name, _answering(page, enter), methods=list(page.methods))


def _answering(page: Page, enter: Callable[[Page], Desk]) -> View:
    def answer(**parts: Any) -> Any:
        return page.view(enter(page), **parts)

    return answer
