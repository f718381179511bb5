"""The officers' pages. Each package of the centre lists its own (PAGES); each names the one right that it needs.

- A page is refused before its view runs, unless the officer holds its right somewhere; the view itself asks
  `desk.require` for the area of what it shows.
- What a view looks at it notes first (`desk.note`): no row of the log, no page. A page with `looks` is held to it.
- A view returns a template's text, or a Flask answer. It reads and writes through `desk.read()` and `desk.write()`.
- Pages for everybody, without a session, stand in a package's OPEN. Nobody is named on them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, g, redirect, render_template, request
from jinja2 import ChoiceLoader, PackageLoader
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from central.access.audit import Look, note
from central.access.glasses import Glass, glasses_for
from central.access.roles import Officer, Purpose, Right, Roles
from central.alarms import raise_alarm
from central.log import log
from central.vault.port import Asking, Vault
from central.web import built

if TYPE_CHECKING:
    from central.web.app import Site

# Packages that have a module `pages` with PAGES, and a module `words` with WORDS; in the order of the menu.
PACKAGES = (
    *("authority", "alerts", "zoning", "desks", "venues", "safety", "feedback"),
    *("reports", "ruling", "rights", "access", "map", "visitor", "phones", "fleet"),
)
SAID = "gatepost_said"
View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One address. `menu` is the key of its word in the menu, "" for none; `name` is unique, PACKAGE_WHAT.

    `needs` None: any signed-in officer. `looks`: it shows persons, and its view notes so.
    """

    rule: str
    name: str
    view: View  # (desk, **parts of the address)
    needs: Right | None
    methods: tuple[str, ...] = ("GET",)
    menu: str = ""
    looks: bool = False


@dataclass(frozen=True, slots=True)
class OpenPage:
    """An address for everybody. Nothing on it is about a person."""

    rule: str
    name: str
    view: View  # (site, **parts of the address)
    methods: tuple[str, ...] = ("GET",)


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of a signed-in officer. `session` is the cookie's secret, for the opener alone.

    `strong`: a second factor stood beside the pass phrase. `noted` holds the numbers of the rows written so far.
    """

    site: "Site"
    roles: Roles
    officer: Officer
    session: str = field(repr=False)
    page: Page
    strong: bool = False
    noted: list[int] = field(default_factory=list)

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
        """One transaction. The log is compared with what this process saw last: the alarm, where it was changed."""
        with self.site.engine.begin() as connection:
            if not self.site.glance.look(connection):
                log("log_unlike", row=self.site.glance.changed)
                raise_alarm(connection, "log_unlike", "", f"row {self.site.glance.changed}", self.now_ms)
            yield connection

    def may(self, right: Right, within: Iterable[str] = ()) -> bool:
        """Whether the officer may use `right` now in one of these areas (anywhere, without)."""
        return self._sure_enough(right) and self.roles.may(self.officer, right, within)

    def require(self, right: Right, within: Iterable[str] = ()) -> None:
        """End the request unless the officer may use `right` there: 403, or on to the second factor."""
        if not self.roles.may(self.officer, right, within):
            abort(403)
        if not self._sure_enough(right):
            abort(redirect("/me?why=second" if request.method != "GET" else f"/me?why=second&to={request.path}"))

    def areas(self, right: Right) -> frozenset[str]:
        """Where the officer holds `right`."""
        return self.roles.areas(self.officer, right)

    def note(self, connection: Connection, action: str, purpose: Purpose, about: str, **detail: Any) -> None:
        """Write a look or a decision into the audit log, in the caller's transaction.

        `person=` names a person.id, `persons=` several; all other words become the row's detail.
        """
        role = "" if self.page.needs is None else self.roles.giving(self.officer, self.page.needs)
        person, persons = detail.pop("person", None), tuple(detail.pop("persons", ()))
        look = Look(self.officer.account, action, purpose, about, role, person, detail, persons)
        self.noted.append(note(connection, look, self.now_ms))

    def asking(self, purpose: Purpose, about: str) -> Asking:
        """Who asks the opener, for what."""
        return Asking(self.session, purpose, about)

    @property
    def vault(self) -> Vault:
        """The opener. Raises Refused("opener_away") when it is used and not there."""
        return self.site.vault

    def show(self, template: str, **values: Any) -> str:
        """A template with the words of the reader's language."""
        return render_template(template, desk=self, **g.words, **values)

    def go(self, path: str, said: str = "") -> Response:
        """On to another page of this house after a change; `said` is the key of a sentence shown there once."""
        answer = redirect(path, 303)
        if said:
            answer.set_cookie(SAID, said, max_age=60, httponly=True, samesite="Strict", secure=request.is_secure)
        return answer

    def menu(self) -> list[Page]:
        """The pages in this officer's menu."""
        held = [page for page in all_pages() if page.menu and self._holds(page)]
        return held + [page for page in FLEET if self.roles.may(self.officer, Right.FLEET_READ)]

    def glasses(self) -> Sequence[Glass]:
        """The emergencies that this officer is told of: running ones, and those that nobody has reviewed yet."""
        oversees = self.roles.may(self.officer, Right.AUDIT_READ) or self.roles.may(self.officer, Right.CASES_DECIDE)
        with self.read() as connection:
            return glasses_for(connection, self.officer.account, oversees, self.now_ms)

    def _holds(self, page: Page) -> bool:
        return page.needs is None or self.roles.may(self.officer, page.needs)

    def _sure_enough(self, right: Right) -> bool:
        return self.strong or right not in self.roles.rules.strong


def _elsewhere(_: Desk) -> None:
    """The operator's pages have views of their own (central.web.app)."""


FLEET = (
    Page("/", "visits", _elsewhere, Right.FLEET_READ, menu="visits"),
    Page("/health", "health", _elsewhere, Right.FLEET_READ, menu="health"),
)


def all_pages() -> list[Page]:
    """The pages of every package."""
    return [page for name in PACKAGES for page in import_module(f"central.{name}.pages").PAGES]


def open_pages() -> list[OpenPage]:
    """The pages for everybody, of every package."""
    listed = [page for name in PACKAGES for page in getattr(import_module(f"central.{name}.pages"), "OPEN", ())]
    return [*listed, OpenPage("/built/<name>", "built", built.page)]


def all_words() -> dict[str, tuple[str, str]]:
    """The sentences of every package: key -> (Vietnamese, English). A key begins with its package's name and a dot."""
    found: dict[str, tuple[str, str]] = {}
    for name in PACKAGES:
        found.update(import_module(f"central.{name}.words").WORDS)
    return found


def show_open(template: str, **values: Any) -> str:
    """A template of a page for everybody."""
    return render_template(template, **g.words, **values)


def add_pages(
    app: Flask, site: "Site", enter: Callable[[Page], Desk], pages: Sequence[Page], opened: Sequence[OpenPage]
) -> None:
    """Give `app` these pages; `enter(page)` says who asks, or ends the request."""
    loaders = [PackageLoader(f"central.{name}") for name in PACKAGES]
    app.jinja_loader = ChoiceLoader([app.jinja_loader, *loaders] if app.jinja_loader else loaders)
    for page in pages:
        app.add_url_rule(page.rule, page.name, _answering(page, enter), methods=list(page.methods))
    for one in opened:
        app.add_url_rule(one.rule, one.name, _open(one, site), methods=list(one.methods))
    for name in PACKAGES:  # what a package puts before the app, such as the map's short way to its snapshot
        getattr(import_module(f"central.{name}.pages"), "begin", _nothing)(app, site)


def _nothing(_: Flask, __: "Site") -> None:
    """Most packages put nothing before the app."""


def _answering(page: Page, enter: Callable[[Page], Desk]) -> View:
    def answer(**parts: Any) -> Any:
        _refuse_nul()
        desk = enter(page)
        shown = page.view(desk, **parts)
        if page.looks and not desk.noted and _status(shown) == 200:
            log("look_not_noted", page=page.name)
            abort(500)
        return shown

    return answer


def _refuse_nul() -> None:
    """PostgreSQL's text takes no NUL, and nobody types one: 404 in an address, 400 in a form."""
    if "\0" in request.path:
        abort(404)
    if any("\0" in value for _, values in request.form.lists() for value in values):
        abort(400)


def _status(shown: Any) -> int:
    if isinstance(shown, Response):
        return shown.status_code
    return next((part for part in shown[1:] if isinstance(part, int)), 200) if isinstance(shown, tuple) else 200


def _open(page: OpenPage, site: "Site") -> View:
    def answer(**parts: Any) -> Any:
        _refuse_nul()
        return page.view(site, **parts)

    return answer
