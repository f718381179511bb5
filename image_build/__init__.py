"""The SD card image: recipe, slots, signed updates, first boot, flash and verify, and the machine that tests it."""
