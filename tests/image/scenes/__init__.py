"""The scenes, in the order in which they are played. Each says what it promises."""

from tests.image.scenes.board import board
from tests.image.scenes.devices import camera, phone, tag
from tests.image.scenes.figures import figures
from tests.image.scenes.power import network_cut, power_cuts
from tests.image.scenes.reset import reset
from tests.image.scenes.scene import Failed, Scene, Skipped
from tests.image.scenes.screen import screen
from tests.image.scenes.update import updates
from tests.image.scenes.wrong import wrong_settings

__all__ = ["SCENES", "Failed", "Scene", "Skipped"]

_COSTS = (
    "lamp in the first third, boot <= 1.6 of the bare root, PSS <= 200 MB, no door open beside the guards',"
    " idle <= 20 MB a day, visit <= 40 kB; greens without a network, later all are at the centre"
)
SCENES = (
    Scene("power-cuts", "each cut boots to green, 0 lost visits", True, power_cuts),
    Scene("figures", _COSTS, True, figures),
    Scene("updates", "a good one kept, <= 30 MB; a bad one rolled back; forged and older refused", True, updates),
    Scene("camera", "a card before the camera turns the lamp green, an empty lens does not", False, camera),
    Scene("tag", "a tag that the centre issued, heard by BlueZ and bleak, lets its bearer in", False, tag),
    Scene("phone", "a phone that stood by is in the contacts at the centre", False, phone),
    Scene("screen", "cage and chromium paint the gate's page; a finger is answered", False, screen),
    Scene("reset", "keeps what waits; then empty, enrolled anew", False, reset),
    Scene("network-cut", "greens without a network; later all are at the centre", False, network_cut),
    Scene("wrong-settings", "every problem named; the machine stays up", False, wrong_settings),
    Scene("board", "a Pi 3B: the root verified from its own card reader, lamps on the BCM's own pins", False, board),
)
