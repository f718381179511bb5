"""Forms as data: FHIR R4 Questionnaires asked one page at a time. Pure: no clock, no I/O, no randomness.

May import wire; never a device, a database, a clock. Reading files is the composition root's; `value_sets` alone reads
the lists that come with the program.
"""
