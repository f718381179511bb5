"""An OpenAPI file of docs/ as tests use it: its answers' shapes, and requests made up from it.

How many are made up is small and always the same, since the suite waits for them.
"""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, settings
from jsonschema_rs import Draft202012Validator

FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class ApiFile:
    """docs/NAME. `document` is what it says."""

    def __init__(self, name: str) -> None:
        path = Path(__file__).resolve().parents[2] / "docs" / name
        self.document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))

    def answer(self, path: str, method: str = "get", status: str = "200") -> Draft202012Validator:
        """The shape of an answer that has one kind of content."""
        found = self.document["paths"][path][method]["responses"][status]
        while "$ref" in found:
            found = self.document["components"]["responses"][found["$ref"].rpartition("/")[2]]
        (content,) = found["content"].values()
        return self._validator(content["schema"])

    def shape(self, name: str) -> Draft202012Validator:
        """A schema by its name."""
        return self._validator(self.document["components"]["schemas"][name])

    def properties(self, name: str) -> list[str]:
        """The properties of a schema, in the order in which the file names them."""
        return list(self.document["components"]["schemas"][name]["properties"])

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        return Draft202012Validator({**schema, "components": self.document["components"]})
