"""PURE. What beacons send: one file for each family of formats."""
