"""Which look a frame of the live picture gets. PURE: costs are told, nothing is measured here.

Nearly all frames at a gate hold no code, and a held code is seen in ten frames or more. So:
- A scene that has not changed for AWAKE frames is asleep: one lean look in each fifth frame, a full one in each 15th.
  Any change wakes it in the same frame, with a full look.
- Awake, each frame gets a look: lean (no inverted, no downscaled search), and in each third frame a full one.
- A code seen but not read gets a second look at its place, with one treatment after the other in turn.
- A changed scene in which nothing is seen gets blind second looks at the whole frame, in each third frame at most.
- All of it is paid from a purse. Each frame pays in EARN of the price of one full look (which is what a bare loop over
  zxing-cpp would spend); each look takes out its cost. A blind look needs a purse above zero, a look at a place may run
  into debt up to DEBT_S; a code found forgives the debt, since it proves that the looks were worth it. So a scene
  without a code costs, over time, no more than the bare loop, whatever it shows. (EARN < 1 leaves room for the start
  of zbar's child and for the rest of the gate.)
- Unfolding paper costs ten times another second look. So it has UNFOLDS tries, and one more in each UNFOLD_EVERY
  frames. Where it proves that there is a code but cannot read it, it is not paid from the purse, or one visitor would
  use up what the next ones need; where it proves nothing, it is paid as all others are.
"""

from collections.abc import Sequence
from enum import Enum

AWAKE = 45
ASLEEP_LOOK_EVERY, ASLEEP_FULL_EVERY = 5, 15
AWAKE_FULL_EVERY, BLIND_EVERY = 3, 3
# Savings worth about ten blind looks on a desktop: what one visitor with a poor code may use up at once.
PURSE_MOST_S, DEBT_S = 0.25, 0.5
EARN = 0.8
# Four tries within a visitor's first two seconds; then, before a code that stays (a torn poster, say), 2 % of a core.
UNFOLDS, UNFOLD_EVERY = 4, 45
# Share of the newest price in the running mean of the price of a full look.
FRESH = 0.125
# A cell of the coarse picture is the mean of 16 pixels: noise of 7 gray values becomes 1.75, and of 300 cells
# compared twice the worst then differs by about 8.
CHANGED = 12


class Look(Enum):
    """What the first look at a frame shall be."""

    SKIP = "skip"
    LEAN = "lean"
    FULL = "full"


class Treatment(Enum):
    """What a second look shall be."""

    PLACE_SHARP = "sharpened place, zxing-cpp"
    PLACE_ZBAR = "sharpened place, zbar"
    PLACE_UNFOLD = "unfolded paper, zxing-cpp"
    WHOLE_SHARP = "sharpened frame, zxing-cpp"
    WHOLE_ZBAR = "plain frame, zbar"
    WHOLE_LARGE = "enlarged frame, zxing-cpp"


PLACE_TURNS = (Treatment.PLACE_SHARP, Treatment.PLACE_ZBAR, Treatment.PLACE_UNFOLD)
WHOLE_TURNS = (Treatment.WHOLE_SHARP, Treatment.WHOLE_ZBAR, Treatment.WHOLE_LARGE)


class Attention:
    """The watcher's state; one object for one camera. Costs are in seconds."""

    def __init__(self) -> None:
        self._awake = AWAKE
        self._frame = -1
        self._place_turn = self._whole_turn = 0
        self._price = 0.0
        self._unfolds = float(UNFOLDS)
        self.purse = 0.0

    def next_look(self, changed: bool) -> Look:
        """Begin a frame; `changed`: the scene differs from the one before."""
        self._frame += 1
        woken = changed and self._awake < AWAKE - AWAKE_FULL_EVERY
        self._awake = AWAKE if changed else max(0, self._awake - 1)
        self._put(EARN * self._price)
        self._unfolds = min(self._unfolds + 1 / UNFOLD_EVERY, UNFOLDS)
        if not self._awake:
            if self._frame % ASLEEP_FULL_EVERY == 0:
                return Look.FULL
            return Look.LEAN if self._frame % ASLEEP_LOOK_EVERY == 0 else Look.SKIP
        return Look.FULL if woken or self._frame % AWAKE_FULL_EVERY == 0 else Look.LEAN

    def paid(self, look: Look, cost_s: float) -> None:
        """The first look gave no code and cost this much."""
        if look is Look.FULL:
            self._price = self._price + FRESH * (cost_s - self._price) if self._price else cost_s
        self._put(-cost_s)

    def found(self) -> None:
        """A code was read in this frame: stay awake, forgive the debt."""
        self._awake = AWAKE
        self.purse = max(self.purse, 0.0)
        self._unfolds = UNFOLDS

    def second_look(self, seen: bool) -> Treatment | None:
        """Whether to look once more at this frame; `seen`: a code was seen there but not read."""
        if seen and self.purse > -DEBT_S:
            self._awake = AWAKE
            return self._turn(PLACE_TURNS)
        if self._awake and self._frame % BLIND_EVERY == 0 and self.purse > 0:
            return self._turn(WHOLE_TURNS)
        return None

    def paid_second(self, cost_s: float, *, proven: bool = False) -> None:
        """The second look gave no code and cost this much; `proven`: it unfolded paper, and there is a code on it."""
        if not proven:
            self._put(-cost_s)

    def _turn(self, turns: Sequence[Treatment]) -> Treatment:
        if turns is PLACE_TURNS:
            self._place_turn += 1
            turn = turns[(self._place_turn - 1) % len(turns)]
            if turn is not Treatment.PLACE_UNFOLD:
                return turn
            if self._unfolds >= 1:
                self._unfolds -= 1
                return turn
            self._place_turn += 1
            return turns[(self._place_turn - 1) % len(turns)]
        self._whole_turn += 1
        return turns[(self._whole_turn - 1) % len(turns)]

    def _put(self, amount: float) -> None:
        self.purse = min(self.purse + amount, PURSE_MOST_S)
