"""The scenes, in the order in which they are played. Each says what it promises."""

from tests.image.scenes.figures import figures
from tests.image.scenes.power import network_cut, power_cuts
from tests.image.scenes.scene import Failed, Scene, Skipped
from tests.image.scenes.wrong import wrong_settings

__all__ = ["SCENES", "Failed", "Scene", "Skipped"]

SCENES = (
    Scene("power-cuts", "each cut boots to green, 0 lost visits", True, power_cuts),
    Scene(
        "figures",
        "lamp in the first third, boot <= 1.6 of the bare root, PSS <= 200 MB, no port open, idle <= 20 MB a "
        "day, visit <= 40 kB; greens without a network, later all are at the centre",
        True,
        figures,
    ),
    Scene("network-cut", "greens without a network; later all are at the centre", False, network_cut),
    Scene("wrong-settings", "every problem named; the machine stays up", False, wrong_settings),
)
