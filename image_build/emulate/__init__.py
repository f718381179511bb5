"""A whole kiosk in QEMU: the very card image, lamps read from outside, a card that loses what was not flushed.

Nothing of this is in the image and nothing is put into it: what a test needs inside comes by systemd credentials.
docs/image-test.md says how it is used, docs/adr/0047 why it is so.
"""
