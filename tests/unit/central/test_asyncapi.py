"""The description of the topics says what the code does."""

from pathlib import Path
from typing import Any

import yaml

from wire import bulletin, receipt, topics
from wire.batch import MAX_BATCH_BYTES

PAGE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[3] / "docs" / "asyncapi.yaml").read_text(encoding="utf-8")
)


def address(channel: str, **values: str) -> str:
    """The channel's address with its parameters filled in."""
    text: str = PAGE["channels"][channel]["address"]
    return text.format(**values)


def test_every_topic_is_the_one_that_wire_builds() -> None:
    device = "t-gate-1"
    assert address("up", shard=f"{topics.shard_of(device):02d}", device=device) == topics.up(device)
    assert address("receipt", device=device) == topics.receipt(device)
    assert address("command", device=device) == topics.command(device)
    assert address("state", device=device) == topics.state(device)
    assert address("bulletin", scope="all", kind="order", name="n1") == topics.bulletin("all", "order", "n1")


def test_limits_and_kinds_are_those_of_wire() -> None:
    longest = {name: m["payload"].get("maxLength") for name, m in PAGE["components"]["messages"].items()}
    assert longest["batch"] == MAX_BATCH_BYTES
    assert longest["receipt"] == receipt.MAX_RECEIPT_BYTES
    assert longest["bulletin"] == bulletin.MAX_BULLETIN_BYTES
    assert PAGE["channels"]["bulletin"]["parameters"]["kind"]["enum"] == ["root", *bulletin.KINDS]


def test_every_reference_leads_somewhere() -> None:
    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                found = PAGE
                for part in node["$ref"].removeprefix("#/").split("/"):
                    found = found[part]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(PAGE)
