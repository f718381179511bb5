"""The levels in force as a signed bulletin for each province: kind `texts`, name `zones` (wire.zones).

Kiosks that do not know the name pass over it. It is published when it says something new, by the process of the jobs:
the pages' process holds no key that signs.
"""

from collections import defaultdict

from sqlalchemy.engine import Connection

from central.bulletins import publish_bulletin
from central.keys import Keyring
from central.published import published
from central.zoning.rule import DAY_MS
from central.zoning.zones import in_force
from wire.zones import KIND, NAME, Zone, zones_body

_LIVES_MS = 60 * DAY_MS  # longer than any zone: a kiosk that was away must hear that one is over


def publish_levels(connection: Connection, ring: Keyring, now_ms: int) -> int:
    """Publish each province whose zones have changed; how many were."""
    wanted: dict[str, list[Zone]] = defaultdict(list)
    for zone in in_force(connection, now_ms):
        if zone.province:
            told = Zone(zone.area, zone.level, zone.from_ms, zone.to_ms, zone.id)
            wanted[f"province-{zone.province}"].append(told)
    held = {one.scope: one.body for one in published(connection, ring.root(), KIND) if one.name == NAME}
    changed = 0
    for scope in sorted({*wanted, *held}):
        body = zones_body(wanted.get(scope, ()))
        if held.get(scope, zones_body(())) != body:
            publish_bulletin(connection, ring, KIND, NAME, scope, body, now_ms + _LIVES_MS, now_ms)
            changed += 1
    return changed
