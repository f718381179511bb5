"""Settings that are wrong: named, and the machine stays up."""

from typing import Any

from tests.image.scenes.scene import Failed
from tests.image.stage import BOOT_S, Stage, settings


def wrong_settings(stage: Stage) -> dict[str, Any]:
    """A kiosk.toml that is wrong: the lamps say so (three short yellows), the machine stays up."""
    with stage.machine(settings().replace('direction = "in"', 'direction = "sideways"')) as machine:
        machine.power_on()
        hand = machine.grip(BOOT_S)
        said = hand.run("cat", "/run/gatepost/settings-problems.json").out
        if "direction" not in said:
            raise Failed(f"the problem is not named: {said[:200]!r}")
        active = hand.run("systemctl", "is-active", "kiosk.service").out.strip()
        return {"problems": said.count('"path"'), "kiosk.service": active}
