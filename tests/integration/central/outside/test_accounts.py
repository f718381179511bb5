"""With an account of one's own, at somebody else's desk."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from central.access.roles import Right
from central.web.console import all_pages
from tests.integration.central.outside.town import MINE, OTHERS, Town, filled, form_for
from tests.parts.officers import signed_in


def _of_one_place(rights: frozenset[Right]) -> list[Any]:
    return [page for page in all_pages() if page.needs in rights and "<venue>" in page.rule]


@pytest.mark.parametrize(
    "page", _of_one_place(frozenset({Right.VENUE_MANAGE, Right.VENUE_CHECK})), ids=lambda page: page.name
)
def test_a_manager_does_nothing_at_anothers_desk(town: Town, page: Any) -> None:
    client = _client(town, "venue_owner", f"venue-{MINE}")
    for method in page.methods:
        path = filled(page.rule, OTHERS)
        assert client.open(path, method=method, data=form_for(method)).status_code in (403, 404), (method, path)


@pytest.mark.parametrize("page", _of_one_place(frozenset({Right.PLACES_CONFIRM})), ids=lambda page: page.name)
def test_a_ward_decides_nothing_in_another(town: Town, page: Any) -> None:
    client = _client(town, "ward_office", "ward-26743")
    for method in page.methods:
        path = filled(page.rule, OTHERS)
        assert client.open(path, method=method, data=form_for(method)).status_code in (403, 404), (method, path)


@pytest.mark.parametrize("page", _of_one_place(frozenset({Right.VENUE_MANAGE})), ids=lambda page: page.name)
def test_staff_do_not_do_what_is_the_managers(town: Town, page: Any) -> None:
    client = _client(town, "venue_staff", f"venue-{MINE}")
    for method in page.methods:
        assert client.open(filled(page.rule, MINE), method=method).status_code == 403, (method, page.rule)


_CLIENTS: dict[tuple[int, str], FlaskClient] = {}


def _client(town: Town, role: str, area: str) -> FlaskClient:
    key = (id(town), role)
    if key not in _CLIENTS:
        login = f"t.{role.replace('_', '-')}"
        _CLIENTS[key] = signed_in(town.officers, town.centre.engine, role, area, login=login, now_ms=town.now_ms)
    return _CLIENTS[key]
