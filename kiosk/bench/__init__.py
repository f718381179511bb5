"""The desk of the demo: children, a cable that can be cut, codes drawn and held before the simulated camera.

Nothing here runs on an installed kiosk: only `python -m kiosk demo` imports it.
"""
