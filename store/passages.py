"""How many people went through this gate lately: counts only, for the guard's page."""

from store.db import Store

# Rows are read from the newest backwards, by place: a quarter of an hour at 10 visits a second is 9,000.
_NEWEST = 9_000


def people_since(store: Store, since_ms: int) -> tuple[int, int]:
    """(people admitted inwards, people who left) since `since_ms` (Unix ms)."""
    row = store.execute(
        "SELECT ifnull(sum(people) FILTER (WHERE direction = 1), 0), ifnull(sum(people) FILTER (WHERE direction = 2), 0)"
        " FROM (SELECT direction, signal, people, at_ms FROM visit ORDER BY place DESC LIMIT ?)"
        " WHERE signal = 1 AND at_ms >= ?",
        (_NEWEST, since_ms),
    ).fetchone()
    return int(row[0]), int(row[1])
