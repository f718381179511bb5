"""The scenes, in the order in which they are played. Each says what it promises."""

from tests.image.scenes.figures import figures
from tests.image.scenes.power import network_cut, power_cuts
from tests.image.scenes.scene import Failed, Scene, Skipped
from tests.image.scenes.wrong import wrong_settings

__all__ = ["SCENES", "Failed", "Scene", "Skipped"]

SCENES = (
    Scene("power-cuts", "each cut boots to green, 0 lost visits", True, power_cuts),
    Scene("network-cut", "greens without a network; later all are at the centre", True, network_cut),
    Scene("figures", "lamp in the first third; PSS <= 200 MB; idle <= 20 MB a day; visit <= 40 kB", True, figures),
    Scene("wrong-settings", "every problem named; the machine stays up", False, wrong_settings),
)
