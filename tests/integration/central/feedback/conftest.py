"""One town for each module, on SQLite unless a test names both databases."""

from collections.abc import Iterator

import pytest

from tests.integration.central.feedback.world import Town
from tests.parts.centre import make_centre


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    yield Town(centre)
    centre.engine.dispose()
