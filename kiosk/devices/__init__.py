"""Adapters: one file per device and library, named <port>_<library>.py. What each owes is written in kiosk.ports.

Nothing is imported here: the children (lights, zbar) import from this package and must stay small.
"""
