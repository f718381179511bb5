"""A centre with an app and a program's account, one for all tests of this folder: they only read."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from central.access.accounts import create_account
from central.access.roles import Grant
from central.api.tokens import NewToken, issue
from central.web.app import Site, make_app
from central.web.entering import roles
from tests.parts.centre import NOW_MS, Centre, make_centre

Token = Callable[..., dict[str, str]]


class Clock:
    """The centre's clock; a test moves it."""

    now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A centre on SQLite with a few visits and a program's account."""
    folder: Path = tmp_path_factory.mktemp("api")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    centre.take(centre.device().batch(1, 6))
    with centre.engine.begin() as connection:
        grants = [
            Grant("reporter", "all"),
            Grant("case_officer", "province-01"),
            Grant("venue_owner", "venue-v-cho-mau"),
        ]
        create_account(connection, "cau-noi", "Cầu nối THỬ", None, grants, NOW_MS)
        create_account(connection, "chi-ca", "Chỉ ca THỬ", None, [Grant("case_officer", "all")], NOW_MS)
    yield centre
    centre.engine.dispose()


@pytest.fixture(scope="module")
def app(reader: Centre, clock: Clock) -> Flask:
    return make_app(Site(reader.engine, reader.ring, [], frozenset(), clock))


@pytest.fixture(scope="module")
def token(reader: Centre) -> Token:
    """Headers of a new token of the program's account."""

    def make(role: str = "reporter", area: str = "all", *, strong: bool = False, days: int = 90) -> dict[str, str]:
        with reader.engine.begin() as connection:
            _, text = issue(connection, roles(), NewToken("cau-noi", role, area, days, strong), NOW_MS)
        return {"Authorization": f"Bearer {text}"}

    return make
