"""PURE. Which codes belong together: the connected parts of a graph whose edges can be taken away again."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

_N = TypeVar("_N", bound=Hashable)


def parts(nodes: Iterable[_N], edges: Iterable[tuple[_N, _N]]) -> list[set[_N]]:
    """The connected parts of `nodes`; each edge joins two of them. Union by find with path halving."""
    parent = {node: node for node in nodes}

    def root(node: _N) -> _N:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in edges:
        parent[root(one)] = root(other)
    found: dict[_N, set[_N]] = {}
    for node in parent:
        found.setdefault(root(node), set()).add(node)
    return list(found.values())


def named(groups: Iterable[set[_N]], first: Mapping[_N, int]) -> dict[_N, int]:
    """node -> the number of its part: the smallest that one of its nodes had before any link.

    The same links give the same numbers, in whatever order they were made and undone.
    """
    return {node: min(first[member] for member in group) for group in groups for node in group}
