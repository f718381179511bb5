"""The radio of the gateway: who is near, as rotating identifiers and issued tags; taps; matching with published keys.

Pure: sighting, beacon, air/, rolling_id, published/, windows, encounters, matching, tap. The rest holds the radio.
"""
