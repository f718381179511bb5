"""PURE. Signal strength in eight attenuation buckets. It ranks a list; it says nothing of metres.

Attenuation is the transmit power minus what was received, in dB. Seven edges, each one that an app of 2020 worked with:

    47  Exposure Notification's own default for "near" (google/exposure-notifications-internals, matching defaults)
    55, 63, 73  Corona-Warn-App 2: full weight, half weight, dropped (cwa-documentation, cwa-risk-assessment.md)
    68  -83 dBm at the assumed power: the level that told near from far best in public recordings with true distances,
        and that badly (area under the curve 0.70)
    79  Corona-Warn-App 1.15, the last bucket that counted (cwa-server, risk-calculation-parameters-1.15.yaml)
    85  -100 dBm at the assumed power: below it Bluezone stored nothing (bluezone-app, configApp.json)

Few identifiers tell their power. Where it is unknown ASSUMED_POWER stands in: what Android documents for the level LOW,
which Bluezone asks for (AdvertisingSetParameters.TX_POWER_LOW). With it 55 dB is -70 dBm and 73 dB is -88 dBm: the
"strong" of Bluezone's radar and the threshold of its history. Phones of one make differ from another by 20 dB.
"""

from bisect import bisect_right

ASSUMED_POWER = -15  # dBm
EDGES = (47, 55, 63, 68, 73, 79, 85)  # dB; an attenuation on an edge belongs to the weaker bucket
BUCKETS = len(EDGES) + 1


def bucket_of(rssi: int, power: int = ASSUMED_POWER) -> int:
    """0 (strongest) to 7 (weakest), for `rssi` and transmit `power` in dBm."""
    return bisect_right(EDGES, power - rssi)
