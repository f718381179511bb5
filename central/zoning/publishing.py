"""The levels in force as a signed bulletin for each province: kind `texts`, name `zones`.

    body = {"zones": {area: [level, from ms, to ms, zone number]}}

Kiosks that do not know the name pass over it. It is published when it says something new, by the process of the jobs:
the pages' process holds no key that signs.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy.engine import Connection

from central.bulletins import publish_bulletin
from central.keys import Keyring
from central.published import published
from central.zoning.rule import DAY_MS
from central.zoning.zones import in_force

KIND, NAME = "texts", "zones"
_LIVES_MS = 60 * DAY_MS  # longer than any zone: a kiosk that was away must hear that one is over


def publish_levels(connection: Connection, ring: Keyring, now_ms: int) -> int:
    """Publish each province whose zones have changed; how many were."""
    wanted: dict[str, dict[str, Any]] = defaultdict(dict)
    for zone in in_force(connection, now_ms):
        if zone.province:
            said = [zone.level, zone.from_ms, zone.to_ms, zone.id]
            wanted[f"province-{zone.province}"][zone.area] = said
    held = {one.scope: one.body for one in published(connection, ring.root(), KIND) if one.name == NAME}
    changed = 0
    for scope in sorted({*wanted, *held}):
        body = {"zones": wanted.get(scope, {})}
        if held.get(scope, {"zones": {}}) != body:
            publish_bulletin(connection, ring, KIND, NAME, scope, body, now_ms + _LIVES_MS, now_ms)
            changed += 1
    return changed
