"""The scene, on SQLite for most tests and on both databases for some."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.central.conftest import Template
from tests.integration.central.vault.people import People
from tests.integration.central.vault.scene import Scene, making_scene
from tests.parts.centre import Centre, open_migrated


@pytest.fixture
def scene(template: Template, tmp_path: Path) -> Iterator[Scene]:
    of = template("sqlite")
    keys = Path(shutil.copytree(of.keys, tmp_path / "keys"))
    shutil.copy(of.keys.with_name("central.db"), tmp_path)
    made = open_migrated(f"sqlite:///{tmp_path}/central.db", keys)
    with making_scene(made) as ready:
        yield ready
    made.engine.dispose()


@pytest.fixture
def both(centre: Centre) -> Iterator[Scene]:
    with making_scene(centre) as ready:
        yield ready


@pytest.fixture
def people(scene: Scene) -> People:
    return People(scene)
