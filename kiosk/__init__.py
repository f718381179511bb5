"""The gate process: a visitor's code becomes a light, a sound, a screen and a record that survives.

`gate.py` decides and touches nothing; `loop.py` carries out; `devices/` holds one adapter per library and the simulated
ones; `commands/` are the technician's tools. What may not enter: the network (that is sync_agent's).
"""
