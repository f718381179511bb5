"""What the lamp post and its buzzer do for each pattern: shapes in time, so that nobody need tell colours apart.

Traffic-light positions (red above, green below) already tell the steady signals apart for the colour-blind; every state
that is not a visitor's signal blinks, each in a way of its own.
No imports: the lights child must stay small.
"""

GREEN, YELLOW, RED = 1, 2, 4

# Pattern -> steps of (lamps that are on, seconds); the steps repeat. One step of 0 seconds is steady.
LAMPS: dict[str, tuple[tuple[int, float], ...]] = {
    "green": ((GREEN, 0.0),),
    "yellow": ((YELLOW, 0.0),),
    "red": ((RED, 0.0),),
    # Out of order, write on paper: both lamps that say "not yet", together, at a pace seen from the queue's end.
    "fault": ((YELLOW | RED, 0.5), (0, 0.5)),
    # Alive and waiting: a short blink that a guard sees and a visitor does not take for a signal. A dark post is dead.
    "idle": ((YELLOW, 0.06), (0, 2.94)),
    # The program does not answer: like a level crossing, left and right in turn. Also shown when nobody else can speak.
    "stalled": ((YELLOW, 0.4), (RED, 0.4)),
    # Wait: it comes up. Slow amber, as road works and traffic lights do while they start.
    "starting": ((YELLOW, 1.0), (0, 1.0)),
    # A guard's lamp test: each in turn, red last, since it is the one that must not fail unseen.
    "test": ((GREEN, 0.8), (YELLOW, 0.8), (RED, 0.8), (0, 0.4)),
    # The USB stick has everything and may be pulled: quick green, as the light of a drive that is done.
    "carried": ((GREEN, 0.25), (0, 0.25)),
    # A technician looks at one lamp: it flickers, so that nobody in the queue takes it for a signal.
    "test_green": ((GREEN, 0.15), (0, 0.35)),
    "test_yellow": ((YELLOW, 0.15), (0, 0.35)),
    "test_red": ((RED, 0.15), (0, 0.35)),
    # kiosk.toml is wrong and no good one is kept: nothing runs. Three short ones, as counted from the ground.
    "settings": ((YELLOW, 0.2), (0, 0.3), (YELLOW, 0.2), (0, 0.3), (YELLOW, 0.2), (0, 1.5)),
    # kiosk.toml is wrong, the last good one goes on: the same, and one red. Shown while starting.
    "settings_old": ((YELLOW, 0.2), (0, 0.3), (YELLOW, 0.2), (0, 0.3), (YELLOW, 0.2), (0, 0.3), (RED, 0.2), (0, 1.5)),
    # The housing was opened and the keys are gone: two short red ones. Nobody is let in until a technician has come.
    "opened": ((RED, 0.12), (0, 0.18), (RED, 0.12), (0, 1.58)),
    "off": ((0, 0.0),),
}

# Buzzer -> (sounding, seconds) steps, once. Number and length tell them apart unseen: 1 short, 2, 3 long, 1 very long,
# 4 quick.
BUZZES: dict[str, tuple[tuple[bool, float], ...]] = {
    "none": (),
    "ok": ((True, 0.08),),
    "ask": ((True, 0.15), (False, 0.12), (True, 0.15)),
    "stop": ((True, 0.3), (False, 0.12), (True, 0.3), (False, 0.12), (True, 0.3)),
    "fault": ((True, 0.8),),
    # Help: four quick ones, unlike every answer to a visitor.
    "help": tuple((sounding, 0.12) for _ in range(4) for sounding in (True, False)),
}


def check(pattern: str, buzzer: str) -> None:
    """Raise ValueError for a name that is not in the tables."""
    if pattern not in LAMPS:
        raise ValueError(f"no such lamp pattern: {pattern!r}")
    if buzzer not in BUZZES:
        raise ValueError(f"no such buzzer shape: {buzzer!r}")
