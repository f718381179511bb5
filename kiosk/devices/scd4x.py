"""PURE. The language of the CO2 sensors Sensirion SCD40 and SCD41 on an I2C bus: commands out, words and readings in.

Source: Sensirion, "Datasheet SCD4x", version 1.3 (September 2022), chapters 3.2 to 3.5, 3.8 and 3.11.

- The sensor answers at ADDRESS. A command is one word of 16 bits, high byte first.
- Each word that comes back is followed by its CRC-8: polynomial 0x31, begun with 0xFF, neither reflected nor inverted.
- After a command the bus is left alone for its named time.
- Measured each 5 s; a reading can be fetched once. Without one the sensor does not answer (NACK): ask `ready` before.
"""

from typing import NamedTuple

ADDRESS = 0x62
READING_EVERY_S = 5.0
WORST_PPM = 40_000  # the output's range by the datasheet; a value beyond it is no air


class Command(NamedTuple):
    """What is sent, how long the sensor is left alone after it, and how many words it then has to say."""

    word: int
    wait_s: float
    words: int = 0


START = Command(0x21B1, 0.001)
STOP = Command(0x3F86, 0.5)
READY = Command(0xE4B8, 0.001, 1)
READ = Command(0xEC05, 0.001, 3)
SERIAL = Command(0x3682, 0.001, 3)
_READY_BITS = 0x07FF  # "data not ready" is these bits at 0, whatever the others say


class BadWords(ValueError):
    """What came back is not what the sensor sent: a long cable, a bad contact."""


class Reading(NamedTuple):
    """`co2` in ppm, temperature in degrees Celsius, relative humidity in per cent."""

    co2: int
    temperature: float
    humidity: float


def encode(command: Command) -> bytes:
    """The bytes of a command without arguments."""
    return command.word.to_bytes(2, "big")


def answer_bytes(command: Command) -> int:
    """How many bytes its answer has: two and a CRC for each word."""
    return 3 * command.words


def crc8(data: bytes) -> int:
    """The checksum of one word (datasheet, 3.11: that of BE EF is 92)."""
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x31 if crc & 0x80 else crc << 1) & 0xFF
    return crc


def words_in(data: bytes, count: int) -> tuple[int, ...]:
    """The words of an answer. Raises BadWords for another length and for a CRC that does not hold."""
    if len(data) != 3 * count:
        raise BadWords(f"{len(data)} bytes instead of {3 * count}")
    parts = [data[at : at + 3] for at in range(0, len(data), 3)]
    if any(crc8(part[:2]) != part[2] for part in parts):
        raise BadWords("a checksum does not hold")
    return tuple(int.from_bytes(part[:2], "big") for part in parts)


def is_ready(data: bytes) -> bool:
    """Whether an answer to READY says that a reading waits. Raises BadWords."""
    return bool(words_in(data, READY.words)[0] & _READY_BITS)


def reading_in(data: bytes) -> Reading:
    """The answer to READ (datasheet, 3.5.2). Raises BadWords, also for a CO2 value that no air has."""
    co2, temperature, humidity = words_in(data, READ.words)
    if not 0 < co2 <= WORST_PPM:
        raise BadWords(f"{co2} ppm")
    return Reading(co2, -45 + 175 * temperature / 65_535, 100 * humidity / 65_535)


def serial_in(data: bytes) -> int:
    """The answer to SERIAL: 48 bits that name one sensor. Raises BadWords."""
    high, middle, low = words_in(data, SERIAL.words)
    return high << 32 | middle << 16 | low
