"""The words both ends speak: records, seals, batches, receipts, bulletins. Pure: no I/O, no clock, no threads.

What may not enter: sockets, files, time, randomness (callers hand them in), and any import of ours.
"""
