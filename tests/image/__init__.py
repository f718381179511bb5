"""The very card image, booted in QEMU and tried from outside. Not collected by pytest: `python -m tests.image --short`.

docs/image-test.md lists the scenes, what each needs, and what the emulated machine cannot show.
"""
