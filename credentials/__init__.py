"""Every code that a visitor can show: text in, `Credential` or `Unreadable` out, always with a reason. Pure.

One file per code; `read.py` holds the order of detection. What may not enter: files, sockets, clocks, randomness,
devices, and any decision (what a credential means for the gate is `rules` and `kiosk.gate`).
"""
