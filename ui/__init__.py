"""The screens of the gate: the visitor screen and the bench page. Shows what the gate decided; decides nothing.

What may live here: Flask apps, the feed that carries a `View` to the pages, templates, styles, scripts and the
sentences in every language. What may not: anything that reads a code, opens the database or drives a device.
"""
