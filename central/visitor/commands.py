"""The commands of central.visitor. What they need they import when they run."""

from central.cli import Commands


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
