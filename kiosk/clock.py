"""The gateway's clock by its old name: store.clock, which the gate shares with the radio process."""

from store.clock import CLOCK_NAMES, STEP_MS, VIET_NAM_MS, Clock, machine_clock, simulated_clock

__all__ = ["CLOCK_NAMES", "STEP_MS", "VIET_NAM_MS", "Clock", "machine_clock", "simulated_clock"]
