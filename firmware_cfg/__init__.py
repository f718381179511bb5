"""What a technician sets on a kiosk, read and judged as a whole. Pure: text in, frozen settings or every error out.

What may not enter: any import of ours, files, sockets, and the values that only a running kiosk knows.
"""
