"""A centre with a few places, for a module's tests; each test has a phone of its own."""

from collections.abc import Iterator

import pytest

from central.declaring import publish_form, publish_order
from central.places.places import Place, describe_place
from tests.integration.central.phones.places import FEVER, MARKET, SCHOOL
from tests.parts.centre import NOW_MS, Centre, make_centre
from tests.parts.phone_pages import Clock, Phone, public_app
from tests.unit.central.orders import paper, small_form


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A market where nothing is asked, and a school with an order of one question."""
    folder = tmp_path_factory.mktemp("phones")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    form = small_form()
    form["item"][0] |= {"required": True, "code": [{"system": "urn:gatepost:fact", "code": "symptoms"}]}
    with centre.engine.begin() as connection:
        describe_place(connection, Place(0, MARKET, "Chợ Mẫu", "market", "26734", "79", 0, 1440), NOW_MS)
        describe_place(connection, Place(0, SCHOOL, "Trường Thử", "school", "26740", "79"), NOW_MS)
        publish_form(connection, centre.ring, form, NOW_MS - 2000)
        publish_order(connection, centre.ring, paper(form=FEVER), f"venue-{SCHOOL}", 30, NOW_MS - 1000)
    yield centre
    centre.engine.dispose()


@pytest.fixture
def phone(made: Centre) -> Phone:
    """A phone with a pass."""
    clock = Clock()
    phone = Phone(public_app(made, clock), clock)
    phone.make_pass()
    return phone
